//! What a course consists of.

use crate::components::alike;
use domain::shared::Shared;
use domain::view::{OutlineView, SectionView};
use leptos::either::Either;
use leptos::prelude::*;

/// Sections that open to their lessons; the first is open.
#[component]
pub(super) fn CourseOutline(outline: Shared<OutlineView>) -> impl IntoView {
    alike(outline, |outline| draw(&outline.sections))
}

fn draw(sections: &[SectionView]) -> impl IntoView + use<> {
    let sections: Vec<_> = sections
        .iter()
        .cloned()
        .enumerate()
        .map(|(i, section)| view! { <Section section open=i == 0 /> })
        .collect();
    view! {
        <section aria-labelledby="outline">
            <h2 id="outline" class="mb-4 text-xl font-semibold">"Lessons"</h2>
            {match sections.is_empty() {
                true => Either::Left(view! { <p class="hint">"The lessons are being made."</p> }),
                false => Either::Right(view! { <div class="panel divide-y divide-base-300">{sections}</div> }),
            }}
        </section>
    }
}

#[component]
fn Section(section: SectionView, open: bool) -> impl IntoView {
    let count = section.lessons.len();
    let lessons: Vec<_> = section
        .lessons
        .into_iter()
        .map(|lesson| {
            let length = (lesson.length.0 > 0).then(|| lesson.length.to_string());
            view! {
                <li class="outline-lesson">
                    <span class="min-w-0" dir="auto">{lesson.title.to_string()}</span>
                    <span class="hint shrink-0">{length}</span>
                </li>
            }
        })
        .collect();
    view! {
        <details open=open>
            <summary class="outline-section">
                <h3 dir="auto">{section.title.to_string()}</h3>
                <span class="hint">{if count == 1 { "1 lesson".to_owned() } else { format!("{count} lessons") }}</span>
            </summary>
            <ol class="pb-3">{lessons}</ol>
        </details>
    }
}
