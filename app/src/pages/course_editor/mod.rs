//! Editing a course: its texts, its outline, whether it is published. Every form works without JavaScript.

mod outline;
mod texts;

use super::param;
use crate::api::authoring::{EditCourse, SetPublished, editor};
use crate::components::{Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::course::Course;
use domain::id::CourseId;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use outline::OutlineEditor;
use texts::TextsForm;

/// Editing a course.
#[component]
pub(crate) fn CourseEditor() -> impl IntoView {
    let course = param::<CourseId>("course");
    let edit = Outcome::of(EditCourse::PATH);
    let publish = Outcome::of(SetPublished::PATH);
    let outline = Outcome::of(outline::FUNCTIONS);
    let page = preload(
        move || (course(), edit.answers(), publish.answers(), outline.answers()),
        |(course, ..)| async move { editor(course?).await },
    );
    load(page, skeleton, move |page| {
        view! {
            <Title text=format!("Edit {}", page.course.title) />
            <div class="page max-w-4xl">
                <a href=routes::TEACH class="text-link inline-flex min-h-11 items-center text-sm">"Your courses"</a>
                <Headline course=page.course.clone() outcome=publish />
                <div class="mt-10 flex flex-col gap-12">
                    <OutlineEditor course=page.course.id outline=page.outline videos=page.videos outcome=outline />
                    <TextsForm course=page.course outcome=edit />
                </div>
            </div>
        }
    })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-4xl" role="status" aria-label="Loading the course">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-12 h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Headline(course: Course, outcome: Outcome) -> impl IntoView {
    let published = course.published.is_some();
    let page = routes::course(&course.slug);
    view! {
        <div class="mt-2 flex flex-wrap items-start justify-between gap-4">
            <div class="min-w-0">
                <h1 class="text-3xl font-semibold" dir="auto">{course.title.to_string()}</h1>
                <p class="mt-2 flex flex-wrap items-center gap-3 text-sm">
                    {match published {
                        true => Either::Left(view! { <span class="badge badge-success badge-soft">"Published"</span> }),
                        false => Either::Right(view! { <span class="badge">"Draft"</span> }),
                    }}
                    <a href=page class="text-link inline-flex min-h-11 items-center">"View course"</a>
                    <a href=routes::learners(course.id) class="text-link inline-flex min-h-11 items-center">"Learners"</a>
                    <a href=routes::course_price(course.id) class="text-link inline-flex min-h-11 items-center">"Price"</a>
                    <a href=routes::instructors(course.id) class="text-link inline-flex min-h-11 items-center">"Instructors"</a>
                </p>
            </div>
            <PostForm to=SetPublished::PATH outcome>
                <input type="hidden" name="course" value=course.id.to_string() />
                <input type="hidden" name="published" value=(!published).to_string() />
                <button type="submit" class=if published { "btn min-h-11" } else { "btn btn-primary min-h-11" }>
                    {if published { "Unpublish" } else { "Publish" }}
                </button>
            </PostForm>
        </div>
        <div class="mt-4"><Problem of=outcome /></div>
    }
}
