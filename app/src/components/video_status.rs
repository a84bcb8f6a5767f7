//! How the video of a lesson is doing.

use super::{Problem, problem};
use crate::api::videos::Retry;
use domain::id::{CourseId, LessonId};
use domain::video::VideoStatus;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// How the video of a lesson is doing, for its instructor.
#[component]
pub(crate) fn VideoStatusView(
    course: CourseId,
    lesson: LessonId,
    status: RwSignal<VideoStatus>,
) -> impl IntoView {
    let retry = ServerAction::<Retry>::new();
    Effect::new(move || {
        if let Some(Ok(())) = retry.value().get() {
            status.set(VideoStatus::Waiting);
        }
    });
    let shown = move || {
        match status.get() {
        VideoStatus::Missing => view! { <p class="text-muted">"This lesson has no video yet."</p> }.into_any(),
        VideoStatus::Waiting => view! {
            <p class="mb-2 font-medium">"Waiting for its turn"</p>
            <progress class="progress w-full" aria-label="Conversion"></progress>
            <p class="hint mt-2">"You may leave this page: it goes on without you."</p>
        }
        .into_any(),
        VideoStatus::Processing { percent } => view! {
            <p class="mb-2 font-medium">{format!("Converting: {percent} %")}</p>
            <progress class="progress progress-primary w-full" max="100" value=percent aria-label="Conversion"></progress>
            <p class="hint mt-2">"You may leave this page: it goes on without you."</p>
        }
        .into_any(),
        VideoStatus::Ready { length, heights, .. } => {
            let heights: Vec<_> = heights.iter().map(|height| format!("{height}p")).collect();
            view! {
                <p class="flex flex-wrap items-center gap-3">
                    <span class="badge badge-success badge-soft">"Ready"</span>
                    <span>{length.to_string()}</span>
                    <span class="hint">{heights.join(", ")}</span>
                </p>
            }
            .into_any()
        }
        VideoStatus::Failed { message, retryable } => view! {
            <p class="alert alert-error alert-soft" role="alert">{message}</p>
            {retryable.then(|| view! {
                <div class="mt-4">
                    <ActionForm action=retry>
                        <input type="hidden" name="course" value=course.to_string() />
                        <input type="hidden" name="lesson" value=lesson.to_string() />
                        <button type="submit" class="btn min-h-11">"Try again"</button>
                    </ActionForm>
                </div>
            })}
            <Problem of=problem(retry) />
        }
        .into_any(),
    }
    };
    view! { <div>{shown}</div> }
}
