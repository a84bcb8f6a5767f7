//! The captions of a lesson's video, on its instructor's side. They come with [`lesson_editor`](super::authoring::lesson_editor).

use super::Answer;
use domain::id::{CaptionId, CourseId, LessonId};
use leptos::prelude::*;

/// Adds captions, or puts them in the place of those in the same language. `text` is the whole file, which makes this
/// the largest of all calls.
#[server(name = AddCaptions, endpoint = "captions/add")]
pub async fn add(course: CourseId, lesson: LessonId, language: String, text: String) -> Answer<()> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    services::captions::add(&stoa, actor, course, lesson, &language, &text).await?;
    Ok(())
}

/// Takes captions away.
#[server(name = RemoveCaptions, endpoint = "captions/remove")]
pub async fn remove(course: CourseId, lesson: LessonId, captions: CaptionId) -> Answer<()> {
    use super::request;
    Ok(services::captions::remove(&request::stoa(), request::actor(), course, lesson, captions).await?)
}
