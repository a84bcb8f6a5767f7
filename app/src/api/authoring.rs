//! Making courses.

use super::Answer;
use domain::course::{Level, Move};
use domain::id::{CourseId, LessonId, SectionId};
use domain::view::{EditorPage, LessonEditorPage, TeachPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The courses one teaches, and those that one is asked to teach.
#[server(name = Teach, endpoint = "authoring/teach", input = GetUrl)]
pub async fn teach() -> Answer<TeachPage> {
    use super::request;
    Ok(services::authoring::teach(&request::stoa(), request::actor()).await?)
}

/// Makes a course, a draft without lessons, and leads to its editor.
#[server(name = CreateCourse, endpoint = "authoring/create-course")]
pub async fn create_course(title: String) -> Answer<()> {
    use super::request;
    let course = services::authoring::create_course(&request::stoa(), request::actor(), &title).await?;
    leptos_axum::redirect(&crate::routes::edit_course(course));
    Ok(())
}

/// The page on which a course is edited.
#[server(name = Editor, endpoint = "authoring/editor", input = GetUrl)]
pub async fn editor(course: CourseId) -> Answer<EditorPage> {
    use super::request;
    Ok(services::authoring::editor(&request::stoa(), request::actor(), course).await?)
}

/// The page on which a lesson is edited.
#[server(name = LessonEditor, endpoint = "authoring/lesson-editor", input = GetUrl)]
pub async fn lesson_editor(course: CourseId, lesson: LessonId) -> Answer<LessonEditorPage> {
    use super::request;
    Ok(services::authoring::lesson_editor(&request::stoa(), request::actor(), course, lesson).await?)
}

/// Changes the texts of a course.
#[server(name = EditCourse, endpoint = "authoring/edit-course")]
pub async fn edit_course(
    course: CourseId,
    title: String,
    subtitle: String,
    description: String,
    level: Level,
) -> Answer<()> {
    use super::request;
    let texts = services::authoring::CourseTexts {
        title: &title,
        subtitle: &subtitle,
        description: &description,
        level,
    };
    Ok(services::authoring::edit_course(&request::stoa(), request::actor(), course, texts).await?)
}

/// Shows a course in the catalogue, or takes it out.
#[server(name = SetPublished, endpoint = "authoring/set-published")]
pub async fn set_published(course: CourseId, published: bool) -> Answer<()> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    match published {
        true => services::authoring::publish(&stoa, actor, course).await?,
        false => services::authoring::unpublish(&stoa, actor, course).await?,
    }
    Ok(())
}

/// Adds an empty section at the end.
#[server(name = AddSection, endpoint = "outline/add-section")]
pub async fn add_section(course: CourseId, title: String) -> Answer<()> {
    use super::request;
    services::authoring::add_section(&request::stoa(), request::actor(), course, &title).await?;
    Ok(())
}

/// Gives a section another name.
#[server(name = RenameSection, endpoint = "outline/rename-section")]
pub async fn rename_section(course: CourseId, section: SectionId, title: String) -> Answer<()> {
    use super::request;
    Ok(services::authoring::rename_section(&request::stoa(), request::actor(), course, section, &title)
        .await?)
}

/// Takes a section and its lessons away.
#[server(name = RemoveSection, endpoint = "outline/remove-section")]
pub async fn remove_section(course: CourseId, section: SectionId) -> Answer<()> {
    use super::request;
    Ok(services::authoring::remove_section(&request::stoa(), request::actor(), course, section).await?)
}

/// Moves a section by one place.
#[server(name = MoveSection, endpoint = "outline/move-section")]
pub async fn move_section(course: CourseId, section: SectionId, direction: Move) -> Answer<()> {
    use super::request;
    Ok(services::authoring::move_section(&request::stoa(), request::actor(), course, section, direction)
        .await?)
}

/// Adds a lesson without video at the end of a section.
#[server(name = AddLesson, endpoint = "outline/add-lesson")]
pub async fn add_lesson(course: CourseId, section: SectionId, title: String) -> Answer<()> {
    use super::request;
    services::authoring::add_lesson(&request::stoa(), request::actor(), course, section, &title).await?;
    Ok(())
}

/// Gives a lesson another name.
#[server(name = RenameLesson, endpoint = "authoring/rename-lesson")]
pub async fn rename_lesson(course: CourseId, lesson: LessonId, title: String) -> Answer<()> {
    use super::request;
    Ok(services::authoring::rename_lesson(&request::stoa(), request::actor(), course, lesson, &title).await?)
}

/// Takes a lesson away.
#[server(name = RemoveLesson, endpoint = "outline/remove-lesson")]
pub async fn remove_lesson(course: CourseId, lesson: LessonId) -> Answer<()> {
    use super::request;
    Ok(services::authoring::remove_lesson(&request::stoa(), request::actor(), course, lesson).await?)
}

/// Moves a lesson by one place, past the edge of its section into the next.
#[server(name = MoveLesson, endpoint = "outline/move-lesson")]
pub async fn move_lesson(course: CourseId, lesson: LessonId, direction: Move) -> Answer<()> {
    use super::request;
    Ok(services::authoring::move_lesson(&request::stoa(), request::actor(), course, lesson, direction)
        .await?)
}
