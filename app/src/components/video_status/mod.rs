//! How the video of a lesson is doing.

mod posters;
mod preview;
mod versions;

use super::{Live, Outcome, PostForm, Problem};
use crate::api::videos::{Cancel, Retry, status as ask};
use crate::routes;
use crate::uploads::time_left;
use domain::id::{CourseId, LessonId};
use domain::text::Slug;
use domain::video::VideoStatus;
use domain::view::LessonVideo;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use posters::Posters;
use preview::Preview;
use versions::Versions;

/// How the video of a lesson is doing, for its instructor.
#[component]
pub(crate) fn VideoStatusView(
    course: CourseId,
    /// The course's name in addresses.
    slug: Slug,
    lesson: LessonId,
    video: RwSignal<LessonVideo>,
    followed: Live,
) -> impl IntoView {
    let status = Memo::new(move |_| video.with(|video| video.status.clone()));
    let retry = Outcome::of(Retry::PATH);
    Effect::new(move || {
        if retry.succeeded() {
            video.update(|video| video.status = VideoStatus::Waiting);
        }
    });
    let cancel = Outcome::of(Cancel::PATH);
    Effect::new(move || {
        if cancel.succeeded() {
            spawn_local(async move {
                if let Ok(now) = ask(course, lesson).await {
                    video.try_set(now);
                }
            });
        }
    });
    let ask_for = move |to: &'static str, outcome: Outcome, words: &'static str| {
        view! {
            <PostForm to outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="lesson" value=lesson.to_string() />
                <button type="submit" class="btn min-h-11">{words}</button>
            </PostForm>
        }
    };
    let left = Memo::new(move |_| video.with(|video| Some(f64::from(video.left?.0))));
    let goes_on = move || {
        view! {
            <div class="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <p class="hint">
                    {move || match followed.lost.get() {
                        true => "The connection was lost; the conversion goes on. This page will show it again by itself.",
                        false => "You may leave this page: it goes on without you.",
                    }}
                </p>
                {ask_for(Cancel::PATH, cancel, "Cancel conversion")}
            </div>
            <Problem of=cancel />
        }
    };
    let shown = move || {
        match status.get() {
        VideoStatus::Missing => view! { <p class="text-muted">"This lesson has no video yet."</p> }.into_any(),
        VideoStatus::Waiting => view! {
            <p class="mb-2 font-medium">"Waiting for its turn"</p>
            <progress class="progress w-full" aria-label="Conversion"></progress>
            {goes_on()}
        }
        .into_any(),
        VideoStatus::Processing { percent } => view! {
            <p class="mb-2 flex flex-wrap justify-between gap-x-4">
                <span class="font-medium">{format!("Converting: {percent} %")}</span>
                <span class="hint">{move || left.get().map(time_left)}</span>
            </p>
            <progress class="progress progress-primary w-full" max="100" value=percent aria-label="Conversion"></progress>
            {goes_on()}
        }
        .into_any(),
        VideoStatus::Ready { length, heights, .. } => {
            let heights: Vec<_> = heights.iter().map(|height| format!("{height}p")).collect();
            view! {
                <div class="flex flex-wrap items-center gap-x-6 gap-y-4">
                    <Posters course lesson video />
                    <p class="flex flex-wrap items-center gap-3">
                        <span class="badge badge-success badge-soft">"Ready"</span>
                        <span>{length.to_string()}</span>
                        <span class="hint">{heights.join(", ")}</span>
                    </p>
                    <a href=routes::lesson(&slug, lesson) class="btn min-h-11 sm:ms-auto">"Watch"</a>
                </div>
            }
            .into_any()
        }
        VideoStatus::Failed { message, retryable } => view! {
            <p class="alert alert-error alert-soft" role="alert">{message}</p>
            {retryable.then(|| view! { <div class="mt-4">{ask_for(Retry::PATH, retry, "Try again")}</div> })}
            <Problem of=retry />
        }
        .into_any(),
    }
    };
    let converting = Memo::new(move |_| {
        status.with(|status| matches!(status, VideoStatus::Processing { percent } if *percent < 100))
    });
    let warnings = Memo::new(move |_| video.with(|video| video.warnings.clone()));
    let warning = |text: String| view! { <p class="alert alert-warning alert-soft mt-4">{text}</p> };
    view! {
        <div>
            {shown}
            {move || warnings.get().into_iter().map(warning).collect::<Vec<_>>()}
            <Show when=move || converting.get()>
                <Preview course lesson />
            </Show>
            <Versions video />
        </div>
    }
}
