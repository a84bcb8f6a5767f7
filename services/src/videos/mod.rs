//! Videos of lessons: upload, processing, and how they are doing.

mod announce;
mod board;
mod clean;
mod hear;
pub mod packaging;
mod preview;
mod processing;
mod sweep;
mod upload;

pub(crate) use announce::announce;
pub use board::{board, cancel_asset, redrive, retry_asset};
pub use clean::{GRACE, clean};
pub use hear::hear;
pub(crate) use preview::being_converted;
pub use preview::{PREVIEW, preview};
pub(crate) use processing::{discard_all, process, remove as remove_all};
pub use sweep::{QUIET, sweep};
pub(crate) use upload::record;
pub use upload::upload;

use crate::ports::{Condition, Write};
use crate::records::videos::{self as records, Video};
use crate::records::{Stored, courses};
use crate::retry::until_written;
use crate::worker::Job;
use crate::{Error, Result, Stoa, access, authoring, outbox};
use domain::account::Actor;
use domain::caption::Track;
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use domain::permission::Permission;
use domain::time::Seconds;
use domain::video::{Event, State, Storyboard, VideoStatus, poster_file};
use domain::view::LessonVideo;

/// A lesson's video, for whoever may edit it.
pub async fn of_lesson(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<LessonVideo> {
    let video = video_of(stoa, actor, course, lesson).await?;
    Ok(video.map(|video| shown(stoa, &video.value)).unwrap_or_default())
}

/// Tries once more with the file that is there, after a failure that this can help. Else it changes nothing.
pub async fn retry(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<()> {
    ask(stoa, || video_of(stoa, actor, course, lesson), &Event::Retry, None).await
}

/// Stops a conversion. One that came to its end changes nothing.
pub async fn cancel(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<()> {
    ask(stoa, || video_of(stoa, actor, course, lesson), &Event::Cancel, None).await
}

/// Has a lesson's video stand by another picture: the one of this number, among those that were made of it.
pub async fn choose_poster(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    poster: u32,
) -> Result<()> {
    until_written(|| async {
        let found = video_of(stoa, actor, course, lesson).await?.ok_or(Error::NotFound)?;
        let Stored { value: mut video, version } = found;
        let current = video.current.as_mut().ok_or(Error::NotFound)?;
        if poster >= current.package.posters.max(1) {
            return Err(Error::invalid("The picture", "is not one of this video: reload the page"));
        }
        current.poster = poster;
        Ok(stoa.table.write(records::put(&video, Condition::Version(version))?).await?)
    })
    .await
}

/// Applies what somebody asked for, and sees to it that it is done. `logged` is an entry of the audit log.
async fn ask<F>(stoa: &Stoa, find: impl Fn() -> F, event: &Event, logged: Option<Write>) -> Result<()>
where
    F: Future<Output = Result<Option<Stored<Video>>>>,
{
    until_written(|| async {
        let Stored { value: mut video, version } = find().await?.ok_or(Error::NotFound)?;
        let before = video.upload.processing.clone();
        let now = before.clone().apply(before.attempt, event.clone());
        if now == before {
            return Ok(());
        }
        let moment = stoa.clock.now();
        let asked =
            if *event == Event::Cancel { "somebody stopped it" } else { "somebody asked to try it again" };
        video.upload.log.add(moment, asked);
        video.upload.advance(now, moment);
        let mut writes = vec![
            records::put(&video, Condition::Version(version))?,
            job(stoa, video.asset, video.upload.version)?,
        ];
        writes.extend(logged.clone());
        commit(stoa, writes).await?;
        if let State::Transcoding { job: Some(job), .. } = &before.state
            && *event == Event::Cancel
        {
            // Where this fails the service works for nothing, and the cleaner takes its output away.
            if let Err(error) = stoa.transcoder.stop(job).await {
                tracing::warn!(%error, job = job.0, "a job that nobody waits for could not be stopped");
            }
        }
        Ok(())
    })
    .await
}

fn shown(stoa: &Stoa, video: &Video) -> LessonVideo {
    LessonVideo {
        status: video.status(),
        left: video.upload.left(stoa.clock.now()),
        versions: video.versions(),
        poster: video.current.as_ref().map(|current| current.poster).unwrap_or_default(),
        warnings: video.warnings(),
    }
}

/// Takes a lesson's video away, and all that was made of it.
pub async fn remove(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<()> {
    authoring::change_outline(stoa, actor, course, |outline| {
        let lesson = outline.lesson_mut(lesson)?;
        (lesson.video, lesson.length) = (None, Seconds(0));
        Ok(())
    })
    .await
}

/// An asset as its instructor sees it.
pub(crate) async fn of_asset(stoa: &Stoa, asset: AssetId) -> Result<LessonVideo> {
    let found = records::video(&*stoa.table, asset).await?;
    Ok(found.map(|video| shown(stoa, &video.value)).unwrap_or_default())
}

/// The statuses of assets as their instructor sees them, in the order of `assets`.
pub(crate) async fn statuses(stoa: &Stoa, assets: &[AssetId]) -> Result<Vec<VideoStatus>> {
    let found = records::videos(&*stoa.table, assets).await?;
    let status = |asset: &AssetId| found.iter().find(|video| video.asset == *asset).map(Video::status);
    Ok(assets.iter().map(|asset| status(asset).unwrap_or_default()).collect())
}

/// The status of an asset as its learners see it: `Ready` from the first version that can be watched on,
/// whatever happens to later ones.
pub(crate) async fn watchable(stoa: &Stoa, asset: AssetId) -> Result<VideoStatus> {
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.map(|video| video.value.watchable()).unwrap_or_default())
}

/// What the learners of an asset watch.
pub(crate) struct Watched {
    /// The newest version that is ready.
    pub(crate) version: VersionId,
    /// Its captions.
    pub(crate) tracks: Vec<Track>,
    /// The name of its poster.
    pub(crate) poster: String,
    /// The names of all posters to choose from.
    pub(crate) posters: Vec<String>,
    /// The name of its list of small pictures, where it has some.
    pub(crate) storyboard: Option<String>,
}

impl Watched {
    pub(crate) fn of(video: &Video) -> Option<Self> {
        video.current.as_ref().map(|current| Self {
            version: current.version,
            tracks: video.tracks(),
            poster: current.poster(),
            posters: (0..current.package.posters.max(1)).map(poster_file).collect(),
            storyboard: current
                .package
                .storyboard
                .then(|| format!("{}/{}", Storyboard::FOLDER, Storyboard::LIST)),
        })
    }
}

/// What the learners of an asset watch, if there is something.
pub(crate) async fn watched(stoa: &Stoa, asset: AssetId) -> Result<Option<Watched>> {
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.and_then(|video| Watched::of(&video.value)))
}

/// A lesson's video, where the actor may edit it.
pub(crate) async fn video_of(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
) -> Result<Option<Stored<Video>>> {
    access::course(stoa, actor, course, Permission::EditCourse).await?;
    let outline = courses::outline(&*stoa.table, course).await?.value;
    match outline.lesson(lesson).ok_or(Error::NotFound)?.video {
        Some(asset) => records::video(&*stoa.table, asset).await,
        None => Ok(None),
    }
}

/// The outbox entry of the job that takes away videos which no lesson shows any more; none for no videos.
pub(crate) fn removal(stoa: &Stoa, assets: Vec<AssetId>) -> Result<Option<Write>> {
    if assets.is_empty() { Ok(None) } else { outbox::job(stoa, &Job::RemoveVideos { assets }).map(Some) }
}

/// The outbox entry of the job that brings what is stored of a version in line with its record.
fn job(stoa: &Stoa, asset: AssetId, version: VersionId) -> Result<Write> {
    outbox::job(stoa, &Job::ProcessVideo { asset, version })
}

async fn commit(stoa: &Stoa, writes: Vec<Write>) -> Result<()> {
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}
