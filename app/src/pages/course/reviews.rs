//! What learners say of a course.

use crate::api::learning::WriteReview;
use crate::components::{Outcome, PostForm, Problem, StarsView, alike};
use domain::review::Review;
use domain::shared::Shared;
use domain::text::Slug;
use domain::view::Standing;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The newest reviews, and for those who take the course a form to add theirs.
#[component]
pub(super) fn Reviews(
    course: Slug,
    standing: Standing,
    reviews: Shared<Vec<Review>>,
    outcome: Outcome,
) -> impl IntoView {
    view! {
        <section aria-labelledby="reviews">
            <h2 id="reviews" class="mb-4 text-xl font-semibold">"Reviews"</h2>
            {match reviews.is_empty() {
                true => Either::Left(view! { <p class="hint">"Nobody has reviewed this course yet."</p> }),
                false => Either::Right(alike(reviews, |reviews| entries(reviews))),
            }}
            {(standing == Standing::Enrolled).then(|| view! { <Write course outcome /> })}
        </section>
    }
}

fn entries(reviews: &[Review]) -> impl IntoView + use<> {
    let entries: Vec<_> = reviews.iter().map(|review| view! { <Entry review=review.clone() /> }).collect();
    view! { <ul class="flex flex-col gap-6">{entries}</ul> }
}

#[component]
fn Entry(review: Review) -> impl IntoView {
    let body = review.body.to_string();
    view! {
        <li>
            <p class="flex flex-wrap items-baseline gap-x-3">
                <bdi class="font-medium">{review.author.to_string()}</bdi>
                <StarsView stars=review.stars />
            </p>
            {(!body.is_empty()).then(|| view! { <p class="mt-1 max-w-prose whitespace-pre-line" dir="auto">{body}</p> })}
        </li>
    }
}

#[component]
fn Write(course: Slug, outcome: Outcome) -> impl IntoView {
    let grades = [(5, "5, excellent"), (4, "4, good"), (3, "3, fair"), (2, "2, weak"), (1, "1, poor")];
    let choices = grades.map(|(stars, label)| {
        view! {
            <label class="inline-flex min-h-11 cursor-pointer items-center gap-2">
                <input type="radio" name="stars" value=stars required class="size-5 accent-primary" />
                {label}
            </label>
        }
    });
    view! {
        <section class="panel mt-8 p-5" aria-labelledby="write-review">
            <h3 id="write-review" class="mb-2 font-semibold">"What do you think?"</h3>
            <PostForm to=WriteReview::PATH outcome>
                <input type="hidden" name="course" value=course.to_string() />
                <div class="flex flex-col gap-4">
                    <fieldset>
                        <legend class="text-sm font-medium">"Stars"</legend>
                        <div class="flex flex-wrap gap-x-5">{choices}</div>
                    </fieldset>
                    <div class="field">
                        <label for="review">"Your review"</label>
                        <textarea id="review" name="body" rows="4" maxlength="20000" dir="auto" class="textarea w-full"></textarea>
                    </div>
                    <Problem of=outcome />
                    <div><button type="submit" class="btn min-h-11">"Publish review"</button></div>
                </div>
            </PostForm>
        </section>
    }
}
