//! Looking for courses.

use super::Answer;
use domain::shared::Shared;
use domain::text::Slug;
use domain::view::{CataloguePage, CourseCard, CoursePage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// A page of the catalogue, newest course first.
#[server(name = Page, endpoint = "catalogue/page", input = GetUrl)]
pub async fn page(after: Option<String>) -> Answer<CataloguePage> {
    use super::request;
    Ok(services::catalogue::page(&request::stoa(), request::actor(), after.as_deref()).await?)
}

/// Courses that match the words, best match first.
#[server(name = Search, endpoint = "catalogue/search", input = GetUrl)]
pub async fn search(words: String) -> Answer<Shared<Vec<CourseCard>>> {
    use super::request;
    Ok(services::catalogue::search(&request::stoa(), request::actor(), &words).await?)
}

/// The page of one course.
#[server(name = Course, endpoint = "catalogue/course", input = GetUrl)]
pub async fn course(slug: Slug) -> Answer<CoursePage> {
    use super::request;
    Ok(services::catalogue::course(&request::stoa(), request::actor(), slug.as_str()).await?)
}
