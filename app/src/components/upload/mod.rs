//! The video of a lesson, for its instructor: choosing a file, sending it, watching it being converted.

mod files;
mod list;

pub(crate) use files::AddFiles;

use super::{VideoStatusView, live};
use crate::api::videos;
use crate::uploads::use_uploads;
use domain::id::{CourseId, LessonId};
use domain::text::Slug;
use domain::upload::{MAY_BE_VIDEO, Purpose, UnfinishedUpload};
use domain::video::VideoStatus;
use domain::view::LessonVideo;
use leptos::html;
use leptos::prelude::*;
use list::UploadList;

/// How often a conversion is asked about, in milliseconds.
const POLL: u32 = 1_000;

/// The video of a lesson.
#[component]
pub(crate) fn Upload(
    course: CourseId,
    /// The course's name in addresses.
    slug: Slug,
    lesson: LessonId,
    video: LessonVideo,
    /// Uploads that were begun before.
    unfinished: RwSignal<Vec<UnfinishedUpload>>,
) -> impl IntoView {
    let uploads = use_uploads();
    let video = RwSignal::new(video);
    let status = Memo::new(move |_| video.with(|video| video.status.clone()));
    let problem = RwSignal::new(None::<&'static str>);
    let file_input = NodeRef::<html::Input>::new();
    let in_progress = move || status.with(VideoStatus::in_progress);
    let followed =
        live(POLL, in_progress, move || videos::status(course, lesson), move |now| drop(video.try_set(now)));
    Effect::new(move || {
        if uploads.take_done(lesson, Purpose::Video) {
            video.update(|video| video.status = VideoStatus::Waiting);
        }
    });

    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(input) = file_input.get() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return problem.set(Some("Choose a file first."));
        };
        problem.set(None);
        unfinished.with_untracked(|begun| uploads.add(course, lesson, Purpose::Video, file, begun));
        input.set_value("");
    };
    let sending =
        Memo::new(move |_| uploads.of(lesson, Purpose::Video).iter().any(|upload| !upload.has_ended()));
    let busy = move || sending.get() || status.with(VideoStatus::in_progress);
    let prompt = move || {
        status
            .with(|status| *status != VideoStatus::Missing)
            .then_some("A new file replaces the present video.")
    };

    view! {
        <section aria-labelledby="video">
            <h2 id="video" class="mb-4 text-xl font-semibold">"Video"</h2>
            <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                <Show when=move || !sending.get()>
                    <VideoStatusView course slug=slug.clone() lesson video followed />
                </Show>
                <UploadList course lesson purpose=Purpose::Video unfinished />
                <form class="needs-script flex flex-col gap-4" hidden=busy on:submit=send>
                    <div class="field">
                        <label for="video-file">"Video file"</label>
                        <input id="video-file" node_ref=file_input type="file" accept=MAY_BE_VIDEO class="file-input min-h-11 w-full" />
                        <p class="hint">"MP4, MOV, MKV, WebM and most others. " {prompt}</p>
                    </div>
                    {move || problem.get().map(|message| view! { <p role="alert" class="alert alert-error alert-soft">{message}</p> })}
                    <div><button type="submit" class="btn btn-primary min-h-11">"Upload"</button></div>
                </form>
                <p class="without-script">"Uploading a video needs JavaScript. Please turn it on for this page."</p>
            </div>
        </section>
    }
}
