//! The copy of a lesson's video that learners may keep: made, renamed or taken away until what is stored is
//! what is allowed.

use super::attachments::served_as;
use super::change;
use crate::ports::{Condition, CopyJob, TranscodeError, Write};
use crate::records::videos::{self as records, OfflineCopy, Video};
use crate::records::{Stored, courses, files};
use crate::worker::{Job, Outcome, WHEN_FULL};
use crate::{Error, Result, Stoa, outbox};
use domain::account::Actor;
use domain::download::{FileName, FileType};
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use tokio_util::sync::CancellationToken;

/// Lets learners keep a lesson's video, or no longer. Links are given out accordingly from now on; the copy
/// itself is made, or taken away, by a job.
pub async fn allow_video(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    allowed: bool,
) -> Result<()> {
    change(stoa, actor, course, lesson, |files, lesson| {
        files.video = allowed;
        lesson.video.map(|asset| job(stoa, asset)).into_iter().collect()
    })
    .await
}

/// The outbox entry of the job that brings the copy of a video in line with what is allowed.
pub(crate) fn job(stoa: &Stoa, asset: AssetId) -> Result<Write> {
    outbox::job(stoa, &Job::CopyVideo { asset })
}

/// Brings the copy of a video in line with what is allowed, one step at a time, and looks again after each:
/// so it does not matter where another run of it stopped, or what changed meanwhile.
pub(crate) async fn copy_video(stoa: &Stoa, asset: AssetId, cancelled: CancellationToken) -> Outcome {
    loop {
        match step(stoa, asset, &cancelled).await {
            Ok(Done::Step) => {}
            Ok(Done::All) => return Outcome::Done,
            Err(Stop::Again { reason, full }) => {
                return Outcome::Retry { reason, after: full.then_some(WHEN_FULL) };
            }
            Err(Stop::Never(reason)) => return Outcome::Fail { reason },
        }
    }
}

enum Done {
    Step,
    All,
}

/// Why there is no next step now.
enum Stop {
    Again { reason: String, full: bool },
    Never(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Again { reason: error.to_string(), full: false }
    }
}

impl From<TranscodeError> for Stop {
    fn from(error: TranscodeError) -> Self {
        use TranscodeError::*;
        match error {
            Cancelled | Interrupted(_) => Stop::Again { reason: error.to_string(), full: false },
            Full => Stop::Again { reason: error.to_string(), full: true },
            SourceGone | NotAVideo | NoVideoTrack | Unsupported(_) | Damaged(_) | Internal(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a copy of a video cannot be made");
                Stop::Never(error.to_string())
            }
        }
    }
}

/// The copy that there should be.
struct Wanted {
    version: VersionId,
    rendition: String,
    name: FileName,
}

async fn step(stoa: &Stoa, asset: AssetId, cancelled: &CancellationToken) -> std::result::Result<Done, Stop> {
    let Some(Stored { value: video, version }) = records::video(&*stoa.table, asset).await? else {
        // Removed, perhaps while a copy was made.
        stoa.blobs.delete(&files::copies(asset)).await.map_err(Error::from)?;
        return Ok(Done::All);
    };
    let record = async |copy: Option<OfflineCopy>| {
        let write = records::put(&Video { copy, ..video.clone() }, Condition::Version(version))?;
        match stoa.table.write(write).await.map_err(Error::from) {
            // Something changed: the next look will tell what.
            Ok(()) | Err(Error::Conflict) => Ok(Done::Step),
            Err(error) => Err(error),
        }
    };
    match (&video.copy, wanted(stoa, &video).await?) {
        (copy, None) => {
            stoa.blobs.delete(&files::copies(asset)).await.map_err(Error::from)?;
            if copy.is_none() { Ok(Done::All) } else { Ok(record(None).await?) }
        }
        (Some(copy), Some(wanted)) if copy.version != wanted.version => {
            // No link leads there any more: it is not of what is watched.
            let old = files::copy(asset, copy.version);
            stoa.blobs.delete(&old).await.map_err(Error::from)?;
            Ok(record(None).await?)
        }
        (Some(copy), Some(wanted)) => {
            let key = files::copy(asset, copy.version);
            if stoa.blobs.size(&key).await.map_err(Error::from)?.is_none() {
                return Ok(record(None).await?);
            }
            if copy.name == wanted.name {
                return Ok(Done::All);
            }
            stoa.blobs.serve_as(&key, &served_as(&wanted.name, FileType::MP4)).await.map_err(Error::from)?;
            Ok(record(Some(OfflineCopy { name: wanted.name, ..copy.clone() })).await?)
        }
        (None, Some(Wanted { version, rendition, name })) => {
            let target = files::copy(asset, version);
            let job = CopyJob { renditions: records::media(asset, version), rendition, target };
            let size = stoa.transcoder.copy(&job, cancelled.child_token()).await?;
            stoa.blobs.serve_as(&job.target, &served_as(&name, FileType::MP4)).await.map_err(Error::from)?;
            tracing::info!(%asset, %version, size, "a copy of a video was made");
            Ok(record(Some(OfflineCopy { version, name, size })).await?)
        }
    }
}

/// The copy that there should be of a video now; none where it is not allowed, or there is nothing to watch.
async fn wanted(stoa: &Stoa, video: &Video) -> Result<Option<Wanted>> {
    if !files::of(&*stoa.table, video.lesson).await?.value.video {
        return Ok(None);
    }
    let Some(current) = &video.current else { return Ok(None) };
    let outline = courses::outline(&*stoa.table, video.course).await?.value;
    let lesson = outline.lesson(video.lesson).filter(|lesson| lesson.video == Some(video.asset));
    let Some((lesson, rendition)) = lesson.zip(current.package.rendition_to_keep()) else { return Ok(None) };
    let title = format!("{}.mp4", lesson.title);
    let name = FileName::clean(&title).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Some(Wanted { version: current.version, rendition, name }))
}
