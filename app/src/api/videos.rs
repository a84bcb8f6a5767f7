//! The video of a lesson, on its instructor's side. How it is sent is in [`super::uploads`].

use super::Answer;
use domain::id::{CourseId, LessonId};
use domain::view::LessonVideo;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The video, and how it is doing.
#[server(name = Status, endpoint = "videos/status", input = GetUrl)]
pub async fn status(course: CourseId, lesson: LessonId) -> Answer<LessonVideo> {
    use super::request;
    Ok(services::videos::of_lesson(&request::stoa(), request::actor(), course, lesson).await?)
}

/// Tries a failed video again, with the same file.
#[server(name = Retry, endpoint = "videos/retry")]
pub async fn retry(course: CourseId, lesson: LessonId) -> Answer<()> {
    use super::request;
    Ok(services::videos::retry(&request::stoa(), request::actor(), course, lesson).await?)
}

/// Stops a conversion.
#[server(name = Cancel, endpoint = "videos/cancel")]
pub async fn cancel(course: CourseId, lesson: LessonId) -> Answer<()> {
    use super::request;
    Ok(services::videos::cancel(&request::stoa(), request::actor(), course, lesson).await?)
}

/// Has the video stand by another of the pictures that were made of it.
#[server(name = ChoosePoster, endpoint = "videos/choose-poster")]
pub async fn choose_poster(course: CourseId, lesson: LessonId, poster: u32) -> Answer<()> {
    use super::request;
    Ok(services::videos::choose_poster(&request::stoa(), request::actor(), course, lesson, poster).await?)
}
