//! The page of one course: what it teaches, how to take it, what learners say.

mod outline;
mod reviews;

use super::param;
use crate::api::catalogue;
use crate::api::learning::{Enrol, WriteReview};
use crate::api::shop::PutIn;
use crate::components::{Outcome, PostForm, Problem, RatingSummary, SaveButton, load};
use crate::data::preload;
use crate::routes;
use crate::session::use_session;
use domain::text::Slug;
use domain::view::{CoursePage, Standing};
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::{Meta, Title};
use outline::CourseOutline;
use reviews::Reviews;

/// The page of one course.
#[component]
pub(crate) fn Course() -> impl IntoView {
    let slug = param::<Slug>("slug");
    let enrol = Outcome::of(Enrol::PATH);
    let buy = Outcome::of(PutIn::PATH);
    let review = Outcome::of(WriteReview::PATH);
    let page = preload(
        move || (slug(), enrol.answers(), review.answers()),
        |(slug, ..)| async move { catalogue::course(slug?).await },
    );
    load(page, skeleton, move |page| view! { <Details page enrol buy review /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page" role="status" aria-label="Loading the course">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-4 h-6 max-w-md"></div>
            <div class="skeleton-block mt-12 h-64"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Details(page: CoursePage, enrol: Outcome, buy: Outcome, review: Outcome) -> impl IntoView {
    let card = page.card.clone();
    let facts = format!("{} · {}", card.level.label(), crate::components::length(card.lessons, card.length));
    let summary = card.subtitle.as_ref().map(ToString::to_string).unwrap_or_default();
    let paragraphs = paragraphs(page.description.as_str());
    view! {
        <Title text=card.title.to_string() />
        <Meta name="description" content=summary.clone() />
        <div class="page grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
            <header class="min-w-0">
                <p class="eyebrow">{facts}</p>
                <h1 class="mt-2 text-3xl leading-tight font-semibold sm:text-4xl" dir="auto">{card.title.to_string()}</h1>
                {(!summary.is_empty()).then(|| view! { <p class="mt-4 max-w-prose text-lg text-muted" dir="auto">{summary.clone()}</p> })}
                <p class="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-sm">
                    <span class="min-w-0">"By " <bdi class="font-medium">{card.instructor.to_string()}</bdi></span>
                    <RatingSummary rating=card.rating />
                </p>
            </header>
            <aside class="lg:col-start-2 lg:row-span-3 lg:row-start-1" aria-label="Take this course">
                <div class="panel flex flex-col gap-4 p-6 lg:sticky lg:top-24">
                    <div class="flex items-center justify-between gap-4">
                        <p class="text-2xl font-semibold">{card.price.to_string()}</p>
                        <SaveButton course=card.slug.clone() title=card.title.clone() />
                    </div>
                    <TakeIt page=page.clone() enrol buy />
                </div>
            </aside>
            {(!paragraphs.is_empty()).then(|| view! {
                <section class="min-w-0" aria-labelledby="about">
                    <h2 id="about" class="mb-4 text-xl font-semibold">"About this course"</h2>
                    <div class="flex max-w-prose flex-col gap-4" dir="auto">{paragraphs}</div>
                </section>
            })}
            <div class="flex min-w-0 flex-col gap-12 lg:col-start-1">
                <CourseOutline outline=page.outline />
                <Reviews course=card.slug standing=page.standing reviews=page.reviews outcome=review />
            </div>
        </div>
    }
}

/// The one thing to do here, which depends on who looks.
#[component]
fn TakeIt(page: CoursePage, enrol: Outcome, buy: Outcome) -> impl IntoView {
    let free = page.card.price.is_free();
    let slug = page.card.slug;
    let session = use_session();
    let course = slug.clone();
    let watch = page.resume.map(|lesson| routes::lesson(&slug, lesson));
    match page.standing {
        Standing::Instructor => EitherOf3::A(view! {
            {(!page.published).then(|| view! { <p class="hint">"A draft: only you can see this page."</p> })}
            {watch.map(|href| view! { <a href=href class="btn btn-primary min-h-11">"Watch"</a> })}
            <a href=routes::edit_course(page.id) class="btn min-h-11">"Edit"</a>
        }),
        Standing::Enrolled => EitherOf3::B(match watch {
            Some(href) => view! { <a href=href class="btn btn-primary min-h-11">"Continue"</a> }.into_any(),
            None => view! { <p class="hint">"You take this course. Its first lesson is yet to come."</p> }
                .into_any(),
        }),
        Standing::Visitor => EitherOf3::C(view! {
            <Suspense>
                {move || {
                    let course = course.clone();
                    Suspend::new(async move {
                        match session.viewer.answer().await {
                            Ok(Some(_)) if free => view! {
                                <PostForm to=Enrol::PATH outcome=enrol>
                                    <input type="hidden" name="course" value=course.to_string() />
                                    <button type="submit" class="btn btn-primary min-h-11 w-full" disabled=move || enrol.pending()>
                                        "Enrol"
                                    </button>
                                </PostForm>
                            }
                            .into_any(),
                            Ok(Some(_)) => view! {
                                <PostForm to=PutIn::PATH outcome=buy>
                                    <input type="hidden" name="course" value=course.to_string() />
                                    <button type="submit" class="btn btn-primary min-h-11 w-full" disabled=move || buy.pending()>
                                        "Buy"
                                    </button>
                                </PostForm>
                            }
                            .into_any(),
                            _ => view! {
                                <a href=routes::sign_in(&routes::course(&course)) class="btn btn-primary min-h-11">
                                    {if free { "Sign in to enrol" } else { "Sign in to buy" }}
                                </a>
                            }
                            .into_any(),
                        }
                    })
                }}
            </Suspense>
            <Problem of=enrol />
            <Problem of=buy />
        }),
    }
}

/// Blank lines separate paragraphs.
fn paragraphs(text: &str) -> Vec<impl IntoView + use<>> {
    let texts = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| view! { <p class="whitespace-pre-line">{text.to_owned()}</p> }).collect()
}
