//! Permission to stream.

use super::Answer;
use domain::id::LessonId;
use domain::text::Slug;
use domain::view::Playback;
use leptos::prelude::*;

/// Lets the browser stream one lesson's video for some minutes: sets the signed cookies of its asset. To be
/// called again after [`Playback::renew_after`].
#[server(name = Open, endpoint = "playback/open")]
pub async fn open(course: Slug, lesson: LessonId) -> Answer<Playback> {
    use super::request;
    let grant = services::playback::open(&request::stoa(), request::actor(), course.as_str(), lesson).await?;
    // `Lax` holds for a media host, too: it is of the same site, as it shares a domain with ours.
    let domain = grant.domain.map(|domain| format!("; Domain={domain}")).unwrap_or_default();
    let attributes = format!("Path={}; HttpOnly; SameSite=Lax{domain}", grant.path);
    for (name, value) in &grant.cookies {
        request::set_cookie(name, value, &attributes);
    }
    Ok(grant.playback)
}
