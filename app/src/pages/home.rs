//! The landing page.

use crate::api::catalogue;
use crate::components::{CourseGrid, CourseGridSkeleton, Empty, SearchForm, load};
use crate::data::preload;
use crate::routes;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// The landing page: what this is, the search, the newest courses.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let newest = preload(|| (), |()| catalogue::page(None));
    view! {
        <Title text="" />
        <Meta name="description" content="Video courses by people who do the work. Learn at your own pace, on any device." />
        <div class="page">
            <section class="max-w-3xl pb-12 sm:py-8 sm:pb-20">
                <h1 class="text-4xl leading-tight font-semibold sm:text-5xl">"Learn from people who do the work"</h1>
                <p class="mt-4 mb-8 max-w-prose text-lg text-muted">
                    "Video courses, lesson by lesson, at your own pace. Stop anywhere, and go on where you stopped, on any device."
                </p>
                <SearchForm />
            </section>
            <section aria-labelledby="newest">
                <div class="mb-6 flex flex-wrap items-baseline justify-between gap-4">
                    <h2 id="newest" class="text-2xl font-semibold">"New courses"</h2>
                    <a href=routes::COURSES class="text-link inline-flex min-h-11 items-center">"All courses"</a>
                </div>
                {load(
                    newest,
                    || view! { <CourseGridSkeleton /> }.into_any(),
                    |page| match page.courses.is_empty() {
                        true => Either::Left(view! { <Empty title="No courses yet">"The first ones are being made."</Empty> }),
                        false => Either::Right(view! { <CourseGrid courses=page.courses /> }),
                    },
                )}
            </section>
        </div>
    }
}
