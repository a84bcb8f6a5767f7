//! Editing a lesson: its name, its video, its captions, its files.

mod captions;
mod files;

use super::param;
use crate::api::authoring::{RenameLesson, lesson_editor};
use crate::components::{Outcome, PostForm, Problem, Upload, load};
use crate::data::preload;
use crate::routes;
use captions::Captions;
use domain::id::{CourseId, LessonId};
use domain::view::LessonEditorPage;
use files::Files;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Editing a lesson.
#[component]
pub(crate) fn LessonEditor() -> impl IntoView {
    let (course, lesson) = (param::<CourseId>("course"), param::<LessonId>("lesson"));
    let rename = Outcome::of(RenameLesson::PATH);
    let page = preload(
        move || (course(), lesson(), rename.answers()),
        |(course, lesson, _)| async move { lesson_editor(course?, lesson?).await },
    );
    load(page, skeleton, move |page| view! { <Editor page rename /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-4xl" role="status" aria-label="Loading the lesson">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-12 h-64"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Editor(page: LessonEditorPage, rename: Outcome) -> impl IntoView {
    let title = page.title.to_string();
    let unfinished = RwSignal::new(page.unfinished);
    view! {
        <Title text=format!("Edit {title}") />
        <div class="page max-w-4xl">
            <a href=routes::edit_course(page.course) class="text-link inline-flex min-h-11 items-center text-sm wrap-anywhere" dir="auto">
                {page.course_title.to_string()}
            </a>
            <h1 class="mt-2 mb-8 text-3xl font-semibold" dir="auto">{title.clone()}</h1>
            <Upload course=page.course slug=page.course_slug lesson=page.lesson video=page.video unfinished />
            <Captions course=page.course lesson=page.lesson captions=page.captions />
            <Files course=page.course lesson=page.lesson downloads=page.downloads unfinished />
            <section class="mt-12" aria-labelledby="name">
                <h2 id="name" class="mb-4 text-xl font-semibold">"Name"</h2>
                <PostForm to=RenameLesson::PATH outcome=rename>
                    <input type="hidden" name="course" value=page.course.to_string() />
                    <input type="hidden" name="lesson" value=page.lesson.to_string() />
                    <div class="flex flex-wrap gap-2">
                        <input name="title" required maxlength="120" dir="auto" aria-label="Title of the lesson" value=title class="input min-h-11 min-w-0 flex-1 basis-56" />
                        <button type="submit" class="btn min-h-11">"Rename"</button>
                    </div>
                    <Problem of=rename />
                </PostForm>
            </section>
        </div>
    }
}
