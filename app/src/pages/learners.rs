//! Who takes a course, for its instructor.

use super::param;
use crate::api::learners::{RemoveLearner, learners};
use crate::components::{Empty, Outcome, PostForm, Problem, RemoveButton, load};
use crate::data::preload;
use crate::routes;
use domain::id::CourseId;
use domain::view::{LearnerRow, LearnersPage};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Who takes a course, who joined last first (`?after=`).
#[component]
pub(crate) fn Learners() -> impl IntoView {
    let course = param::<CourseId>("course");
    let query = use_query_map();
    let after = move || query.with(|query| query.get("after"));
    let remove = Outcome::of(RemoveLearner::PATH);
    let page = preload(
        move || (course(), after(), remove.answers()),
        |(course, after, _)| async move { learners(course?, after).await },
    );
    load(page, skeleton, move |page| view! { <List page remove /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-4xl" role="status" aria-label="Loading the learners">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-8 h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn List(page: LearnersPage, remove: Outcome) -> impl IntoView {
    let LearnersPage { course, course_title, lessons, learners, next } = page;
    let rows: Vec<_> =
        learners.into_iter().map(|learner| view! { <Row course lessons learner remove /> }).collect();
    view! {
        <Title text=format!("Learners of {course_title}") />
        <div class="page max-w-4xl">
            <a href=routes::edit_course(course) class="text-link inline-flex min-h-11 items-center text-sm wrap-anywhere" dir="auto">
                {course_title.to_string()}
            </a>
            <h1 class="mt-2 mb-8 text-3xl font-semibold">"Learners"</h1>
            <div class="mb-4"><Problem of=remove /></div>
            {match rows.is_empty() {
                true => Either::Left(view! { <Empty title="Nobody here yet">"Who joins the course is shown here."</Empty> }),
                false => Either::Right(view! {
                    <ul class="panel divide-y divide-base-300">{rows}</ul>
                    <p class="hint mt-4">"Who is removed cannot watch any more, from the next minutes on. Their progress is kept in case they join again."</p>
                }),
            }}
            {next.map(|after| view! {
                <p class="mt-8 text-center">
                    <a href=routes::learners_after(course, &after) class="btn min-h-11">"More learners"</a>
                </p>
            })}
        </div>
    }
}

#[component]
fn Row(course: CourseId, lessons: u32, learner: LearnerRow, remove: Outcome) -> impl IntoView {
    let LearnerRow { account, name, since, completed } = learner;
    let name = name.to_string();
    let joined = since.date();
    let question = format!("Remove {name} from this course?");
    let button = view! { <RemoveButton name=name.clone() question /> };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 ps-5 pe-3">
            <p class="min-w-0 flex-1 basis-40 font-medium"><bdi>{name}</bdi></p>
            <p class="hint">
                "Joined " <time datetime=joined.clone()>{joined.clone()}</time>
                {format!(", {completed} of {lessons} lessons")}
            </p>
            <PostForm to=RemoveLearner::PATH outcome=remove>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                {button}
            </PostForm>
        </li>
    }
}
