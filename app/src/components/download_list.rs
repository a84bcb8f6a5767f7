//! What can be kept of a lesson.

use super::{Icon, size};
use crate::routes;
use domain::id::LessonId;
use domain::text::Slug;
use domain::view::Downloads;
use leptos::prelude::*;

/// What can be kept of a lesson: plain links. Nothing where there is nothing.
#[component]
pub(crate) fn DownloadList(course: Slug, lesson: LessonId, downloads: Downloads) -> impl IntoView {
    let video = downloads.video.map(|bytes| {
        let address = routes::download_video(&course, lesson);
        row(address, "The video, to watch offline (MP4)".to_owned(), bytes)
    });
    let files = downloads
        .attachments
        .into_iter()
        .map(|file| row(routes::download(&course, lesson, file.id), file.name.to_string(), file.size));
    let rows: Vec<_> = files.chain(video).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="mt-8" aria-labelledby="downloads">
                <h2 id="downloads" class="mb-3 text-xl font-semibold">"Downloads"</h2>
                <ul class="panel p-2">{rows}</ul>
            </section>
        }
    })
}

/// `external`, so that the browser itself follows the link and not the router.
fn row(address: String, name: String, bytes: u64) -> AnyView {
    view! {
        <li>
            <a href=address rel="external" class="lesson-link">
                <span class="text-muted">{Icon::Save.draw()}</span>
                <bdi class="min-w-0 grow break-words">{name}</bdi>
                <span class="hint shrink-0">{size(bytes as f64)}</span>
            </a>
        </li>
    }
    .into_any()
}
