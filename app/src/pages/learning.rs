//! The courses one takes.

use crate::api::learning;
use crate::components::{CourseGridSkeleton, Empty, load};
use crate::data::preload;
use crate::routes;
use domain::view::TakenCourse;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

/// The courses one takes, and how far one is.
#[component]
pub(crate) fn Learning() -> impl IntoView {
    let courses = preload(|| (), |()| learning::my_courses());
    view! {
        <Title text="My learning" />
        {load(
            courses,
            || view! { <div class="page"><CourseGridSkeleton /></div> }.into_any(),
            |courses| {
                let cards: Vec<_> = courses.into_iter().map(|taken| view! { <Taken taken /> }).collect();
                view! {
                    <div class="page">
                        <h1 class="mb-8 text-3xl font-semibold">"My learning"</h1>
                        {match cards.is_empty() {
                            true => Either::Left(view! {
                                <Empty title="You take no course yet">
                                    <a href=routes::COURSES class="text-link">"Find one that suits you"</a>
                                </Empty>
                            }),
                            false => Either::Right(view! { <ul class="course-grid">{cards}</ul> }),
                        }}
                    </div>
                }
            },
        )}
    }
}

#[component]
fn Taken(taken: TakenCourse) -> impl IntoView {
    let TakenCourse { card, completed, resume } = taken;
    let done = format!("{completed} of {} lessons completed", card.lessons);
    let watch = resume.map(|lesson| routes::lesson(&card.slug, lesson));
    view! {
        <li class="panel flex min-w-0 flex-col gap-2 p-5">
            <h2 class="text-base leading-snug font-semibold" dir="auto">
                <a href=routes::course(&card.slug) class="hover:underline">{card.title.to_string()}</a>
            </h2>
            <p class="hint" dir="auto">{card.instructor.to_string()}</p>
            <div class="mt-auto pt-4">
                <progress class="progress progress-primary" value=completed max=card.lessons.max(1) aria-label=done.clone()></progress>
                <p class="hint mt-1">{done}</p>
            </div>
            {watch.map(|href| {
                let label = if completed == 0 { "Start" } else { "Continue" };
                view! {
                    <a href=href class="btn btn-primary mt-2 min-h-11" aria-label=format!("{label}: {}", card.title)>{label}</a>
                }
            })}
        </li>
    }
}
