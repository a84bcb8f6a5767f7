//! Opening a lesson's video: who may watch gets cookies for that one version, for minutes.

use crate::records::courses;
use crate::{Error, Result, Stoa, access, videos};
use domain::account::Actor;
use domain::edge::Policy;
use domain::id::LessonId;
use domain::permission::Permission;
use domain::view::Playback;
use std::time::Duration;

/// How media is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybackSettings {
    /// Scheme and host of media addresses, as policies name them: `https://stoa.example`, without a slash.
    pub url_base: String,
    /// The domain that cookies are set for where media has a host of its own. `None` where it is the site's:
    /// then addresses are paths, and cookies go back to where they came from alone.
    pub cookie_domain: Option<String>,
    /// How long cookies open a video.
    pub cookie_ttl: Duration,
}

/// What opens one version of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For the player.
    pub playback: Playback,
    /// Names and values of the cookies that go with it.
    pub cookies: Vec<(String, String)>,
    /// The path below which the cookies are of use.
    pub path: String,
    /// The domain in which they are of use, where that is more than the site's host.
    pub domain: Option<String>,
}

/// Lets the actor watch a lesson: again and again, each time for [`PlaybackSettings::cookie_ttl`].
pub async fn open(stoa: &Stoa, actor: Actor, slug: &str, lesson: LessonId) -> Result<Grant> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::WatchLesson).await?.course.value;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let asset = outline.lesson(lesson).ok_or(Error::NotFound)?.video.ok_or(Error::NotFound)?;
    let version = videos::current_version(stoa, asset).await?.ok_or(Error::NotFound)?;
    let path = format!("/media/{asset}/{version}/");
    let settings = &stoa.playback;
    let resource = format!("{}{path}*", settings.url_base);
    let resource = resource.parse().map_err(|error| Error::Internal(Box::new(error)))?;
    let ttl = settings.cookie_ttl;
    let policy = Policy::new(resource, stoa.clock.now().plus(ttl));
    let host = if settings.cookie_domain.is_some() { &settings.url_base } else { "" };
    Ok(Grant {
        playback: Playback {
            playlist: format!("{host}{path}master.m3u8"),
            poster: format!("{host}{path}poster.jpg"),
            renew_after: renew_after(ttl),
        },
        cookies: stoa.media.sign(&policy)?,
        path,
        domain: settings.cookie_domain.clone(),
    })
}

/// Two thirds of the time, in seconds: one renewal may fail and another still comes in time.
fn renew_after(ttl: Duration) -> u32 {
    u32::try_from(ttl.as_secs() * 2 / 3).unwrap_or(u32::MAX)
}
