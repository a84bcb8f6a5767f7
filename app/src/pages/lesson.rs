//! Where a lesson is watched.

use super::param;
use crate::api::learning;
use crate::components::{DownloadList, Icon, load};
use crate::data::preload;
use crate::player::Player;
use crate::routes;
use domain::id::LessonId;
use domain::text::Slug;
use domain::video::VideoStatus;
use domain::view::{LessonPage, LessonView, OutlineView, SectionView};
use leptos::prelude::*;
use leptos_meta::Title;

/// Where a lesson is watched: its video, and the way through the course.
#[component]
pub(crate) fn Lesson() -> impl IntoView {
    let (course, lesson) = (param::<Slug>("slug"), param::<LessonId>("lesson"));
    let page = preload(
        move || (course(), lesson()),
        |(course, lesson)| async move { learning::lesson(course?, lesson?).await },
    );
    load(page, skeleton, |page| view! { <Watch page /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page" role="status" aria-label="Loading the lesson">
            <div class="skeleton-block aspect-video max-w-4xl"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Watch(page: LessonPage) -> impl IntoView {
    let title = page.title.to_string();
    let next = page.next.map(|lesson| routes::lesson(&page.course, lesson));
    view! {
        <Title text=title.clone() />
        <div class="page grid gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
            <div class="min-w-0">
                <a href=routes::course(&page.course) class="text-link inline-flex min-h-11 items-center text-sm wrap-anywhere" dir="auto">
                    {page.course_title.to_string()}
                </a>
                <h1 class="mb-6 text-2xl leading-tight font-semibold sm:text-3xl" dir="auto">{title}</h1>
                <Screen page=page.clone() />
                {next.map(|href| view! { <p class="mt-4 text-end"><a href=href class="btn btn-primary min-h-11">"Next lesson"</a></p> })}
                <DownloadList course=page.course.clone() lesson=page.lesson downloads=page.downloads />
            </div>
            <OutlineNavigation course=page.course outline=page.outline current=page.lesson />
        </div>
    }
}

/// The player, or why there is none yet.
#[component]
fn Screen(page: LessonPage) -> impl IntoView {
    match page.video {
        VideoStatus::Ready { .. } => {
            let LessonPage { course, title, resume_at, .. } = page;
            // Keyed, so that another lesson gets a player of its own.
            view! {
                <For
                    each=move || [page.lesson]
                    key=|lesson| *lesson
                    children=move |lesson| view! { <Player course=course.clone() lesson title=title.clone() resume_at /> }
                />
            }
            .into_any()
        }
        VideoStatus::Missing
        | VideoStatus::Waiting
        | VideoStatus::Processing { .. }
        | VideoStatus::Failed { .. } => view! {
            <div class="grid aspect-video place-items-center rounded-box bg-base-200 p-6 text-center">
                <p class="text-muted">"The video of this lesson is not ready yet. Please come back later."</p>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn OutlineNavigation(course: Slug, outline: OutlineView, current: LessonId) -> impl IntoView {
    let row = |lesson: LessonView| {
        let here = lesson.id == current;
        let length = (lesson.length.0 > 0).then(|| lesson.length.to_string());
        let mark = if lesson.completed { Icon::Check } else { Icon::Play };
        view! {
            <li>
                <a href=routes::lesson(&course, lesson.id) class="lesson-link" aria-current=here.then_some("page")>
                    <span class=if lesson.completed { "text-success" } else { "text-muted" }>{mark.draw()}</span>
                    <span class="min-w-0 grow" dir="auto">{lesson.title.to_string()}</span>
                    {lesson.completed.then(|| view! { <span class="sr-only">"Completed"</span> })}
                    <span class="hint">{length}</span>
                </a>
            </li>
        }
    };
    let sections: Vec<_> = outline
        .sections
        .into_iter()
        .map(|SectionView { title, lessons }| {
            let rows: Vec<_> = lessons.into_iter().map(row).collect();
            view! {
                <h3 class="eyebrow px-3 pt-4 pb-1" dir="auto">{title.to_string()}</h3>
                <ol>{rows}</ol>
            }
        })
        .collect();
    view! {
        <nav aria-labelledby="lessons" class="min-w-0">
            <h2 id="lessons" class="px-3 font-semibold">"Lessons"</h2>
            {sections}
        </nav>
    }
}
