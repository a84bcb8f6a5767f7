//! The uploads of a lesson's video, and what became of each.

use crate::components::size;
use domain::view::{LessonVideo, VersionFate, VideoVersion};
use leptos::prelude::*;

/// Every upload that is remembered; nothing where there is but one.
#[component]
pub(super) fn Versions(video: RwSignal<LessonVideo>) -> impl IntoView {
    let versions = Memo::new(move |_| video.with(|video| video.versions.clone()));
    let rows = move || versions.get().into_iter().map(row).collect::<Vec<_>>();
    view! {
        <Show when=move || versions.with(|versions| versions.len() > 1)>
            <details class="mt-4">
                <summary class="text-link inline-flex min-h-11 cursor-pointer items-center text-sm">
                    {move || format!("All {} versions", versions.with(Vec::len))}
                </summary>
                <ul class="mt-1 divide-y divide-base-300">{rows}</ul>
            </details>
        </Show>
    }
}

fn row(version: VideoVersion) -> impl IntoView {
    let VideoVersion { file_name, size: bytes, uploaded, fate, .. } = version;
    let (badge, words) = match fate {
        VersionFate::InProgress => ("badge badge-soft", "In progress"),
        VersionFate::Watched => ("badge badge-success badge-soft", "Learners watch this one"),
        VersionFate::Failed => ("badge badge-error badge-soft", "Failed"),
        VersionFate::Replaced => ("badge badge-soft", "Replaced"),
        VersionFate::Skipped => ("badge badge-soft", "Replaced before it was ready"),
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span class="min-w-0 flex-1 basis-40 break-words"><bdi>{file_name}</bdi></span>
            <span class="hint">
                {format!("{}, ", size(bytes as f64))}
                <time datetime=uploaded.date()>{uploaded.date()}</time>
            </span>
            <span class=badge>{words}</span>
        </li>
    }
}
