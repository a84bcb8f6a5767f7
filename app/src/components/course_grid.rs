//! A grid of courses.

use super::{CourseCard, alike};
use domain::shared::Shared;
use domain::view;
use leptos::prelude::*;

/// A grid of courses.
#[component]
pub(crate) fn CourseGrid(courses: Shared<Vec<view::CourseCard>>) -> impl IntoView {
    alike(courses, |courses| {
        let cards: Vec<_> = courses.iter().map(|card| view! { <CourseCard card=card.clone() /> }).collect();
        view! { <ul class="course-grid">{cards}</ul> }
    })
}

/// Its shape while the courses are on their way.
#[component]
pub(crate) fn CourseGridSkeleton() -> impl IntoView {
    let cards = [(); 6].map(|()| view! { <div class="skeleton-block h-48"></div> });
    view! { <div class="course-grid" role="status" aria-label="Loading courses">{cards}</div> }
}
