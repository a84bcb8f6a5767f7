//! The outline of a course: adding, naming, moving and removing sections and lessons.

use crate::api::authoring::{
    AddLesson, AddSection, MoveLesson, MoveSection, RemoveLesson, RemoveSection, RenameSection,
};
use crate::components::{MoveButtons, Outcome, PostForm, Problem, RemoveButton};
use crate::routes;
use domain::course::{Lesson, Outline, Section};
use domain::id::{CourseId, LessonId};
use domain::video::VideoStatus;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the paths of the functions that change an outline start with.
pub(super) const FUNCTIONS: &str = "/api/outline/";

/// The outline, as a list of sections with a form for each thing that can be done.
#[component]
pub(super) fn OutlineEditor(
    course: CourseId,
    outline: Outline,
    videos: Vec<(LessonId, VideoStatus)>,
    outcome: Outcome,
) -> impl IntoView {
    let mut videos = videos.into_iter().collect::<std::collections::BTreeMap<_, _>>();
    let mut with_status = |lesson: Lesson| {
        let status = videos.remove(&lesson.id).unwrap_or_default();
        (lesson, status)
    };
    let sections: Vec<_> = outline
        .sections
        .into_iter()
        .map(|mut section| {
            let lessons =
                std::mem::take(&mut section.lessons).into_iter().map(&mut with_status).collect::<Vec<_>>();
            view! { <SectionEditor course section lessons outcome /> }
        })
        .collect();
    view! {
        <section aria-labelledby="outline">
            <h2 id="outline" class="mb-4 text-xl font-semibold">"Sections and lessons"</h2>
            <Problem of=outcome />
            {sections.is_empty().then(|| view! { <p class="hint mb-4">"A course has sections, and sections have lessons. Name the first section."</p> })}
            <div class="flex flex-col gap-6">{sections}</div>
            <PostForm to=AddSection::PATH outcome anew=true>
                <input type="hidden" name="course" value=course.to_string() />
                <div class="mt-6">
                    <TitleEntry label="New section".into() button="Add section" />
                </div>
            </PostForm>
        </section>
    }
}

#[component]
fn SectionEditor(
    course: CourseId,
    section: Section,
    lessons: Vec<(Lesson, VideoStatus)>,
    outcome: Outcome,
) -> impl IntoView {
    let name = section.title.to_string();
    let ids = move || {
        view! {
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="section" value=section.id.to_string() />
        }
    };
    // Made here because a form's children take what they show.
    let move_buttons = view! { <MoveButtons name=name.clone() /> };
    let remove_button =
        view! { <RemoveButton name=name.clone() question=format!("Remove “{name}” and all its lessons?") /> };
    let new_lesson = view! { <TitleEntry label=format!("New lesson in {name}") button="Add lesson" /> };
    let new_name =
        view! { <TitleEntry label=format!("New name of {name}") button="Rename" value=name.clone() /> };
    let rows: Vec<_> = lessons
        .into_iter()
        .map(|(lesson, status)| view! { <LessonRow course lesson status outcome /> })
        .collect();
    view! {
        <section class="panel" aria-label=format!("Section {name}")>
            <div class="flex flex-wrap items-center gap-1 border-b border-base-300 py-2 ps-5 pe-3">
                <h3 class="min-w-0 flex-1 basis-32 font-semibold" dir="auto">{name.clone()}</h3>
                <PostForm to=MoveSection::PATH outcome>
                    {ids()}
                    {move_buttons}
                </PostForm>
                <PostForm to=RemoveSection::PATH outcome>
                    {ids()}
                    {remove_button}
                </PostForm>
            </div>
            {(!rows.is_empty()).then(|| view! { <ol class="divide-y divide-base-300 border-b border-base-300">{rows}</ol> })}
            <div class="px-5 py-3">
                <PostForm to=AddLesson::PATH outcome anew=true>
                    {ids()}
                    {new_lesson}
                </PostForm>
                <details class="mt-1">
                    <summary class="hint inline-flex min-h-11 items-center">"Rename this section"</summary>
                    <PostForm to=RenameSection::PATH outcome>
                        {ids()}
                        {new_name}
                    </PostForm>
                </details>
            </div>
        </section>
    }
}

#[component]
fn LessonRow(course: CourseId, lesson: Lesson, status: VideoStatus, outcome: Outcome) -> impl IntoView {
    let name = lesson.title.to_string();
    let ids = move || {
        view! {
            <input type="hidden" name="course" value=course.to_string() />
            <input type="hidden" name="lesson" value=lesson.id.to_string() />
        }
    };
    let move_buttons = view! { <MoveButtons name=name.clone() /> };
    let remove_button =
        view! { <RemoveButton name=name.clone() question=format!("Remove “{name}” and its video?") /> };
    let state = match status {
        VideoStatus::Missing => "No video".to_owned(),
        VideoStatus::Waiting => "Waiting".to_owned(),
        VideoStatus::Processing { percent } => format!("{percent} %"),
        VideoStatus::Ready { length, .. } => length.to_string(),
        VideoStatus::Failed { .. } => "Failed".to_owned(),
    };
    view! {
        <li class="flex flex-wrap items-center gap-1 py-1 ps-5 pe-3">
            <a href=routes::edit_lesson(course, lesson.id) class="flex min-h-11 min-w-0 flex-1 basis-32 items-center wrap-anywhere hover:underline" dir="auto">
                {name}
            </a>
            <span class="hint pe-2">{state}</span>
            <PostForm to=MoveLesson::PATH outcome>
                {ids()}
                {move_buttons}
            </PostForm>
            <PostForm to=RemoveLesson::PATH outcome>
                {ids()}
                {remove_button}
            </PostForm>
        </li>
    }
}

/// One title and the button that sends it.
#[component]
fn TitleEntry(label: String, button: &'static str, #[prop(optional)] value: String) -> impl IntoView {
    view! {
        <div class="flex flex-wrap gap-2">
            <input
                name="title"
                required
                maxlength="120"
                dir="auto"
                aria-label=label.clone()
                placeholder=label
                value=value
                class="input min-h-11 min-w-0 flex-1 basis-56"
            />
            <button type="submit" class="btn min-h-11">{button}</button>
        </div>
    }
}
