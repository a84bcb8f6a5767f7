//! The courses one teaches.

use crate::api::authoring::{CreateCourse, own_courses};
use crate::components::{CourseGridSkeleton, Empty, Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::view::OwnCourse;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The courses one teaches, and the form that makes one.
#[component]
pub(crate) fn Teach() -> impl IntoView {
    let create = Outcome::of(CreateCourse::PATH);
    let courses = preload(|| (), |()| own_courses());
    view! {
        <Title text="Teach" />
        {load(
            courses,
            || view! { <div class="page"><CourseGridSkeleton /></div> }.into_any(),
            move |courses| {
                let rows: Vec<_> = courses.into_iter().map(|own| view! { <Own own /> }).collect();
                view! {
                    <div class="page">
                        <h1 class="mb-8 text-3xl font-semibold">"Your courses"</h1>
                        {match rows.is_empty() {
                            true => Either::Left(view! { <Empty title="You teach no course yet">"Name your first one below."</Empty> }),
                            false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
                        }}
                        <Create outcome=create />
                    </div>
                }
            },
        )}
    }
}

#[component]
fn Own(own: OwnCourse) -> impl IntoView {
    let facts = crate::components::length(own.card.lessons, own.card.length);
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <h2 class="min-w-0 grow font-medium" dir="auto">
                <a href=routes::edit_course(own.id) class="inline-flex min-h-11 items-center hover:underline">{own.card.title.to_string()}</a>
            </h2>
            <span class="hint">{facts}</span>
            {match own.published {
                Some(_) => Either::Left(view! { <span class="badge badge-success badge-soft">"Published"</span> }),
                None => Either::Right(view! { <span class="badge">"Draft"</span> }),
            }}
        </li>
    }
}

#[component]
fn Create(outcome: Outcome) -> impl IntoView {
    view! {
        <section class="mt-12 max-w-xl" aria-labelledby="create">
            <h2 id="create" class="mb-4 text-xl font-semibold">"New course"</h2>
            <PostForm to=CreateCourse::PATH outcome>
                <div class="flex flex-col gap-4">
                    <div class="field">
                        <label for="title">"Title"</label>
                        <input id="title" name="title" required maxlength="120" dir="auto" class="input min-h-11 w-full" />
                    </div>
                    <Problem of=outcome />
                    <div>
                        <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                            "Create course"
                        </button>
                    </div>
                </div>
            </PostForm>
        </section>
    }
}
