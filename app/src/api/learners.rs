//! Who takes a course.

use super::Answer;
use domain::id::{AccountId, CourseId};
use domain::view::LearnersPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Those who take a course, from after `after`.
#[server(name = Learners, endpoint = "learners/list", input = GetUrl)]
pub async fn learners(course: CourseId, after: Option<String>) -> Answer<LearnersPage> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    Ok(services::learners::page(&stoa, actor, course, after.as_deref()).await?)
}

/// Puts somebody out of a course.
#[server(name = RemoveLearner, endpoint = "learners/remove")]
pub async fn remove_learner(course: CourseId, account: AccountId) -> Answer<()> {
    use super::request;
    Ok(services::learners::remove(&request::stoa(), request::actor(), course, account).await?)
}
