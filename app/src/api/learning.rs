//! Taking courses.

use super::Answer;
use domain::id::LessonId;
use domain::text::Slug;
use domain::view::{LessonPage, TakenCourse};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Joins a course.
#[server(name = Enrol, endpoint = "learning/enrol")]
pub async fn enrol(course: Slug) -> Answer<()> {
    use super::request;
    Ok(services::learning::enrol(&request::stoa(), request::actor(), course.as_str()).await?)
}

/// The courses one takes.
#[server(name = MyCourses, endpoint = "learning/courses", input = GetUrl)]
pub async fn my_courses() -> Answer<Vec<TakenCourse>> {
    use super::request;
    Ok(services::learning::my_courses(&request::stoa(), request::actor()).await?)
}

/// The page of one lesson.
#[server(name = Lesson, endpoint = "learning/lesson", input = GetUrl)]
pub async fn lesson(course: Slug, lesson: LessonId) -> Answer<LessonPage> {
    use super::request;
    Ok(services::learning::lesson(&request::stoa(), request::actor(), course.as_str(), lesson).await?)
}

/// Notes where playback is.
#[server(name = ReportPosition, endpoint = "learning/position")]
pub async fn report_position(course: Slug, lesson: LessonId, position: u32) -> Answer<()> {
    use super::request;
    let position = domain::time::Seconds(position);
    Ok(services::learning::report_position(
        &request::stoa(),
        request::actor(),
        course.as_str(),
        lesson,
        position,
    )
    .await?)
}

/// Says what one thinks of a course: 1 to 5 stars, and why.
#[server(name = WriteReview, endpoint = "learning/review")]
pub async fn write_review(course: Slug, stars: u8, body: String) -> Answer<()> {
    use super::request;
    Ok(services::learning::review(&request::stoa(), request::actor(), course.as_str(), stars, &body).await?)
}
