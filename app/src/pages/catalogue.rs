//! The catalogue, and what a search found in it.

use crate::api::catalogue;
use crate::components::{CourseGrid, CourseGridSkeleton, Empty, SearchForm, load};
use crate::data::preload;
use crate::routes;
use domain::shared::Shared;
use domain::view::{CataloguePage, CourseCard};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Courses {
    /// All courses, newest first, from a place on.
    Newest(CataloguePage),
    /// Those that match some words.
    Found(String, Shared<Vec<CourseCard>>),
}

/// The catalogue, newest course first (`?after=`), or what a search found (`?q=`).
#[component]
pub(crate) fn Catalogue() -> impl IntoView {
    let query = use_query_map();
    let value = move |name| query.with(|query| query.get(name)).filter(|value| !value.trim().is_empty());
    let asked = Memo::new(move |_| (value("q"), value("after")));
    let courses = preload(
        move || asked.get(),
        |(words, after)| async move {
            match words {
                Some(words) => {
                    catalogue::search(words.clone()).await.map(|found| Courses::Found(words, found))
                }
                None => catalogue::page(after).await.map(Courses::Newest),
            }
        },
    );
    view! {
        <div class="page">
            <h1 class="mb-6 text-3xl font-semibold">"Courses"</h1>
            {move || view! { <SearchForm words=asked.get().0.unwrap_or_default() /> }}
            <div class="mt-8">
                {load(
                    courses,
                    || view! { <CourseGridSkeleton /> }.into_any(),
                    |courses| match courses {
                        Courses::Newest(page) => Either::Left(view! { <Newest page /> }),
                        Courses::Found(words, found) => Either::Right(view! { <Found words found /> }),
                    },
                )}
            </div>
        </div>
    }
}

#[component]
fn Newest(page: CataloguePage) -> impl IntoView {
    let more = page.next.as_deref().map(routes::courses_after);
    let grid = match page.courses.is_empty() {
        true => {
            Either::Left(view! { <Empty title="No courses here">"The first ones are being made."</Empty> })
        }
        false => Either::Right(view! { <CourseGrid courses=page.courses /> }),
    };
    view! {
        <Title text="Courses" />
        <h2 class="sr-only">"Newest first"</h2>
        {grid}
        {more.map(|href| {
            view! {
                <p class="mt-8 text-center">
                    <a href=href class="btn min-h-11">"More courses"</a>
                </p>
            }
        })}
    }
}

#[component]
fn Found(words: String, found: Shared<Vec<CourseCard>>) -> impl IntoView {
    let title = format!("Search: {words}");
    let quoted = view! { "“" <bdi>{words}</bdi> "”" };
    let results = match found.len() {
        0 => EitherOf3::A(view! {
            <h2 class="mb-6 text-lg font-medium">"No course matches " {quoted}</h2>
            <Empty title="Nothing found">
                "Try fewer or other words, or "
                <a href=routes::COURSES class="text-link">"browse all courses"</a>
                "."
            </Empty>
        }),
        1 => EitherOf3::B(
            view! { <h2 class="mb-6 text-lg font-medium">"1 course matches " {quoted}</h2> <CourseGrid courses=found /> },
        ),
        n => EitherOf3::C(view! {
            <h2 class="mb-6 text-lg font-medium">{n} " courses match " {quoted}</h2>
            <CourseGrid courses=found />
        }),
    };
    view! {
        <Title text=title />
        {results}
    }
}
