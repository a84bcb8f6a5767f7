//! Videos of lessons: upload, processing, and how they are doing.

pub mod packaging;
mod processing;
mod upload;

pub(crate) use processing::{process, remove as remove_all};
pub use upload::upload;

use crate::ports::Condition;
use crate::records::videos::{self as records, Video};
use crate::records::{Stored, courses};
use crate::retry::until_written;
use crate::worker::{JOBS, Job};
use crate::{Error, Result, Stoa, access, authoring, outbox};
use domain::account::Actor;
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use domain::permission::Permission;
use domain::time::Seconds;
use domain::video::{Event, VideoStatus};

/// How a lesson's video is doing.
pub async fn status(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<VideoStatus> {
    let video = video_of(stoa, actor, course, lesson).await?;
    Ok(video.map(|video| video.value.status()).unwrap_or_default())
}

/// Tries once more with the file that is there, after a failure that this can help. Else it changes nothing.
pub async fn retry(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<()> {
    until_written(|| async {
        let Stored { value: mut video, version } =
            video_of(stoa, actor, course, lesson).await?.ok_or(Error::NotFound)?;
        let before = video.upload.processing.clone();
        video.upload.processing = before.clone().apply(before.attempt, Event::Retry);
        if video.upload.processing == before {
            return Ok(());
        }
        let writes = vec![
            records::put(&video, Condition::Version(version))?,
            job(stoa, video.asset, video.upload.version)?,
        ];
        commit(stoa, writes).await
    })
    .await
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

/// The version of an asset that its learners watch: the newest that is ready.
pub(crate) async fn current_version(stoa: &Stoa, asset: AssetId) -> Result<Option<VersionId>> {
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.and_then(|video| video.value.current).map(|current| current.version))
}

async fn video_of(
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
pub(crate) fn removal(stoa: &Stoa, assets: Vec<AssetId>) -> Result<Option<crate::ports::Write>> {
    if assets.is_empty() {
        Ok(None)
    } else {
        outbox::entry(stoa, JOBS, &Job::RemoveVideos { assets }).map(Some)
    }
}

/// The outbox entry of the job that brings what is stored of a version in line with its record.
fn job(stoa: &Stoa, asset: AssetId, version: VersionId) -> Result<crate::ports::Write> {
    outbox::entry(stoa, JOBS, &Job::ProcessVideo { asset, version })
}

async fn commit(stoa: &Stoa, writes: Vec<crate::ports::Write>) -> Result<()> {
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}
