//! Adding files to a lesson: choosing several, watching them go.

use super::list::UploadList;
use crate::components::size;
use crate::uploads::use_uploads;
use domain::id::{CourseId, LessonId};
use domain::upload::{Purpose, UnfinishedUpload};
use leptos::html;
use leptos::prelude::*;

/// Adds files to a lesson.
#[component]
pub(crate) fn AddFiles(
    course: CourseId,
    lesson: LessonId,
    /// The most bytes of a file.
    max_bytes: u64,
    /// Uploads that were begun before.
    unfinished: RwSignal<Vec<UnfinishedUpload>>,
    /// Called whenever the server has one more.
    added: Callback<()>,
) -> impl IntoView {
    let uploads = use_uploads();
    let file_input = NodeRef::<html::Input>::new();
    let nothing = RwSignal::new(false);
    Effect::new(move || {
        if uploads.take_done(lesson, Purpose::Attachment) {
            added.run(());
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(input) = file_input.get() else { return };
        let chosen = input.files();
        let files: Vec<_> = (0..).map_while(|at| chosen.as_ref()?.get(at)).collect();
        nothing.set(files.is_empty());
        for file in files {
            unfinished.with_untracked(|begun| uploads.add(course, lesson, Purpose::Attachment, file, begun));
        }
        input.set_value("");
    };
    let problem = move || {
        nothing
            .get()
            .then(|| view! { <p role="alert" class="alert alert-error alert-soft">"Choose files first."</p> })
    };
    view! {
        <div class="flex flex-col gap-6">
            <UploadList course lesson purpose=Purpose::Attachment unfinished />
            <form class="needs-script flex flex-col gap-4" on:submit=send>
                <div class="field">
                    <label for="more-files">"Add files"</label>
                    <input id="more-files" node_ref=file_input type="file" multiple class="file-input min-h-11 w-full" />
                    <p class="hint">{format!("Documents, archives, images, subtitles and most others, up to {} each.", size(max_bytes as f64))}</p>
                </div>
                {problem}
                <div><button type="submit" class="btn min-h-11">"Add"</button></div>
            </form>
            <p class="without-script">"Adding files needs JavaScript. Please turn it on for this page."</p>
        </div>
    }
}
