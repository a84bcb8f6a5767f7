//! Opening a lesson's video: who may watch gets a lease, and cookies for that one version, for minutes.

use crate::accounts::SessionToken;
use crate::records::courses;
use crate::videos::Watched;
use crate::{Error, Result, Stoa, access, leases, videos};
use domain::account::Actor;
use domain::caption::Track;
use domain::device::DeviceName;
use domain::edge::Policy;
use domain::id::{AssetId, CourseId, DeviceId, LeaseId, LessonId, VersionId};
use domain::lease::{Claim, Lease, Refusal};
use domain::permission::Permission;
use domain::time::{Seconds, Timestamp};
use domain::view::{CaptionTrack, Elsewhere, Opening, Playback, PlayingDevice, Preview};
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
    /// On how many devices an account may play at a time.
    pub max_devices: usize,
}

/// The browser that wants to play.
#[derive(Debug, Clone)]
pub struct Device {
    /// What a cookie of ours tells it from others by.
    pub id: DeviceId,
    /// What people call it.
    pub name: DeviceName,
    /// Its session: playing ends with it.
    pub session: Option<SessionToken>,
}

/// Signed cookies for a part of one version of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaCookies {
    /// Names and values.
    pub pairs: Vec<(String, String)>,
    /// The path below which they are of use.
    pub path: String,
    /// The domain in which they are of use, where that is more than the site's host.
    pub domain: Option<String>,
}

/// The answer to a player, and the cookies that go with it where it may play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For the player.
    pub opening: Opening,
    /// For its browser.
    pub cookies: Option<MediaCookies>,
}

/// Lets a device of the actor watch a lesson: again and again, each time for [`PlaybackSettings::cookie_ttl`],
/// beside fewer than [`PlaybackSettings::max_devices`] others.
pub async fn open(
    stoa: &Stoa,
    actor: Actor,
    device: &Device,
    slug: &str,
    lesson: LessonId,
    claim: Claim,
) -> Result<Grant> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::WatchLesson).await?.course.value;
    let account = actor.account().ok_or(Error::SignInNeeded)?;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    let lesson = outline.lesson(lesson).ok_or(Error::NotFound)?;
    let asset = lesson.video.ok_or(Error::NotFound)?;
    let Watched { version, tracks, poster, storyboard, .. } =
        videos::watched(stoa, asset).await?.ok_or(Error::NotFound)?;
    let now = stoa.clock.now();
    let until = now.plus(stoa.playback.cookie_ttl);
    let asked = Lease {
        id: LeaseId::new(now, stoa.random.bits()),
        device: device.id,
        name: device.name.clone(),
        session: device.session.as_ref().map(SessionToken::hash),
        course: course.id,
        asset,
        version,
        lesson: lesson.title.clone(),
        since: now,
        seen: now,
        until,
        stopped: false,
    };
    let limit = stoa.playback.max_devices;
    let opened = leases::change(stoa, account, |leases| {
        leases.open(asked.clone(), claim, limit, now).map_err(|refusal| {
            let devices = leases.playing_beside(device.id, now).map(|lease| playing(lease, now)).collect();
            (refusal, devices)
        })
    });
    let lease = match opened.await? {
        Ok(lease) => lease,
        Err((refusal, devices)) => {
            let full = refusal == Refusal::Full || Vec::len(&devices) >= limit;
            return Ok(Grant { opening: Opening::Elsewhere(Elsewhere { full, devices }), cookies: None });
        }
    };
    let path = path(asset, version);
    let playback = Playback {
        lease,
        playlist: address(stoa, &path, "master.m3u8"),
        poster: address(stoa, &path, &poster),
        captions: tracks.into_iter().map(|track| caption(stoa, &path, track)).collect(),
        storyboard: storyboard.map(|list| address(stoa, &path, &list)),
        renew_after: renew_after(now, until),
    };
    let cookies = Some(sign(stoa, "*", path, until)?);
    Ok(Grant { opening: Opening::Granted(playback), cookies })
}

/// Lets whoever edits the course see the pictures to choose from for a lesson's video: their addresses, and cookies for
/// them alone.
pub async fn posters(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
) -> Result<(Vec<String>, MediaCookies)> {
    let video = videos::video_of(stoa, actor, course, lesson).await?.ok_or(Error::NotFound)?.value;
    let watched = Watched::of(&video).ok_or(Error::NotFound)?;
    let path = path(video.asset, watched.version);
    let addresses = watched.posters.iter().map(|poster| address(stoa, &path, poster)).collect();
    Ok((addresses, sign(stoa, "poster*", path, stoa.clock.now().plus(stoa.playback.cookie_ttl))?))
}

/// Lets whoever edits the course watch what a conversion has made so far, with cookies for that alone. `None` where
/// nothing is being converted.
pub async fn preview(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
) -> Result<Option<(Preview, MediaCookies)>> {
    let Some((asset, version)) = videos::being_converted(stoa, actor, course, lesson).await? else {
        return Ok(None);
    };
    let path = format!("{}{}/", path(asset, version), videos::PREVIEW);
    let playlist = address(stoa, &path, "master.m3u8");
    let now = stoa.clock.now();
    let until = now.plus(stoa.playback.cookie_ttl);
    let preview = Preview { playlist, renew_after: renew_after(now, until) };
    Ok(Some((preview, sign(stoa, "*", path, until)?)))
}

fn path(asset: AssetId, version: VersionId) -> String {
    format!("/media/{asset}/{version}/")
}

/// Where players ask for a file: on the site's host it is a path.
fn address(stoa: &Stoa, path: &str, file: &str) -> String {
    let PlaybackSettings { url_base, cookie_domain, .. } = &stoa.playback;
    let host = if cookie_domain.is_some() { url_base } else { "" };
    format!("{host}{path}{file}")
}

fn caption(stoa: &Stoa, path: &str, Track { file, language, label, .. }: Track) -> CaptionTrack {
    CaptionTrack { address: address(stoa, path, &file), language, label }
}

/// Cookies that open `files` below the path.
fn sign(stoa: &Stoa, files: &str, path: String, until: Timestamp) -> Result<MediaCookies> {
    let resource = format!("{}{path}{files}", stoa.playback.url_base);
    let resource = resource.parse().map_err(|error| Error::Internal(Box::new(error)))?;
    let pairs = stoa.media.sign(&Policy::new(resource, until))?;
    Ok(MediaCookies { pairs, path, domain: stoa.playback.cookie_domain.clone() })
}

fn playing(lease: &Lease, now: Timestamp) -> PlayingDevice {
    let seconds = |since| Seconds(u32::try_from(now.since(since).as_secs()).unwrap_or(u32::MAX));
    PlayingDevice {
        lease: lease.id,
        name: lease.name.clone(),
        lesson: lease.lesson.clone(),
        playing_for: seconds(lease.since),
        silent_for: seconds(lease.seen),
    }
}

/// Two thirds of the time that is left, in milliseconds: one renewal may fail and another still comes in time.
/// Policies end at whole seconds.
fn renew_after(now: Timestamp, until: Timestamp) -> u32 {
    let left = Timestamp::from_seconds(until.seconds()).since(now);
    u32::try_from(left.as_millis() * 2 / 3).unwrap_or(u32::MAX)
}
