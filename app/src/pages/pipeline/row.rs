//! One video in the pipeline: how it is doing, what happened to it, what can be done.

use crate::api::pipeline::{CancelAsset, RetryAsset};
use crate::components::{Outcome, PostForm, size};
use crate::routes;
use crate::uploads::time_left;
use domain::video::{LogLine, VideoStatus};
use domain::view::PipelineRow;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// One video, followed. `None` once it is no longer in this list.
#[component]
pub(crate) fn Row(row: Memo<Option<PipelineRow>>, outcome: Outcome) -> impl IntoView {
    // What does not change is read once: a list item lives as long as its video is in the list.
    let Some(PipelineRow {
        asset,
        course,
        course_title,
        lesson,
        lesson_title,
        file_name,
        size: bytes,
        uploaded,
        ..
    }) = row.get_untracked()
    else {
        return ().into_any();
    };
    let status = Memo::new(move |_| {
        row.with(|row| row.as_ref().map(|row| (row.status.clone(), row.left, row.quiet_for, row.attempt)))
    });
    let log = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.log.clone()).unwrap_or_default()));
    let actions = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|(status, ..)| Action::of(status)).unwrap_or_default())
    });
    let title = lesson_title.map_or_else(|| "A lesson that is gone".to_owned(), |title| title.to_string());
    let below = course_title.map(|title| title.to_string());
    view! {
        <li class="px-5 py-4">
            <div class="flex flex-wrap items-start gap-x-4 gap-y-2">
                <div class="min-w-0 flex-1 basis-64">
                    <p class="font-medium break-words" dir="auto">
                        <a href=routes::edit_lesson(course, lesson) class="text-link">{title}</a>
                    </p>
                    <p class="hint mt-1 break-words" dir="auto">{below}</p>
                    <p class="hint mt-1 break-words">
                        <bdi>{file_name}</bdi>
                        {format!(", {}, uploaded on {}", size(bytes as f64), uploaded.date())}
                    </p>
                </div>
                <div class="flex-1 basis-56">
                    {move || status.get().map(|(status, left, quiet_for, attempt)| {
                        view! { <Doing status left=left.map(|left| f64::from(left.0)) quiet_for=quiet_for.0 attempt /> }
                    })}
                </div>
                {move || match actions.get() {
                    Action::Cancel => Some(view! {
                        <PostForm to=CancelAsset::PATH outcome>
                            <input type="hidden" name="asset" value=asset.to_string() />
                            <button type="submit" class="btn min-h-11">"Cancel"</button>
                        </PostForm>
                    }.into_any()),
                    Action::Retry => Some(view! {
                        <PostForm to=RetryAsset::PATH outcome>
                            <input type="hidden" name="asset" value=asset.to_string() />
                            <button type="submit" class="btn min-h-11">"Try again"</button>
                        </PostForm>
                    }.into_any()),
                    Action::None => None,
                }}
            </div>
            <details class="mt-2">
                <summary class="text-link inline-flex min-h-11 cursor-pointer items-center text-sm">"Log"</summary>
                <ol class="mt-1 flex flex-col gap-1 overflow-x-auto font-mono text-xs" dir="ltr">
                    {move || log.get().into_iter().map(line).collect::<Vec<_>>()}
                </ol>
            </details>
        </li>
    }
    .into_any()
}

/// What an operator may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Action {
    #[default]
    None,
    Cancel,
    Retry,
}

impl Action {
    fn of(status: &VideoStatus) -> Self {
        match status {
            VideoStatus::Waiting | VideoStatus::Processing { .. } => Action::Cancel,
            VideoStatus::Failed { retryable: true, .. } => Action::Retry,
            _ => Action::None,
        }
    }
}

#[component]
fn Doing(status: VideoStatus, left: Option<f64>, quiet_for: u32, attempt: u32) -> impl IntoView {
    let tries = (attempt > 1).then(|| format!(", attempt {attempt}"));
    match status {
        VideoStatus::Waiting => view! {
            <p><span class="badge badge-soft">"Waiting"</span>{tries}</p>
            {quiet(quiet_for)}
        }
        .into_any(),
        VideoStatus::Processing { percent } => view! {
            <p class="flex flex-wrap justify-between gap-x-4">
                <span>{format!("Converting: {percent} %")}{tries}</span>
                <span class="hint">{left.map(time_left)}</span>
            </p>
            <progress class="progress progress-primary mt-2 w-full" max="100" value=percent aria-label="Conversion"></progress>
            {quiet(quiet_for)}
        }
        .into_any(),
        VideoStatus::Failed { message, .. } => view! {
            <p><span class="badge badge-error badge-soft">"Failed"</span>{tries}</p>
            <p class="hint mt-2">{message}</p>
        }
        .into_any(),
        VideoStatus::Ready { .. } | VideoStatus::Missing => ().into_any(),
    }
}

/// Said where nothing was heard for longer than a worker stays silent.
fn quiet(seconds: u32) -> Option<impl IntoView> {
    (seconds >= 60).then(|| {
        let minutes = seconds / 60;
        view! { <p class="hint mt-1">{format!("Nothing heard for {minutes} min")}</p> }
    })
}

fn line(LogLine { at, text }: LogLine) -> impl IntoView {
    view! { <li class="whitespace-pre-wrap break-words"><time class="text-muted">{at.clock()}</time>" "{text}</li> }
}
