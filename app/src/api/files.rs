//! The files of a lesson, on its instructor's side. Adding one is no server function: see
//! [`routes::upload_file`](crate::routes::upload_file).

use super::Answer;
use domain::course::Move;
use domain::id::{AttachmentId, CourseId, LessonId};
use leptos::prelude::*;

/// Gives a file another name.
#[server(name = RenameFile, endpoint = "files/rename")]
pub async fn rename_file(course: CourseId, lesson: LessonId, file: AttachmentId, name: String) -> Answer<()> {
    use super::request;
    Ok(services::downloads::rename(&request::stoa(), request::actor(), course, lesson, file, &name).await?)
}

/// Takes a file away.
#[server(name = RemoveFile, endpoint = "files/remove")]
pub async fn remove_file(course: CourseId, lesson: LessonId, file: AttachmentId) -> Answer<()> {
    use super::request;
    Ok(services::downloads::remove(&request::stoa(), request::actor(), course, lesson, file).await?)
}

/// Moves a file by one place.
#[server(name = MoveFile, endpoint = "files/move")]
pub async fn move_file(
    course: CourseId,
    lesson: LessonId,
    file: AttachmentId,
    direction: Move,
) -> Answer<()> {
    use super::request;
    Ok(services::downloads::shift(&request::stoa(), request::actor(), course, lesson, file, direction)
        .await?)
}

/// Lets learners keep the video, or no longer: a box that is not ticked sends nothing.
#[server(name = AllowVideo, endpoint = "files/allow-video")]
pub async fn allow_video(course: CourseId, lesson: LessonId, #[server(default)] allowed: bool) -> Answer<()> {
    use super::request;
    Ok(services::downloads::allow_video(&request::stoa(), request::actor(), course, lesson, allowed).await?)
}
