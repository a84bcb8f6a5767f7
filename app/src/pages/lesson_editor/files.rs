//! What learners may keep of a lesson: its files, and its video.

use crate::api::authoring::lesson_editor;
use crate::api::files::{AllowVideo, MoveFile, RemoveFile, RenameFile};
use crate::components::{AddFiles, MoveButtons, Outcome, PostForm, Problem, RemoveButton, size};
use domain::download::FileName;
use domain::id::{CourseId, LessonId};
use domain::upload::UnfinishedUpload;
use domain::view::{CopyStatus, EditableDownloads, FileView};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

/// What the paths of the functions that change files start with.
const FUNCTIONS: &str = "/api/files/";

/// How often a copy that is being made is asked about, in milliseconds, and for how long at most.
const POLL: u32 = 2_000;
const POLLS: u32 = 300;

/// The files of a lesson. What is shown is fetched anew after each change, without the rest of the page.
#[component]
pub(super) fn Files(
    course: CourseId,
    lesson: LessonId,
    downloads: EditableDownloads,
    /// Uploads that were begun before.
    unfinished: RwSignal<Vec<UnfinishedUpload>>,
) -> impl IntoView {
    let outcome = Outcome::of(FUNCTIONS);
    let downloads = RwSignal::new(downloads);
    let refresh = move || {
        spawn_local(async move {
            if let Ok(page) = lesson_editor(course, lesson).await {
                downloads.try_set(page.downloads);
            }
        });
    };
    Effect::new(move || {
        if outcome.answers() > 0 {
            refresh();
        }
    });
    poll(course, lesson, downloads);
    let rows = move || {
        let attachments = downloads.with(|downloads| downloads.attachments.clone());
        attachments
            .into_iter()
            .map(|file| view! { <FileRow course lesson file outcome /> }.into_any())
            .collect::<Vec<_>>()
    };
    let count = move || {
        downloads.with(|EditableDownloads { attachments, max_count, .. }| match attachments.len() {
            0 => "No files yet. Learners find worksheets, slides or source code below the video.".to_owned(),
            count => format!("{count} of at most {max_count} files"),
        })
    };
    let max_bytes = downloads.with_untracked(|downloads| downloads.max_bytes);
    view! {
        <section class="mt-12" aria-labelledby="files">
            <h2 id="files" class="mb-4 text-xl font-semibold">"Downloads"</h2>
            <Problem of=outcome />
            <div class="panel divide-y divide-base-300">
                <div class="py-2">
                    <ol>{rows}</ol>
                    <p class="hint px-5 py-2" role="status">{count}</p>
                </div>
                <div class="p-5"><AddFiles course lesson max_bytes unfinished added=Callback::new(move |()| refresh()) /></div>
                <div class="p-5"><VideoToKeep course lesson downloads outcome /></div>
            </div>
        </section>
    }
}

#[component]
fn FileRow(course: CourseId, lesson: LessonId, file: FileView, outcome: Outcome) -> impl IntoView {
    let name = file.name.to_string();
    let ids = move || {
        view! {
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="lesson" value=lesson.to_string() />
            <input type="hidden" name="file" value=file.id.to_string() />
        }
    };
    // Made here because a form's children take what they show.
    let move_buttons = view! { <MoveButtons name=name.clone() /> };
    let remove_button = view! { <RemoveButton name=name.clone() question=format!("Remove “{name}”?") /> };
    let new_name = view! { <NewName name=name.clone() /> };
    view! {
        <li class="flex flex-wrap items-center gap-1 py-1 ps-5 pe-3">
            <details class="min-w-0 flex-1 basis-48">
                <summary class="min-h-11 py-2.5"><bdi>{name}</bdi></summary>
                <PostForm to=RenameFile::PATH outcome>
                    {ids()}
                    {new_name}
                </PostForm>
            </details>
            <span class="hint pe-2">{size(file.size as f64)}</span>
            <PostForm to=MoveFile::PATH outcome>
                {ids()}
                {move_buttons}
            </PostForm>
            <PostForm to=RemoveFile::PATH outcome>
                {ids()}
                {remove_button}
            </PostForm>
        </li>
    }
}

#[component]
fn NewName(name: String) -> impl IntoView {
    view! {
        <div class="flex flex-wrap gap-2 pb-3">
            <input
                name="name"
                required
                maxlength=FileName::MAX_CHARS
                dir="auto"
                aria-label=format!("New name of {name}")
                value=name
                class="input min-h-11 min-w-0 flex-1 basis-56"
            />
            <button type="submit" class="btn min-h-11">"Rename"</button>
        </div>
    }
}

/// Whether learners may keep the video.
#[component]
fn VideoToKeep(
    course: CourseId,
    lesson: LessonId,
    downloads: RwSignal<EditableDownloads>,
    outcome: Outcome,
) -> impl IntoView {
    let allowed = move || downloads.with(|downloads| downloads.video != CopyStatus::NotAllowed);
    let state = move || match downloads.with(|downloads| downloads.video) {
        CopyStatus::NotAllowed => "They watch it here alone.".to_owned(),
        CopyStatus::ToBeMade => "The file is made as soon as the video is ready.".to_owned(),
        CopyStatus::There { size: bytes } => format!("The file has {}.", size(bytes as f64)),
    };
    view! {
        <PostForm to=AllowVideo::PATH outcome>
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="lesson" value=lesson.to_string() />
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <label class="flex min-h-11 items-center gap-3">
                    <input type="checkbox" name="allowed" value="true" checked=allowed() prop:checked=allowed class="size-5 accent-primary" />
                    "Learners may download the video"
                </label>
                <button type="submit" class="btn min-h-11">"Save"</button>
                <p class="hint w-full" role="status">{state}</p>
            </div>
        </PostForm>
    }
}

/// Follows the making of a copy while there is one to be made and this page is open.
fn poll(course: CourseId, lesson: LessonId, downloads: RwSignal<EditableDownloads>) {
    let is_to_be_made = |downloads: &EditableDownloads| downloads.video == CopyStatus::ToBeMade;
    let waiting = Memo::new(move |_| downloads.with(is_to_be_made));
    Effect::new(move || {
        if !waiting.get() {
            return;
        }
        spawn_local(async move {
            for _ in 0..POLLS {
                TimeoutFuture::new(POLL).await;
                // A signal whose page was left is gone.
                if downloads.try_with_untracked(is_to_be_made) != Some(true) {
                    break;
                }
                if let Ok(page) = lesson_editor(course, lesson).await {
                    downloads.try_set(page.downloads);
                }
            }
        });
    });
}
