//! The courses one teaches.

use crate::api::authoring::{CreateCourse, teach};
use crate::api::instructors::AnswerInvitation;
use crate::components::{CourseGridSkeleton, Empty, Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::view::{OwnCourse, TeachPage, TeachingInvitation};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The courses one teaches, and the form that makes one.
#[component]
pub(crate) fn Teach() -> impl IntoView {
    let create = Outcome::of(CreateCourse::PATH);
    let answer = Outcome::of(AnswerInvitation::PATH);
    let courses = preload(move || answer.answers(), |_| teach());
    view! {
        <Title text="Teach" />
        {load(
            courses,
            || view! { <div class="page"><CourseGridSkeleton /></div> }.into_any(),
            move |TeachPage { courses, invitations }| {
                let asked: Vec<_> =
                    invitations.into_iter().map(|invitation| view! { <Asked invitation answer /> }).collect();
                let rows: Vec<_> = courses.into_iter().map(|own| view! { <Own own /> }).collect();
                view! {
                    <div class="page">
                        <h1 class="mb-2 text-3xl font-semibold">"Your courses"</h1>
                        <nav aria-label="Selling" class="mb-6 flex flex-wrap gap-x-5">
                            <a href=routes::SALES class="text-link inline-flex min-h-11 items-center">"Sales"</a>
                            <a href=routes::COUPONS class="text-link inline-flex min-h-11 items-center">"Coupons"</a>
                        </nav>
                        <div class="mb-4"><Problem of=answer /></div>
                        {(!asked.is_empty()).then(|| view! {
                            <section class="mb-8" aria-labelledby="asked">
                                <h2 id="asked" class="mb-4 text-xl font-semibold">"Asked to teach"</h2>
                                <ul class="panel divide-y divide-base-300">{asked}</ul>
                            </section>
                        })}
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
            <h2 class="min-w-0 grow font-medium">
                <a href=routes::edit_course(own.id) class="inline-flex min-h-11 items-center wrap-anywhere hover:underline">
                    <bdi>{own.card.title.to_string()}</bdi>
                </a>
            </h2>
            <span class="hint">{facts}</span>
            {own.shared.then(|| view! {
                <span class="hint">"With " <bdi>{own.card.instructor.to_string()}</bdi></span>
            })}
            {match own.published {
                Some(_) => Either::Left(view! { <span class="badge badge-success badge-soft">"Published"</span> }),
                None => Either::Right(view! { <span class="badge">"Draft"</span> }),
            }}
        </li>
    }
}

#[component]
fn Asked(invitation: TeachingInvitation, answer: Outcome) -> impl IntoView {
    let TeachingInvitation { course, title, by } = invitation;
    let title = title.to_string();
    let button = |accepted: bool, label: &'static str, class: &'static str| {
        let name = format!("{label}: {title}");
        view! {
            <PostForm to=AnswerInvitation::PATH outcome=answer>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="accepted" value=accepted.to_string() />
                <button type="submit" class=class aria-label=name>{label}</button>
            </PostForm>
        }
    };
    let (accept, decline) = (
        button(true, "Accept", "btn btn-primary min-h-11"),
        button(false, "Decline", "btn btn-ghost min-h-11"),
    );
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
            <p class="min-w-0 flex-1 basis-48">
                <bdi class="font-medium">{title.clone()}</bdi>
                <span class="hint block">"Asked by " <bdi>{by.to_string()}</bdi></span>
            </p>
            {accept}
            {decline}
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
