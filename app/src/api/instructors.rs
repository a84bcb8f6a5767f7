//! Who teaches a course together with its owner.

use super::Answer;
use domain::id::{AccountId, CourseId};
use domain::view::InstructorsPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Who teaches a course, and who was asked to.
#[server(name = Instructors, endpoint = "instructors/list", input = GetUrl)]
pub async fn instructors(course: CourseId) -> Answer<InstructorsPage> {
    use super::request;
    Ok(services::instructors::page(&request::stoa(), request::actor(), course).await?)
}

/// Asks whoever has an address to teach a course.
#[server(name = InviteInstructor, endpoint = "instructors/invite")]
pub async fn invite(course: CourseId, email: String) -> Answer<()> {
    use super::request;
    Ok(services::instructors::invite(&request::stoa(), request::actor(), course, &email).await?)
}

/// Takes an invitation back.
#[server(name = UninviteInstructor, endpoint = "instructors/uninvite")]
pub async fn uninvite(course: CourseId, email: String) -> Answer<()> {
    use super::request;
    Ok(services::instructors::uninvite(&request::stoa(), request::actor(), course, &email).await?)
}

/// Ends that somebody teaches a course with its owner.
#[server(name = RemoveInstructor, endpoint = "instructors/remove")]
pub async fn remove(course: CourseId, account: AccountId) -> Answer<()> {
    use super::request;
    Ok(services::instructors::remove(&request::stoa(), request::actor(), course, account).await?)
}

/// Makes somebody who teaches a course with its owner the owner.
#[server(name = HandOver, endpoint = "instructors/hand-over")]
pub async fn hand_over(course: CourseId, account: AccountId) -> Answer<()> {
    use super::request;
    Ok(services::handover::hand_over(&request::stoa(), request::actor(), course, account).await?)
}

/// Agrees to teach a course, or refuses.
#[server(name = AnswerInvitation, endpoint = "teaching/answer")]
pub async fn answer(course: CourseId, accepted: bool) -> Answer<()> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    match accepted {
        true => services::instructors::accept(&stoa, actor, course).await?,
        false => services::instructors::decline(&stoa, actor, course).await?,
    }
    Ok(())
}
