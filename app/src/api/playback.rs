//! Permission to stream.

use super::Answer;
use domain::id::{CourseId, LeaseId, LessonId};
use domain::text::Slug;
use domain::view::{Opening, Preview};
use leptos::prelude::*;

/// Lets the browser stream one lesson's video for some minutes: sets the signed cookies of its asset. To be
/// called again, with the lease it was given as `held`, after [`Playback::renew_after`]. `stop` names the lease of
/// another device that is to make room.
///
/// [`Playback::renew_after`]: domain::view::Playback::renew_after
#[server(name = Open, endpoint = "playback/open")]
pub async fn open(
    course: Slug,
    lesson: LessonId,
    held: Option<LeaseId>,
    stop: Option<LeaseId>,
) -> Answer<Opening> {
    use super::request;
    let claim = domain::lease::Claim { held, stop };
    let (stoa, actor, device) = (request::stoa(), request::actor(), request::device());
    let grant = services::playback::open(&stoa, actor, &device, course.as_str(), lesson, claim).await?;
    grant.cookies.iter().for_each(request::set_media_cookies);
    Ok(grant.opening)
}

/// Makes room for other devices when the player is left.
#[server(name = Release, endpoint = "playback/release")]
pub async fn release(lease: LeaseId) -> Answer<()> {
    use super::request;
    Ok(services::leases::release(&request::stoa(), request::actor(), lease).await?)
}

/// Lets the browser of an instructor fetch the pictures to choose from for a lesson's video; answers their addresses.
#[server(name = Posters, endpoint = "playback/posters")]
pub async fn posters(course: CourseId, lesson: LessonId) -> Answer<Vec<String>> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    let (addresses, cookies) = services::playback::posters(&stoa, actor, course, lesson).await?;
    request::set_media_cookies(&cookies);
    Ok(addresses)
}

/// Lets the browser of an instructor watch what a conversion has made so far; `None` where nothing is being converted.
/// To be called again while it is watched, after [`Preview::renew_after`].
#[server(name = GetPreview, endpoint = "playback/preview")]
pub async fn preview(course: CourseId, lesson: LessonId) -> Answer<Option<Preview>> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    let found = services::playback::preview(&stoa, actor, course, lesson).await?;
    Ok(found.map(|(preview, cookies)| {
        request::set_media_cookies(&cookies);
        preview
    }))
}
