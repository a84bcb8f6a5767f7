//! Telling those whom it concerns that a video came to its end: its instructor, and the operators where the fault is
//! not the file's. They also hear when videos wait because the disk is full.

use crate::mail::{self, LessonPlace, Mail};
use crate::ports::NotifyError;
use crate::records::videos::{self as records, Video};
use crate::records::{Stored, accounts, courses};
use crate::worker::Outcome;
use crate::{Error, Result, Stoa};
use domain::id::{AssetId, VersionId};
use domain::video::{FailureReason, State};

/// Tells that a version is ready, failed, or waits for room. Where it does none of that (any more), nobody is told.
pub(crate) async fn announce(stoa: &Stoa, asset: AssetId, version: VersionId) -> Outcome {
    match try_announce(stoa, asset, version).await {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Retry { reason: error.to_string(), after: None },
    }
}

async fn try_announce(stoa: &Stoa, asset: AssetId, version: VersionId) -> Result<()> {
    let table = &*stoa.table;
    let Some(Stored { value: video, .. }) = records::video(table, asset).await? else { return Ok(()) };
    if video.upload.version != version {
        return Ok(());
    }
    let Some(course) = courses::course(table, video.course).await?.map(|course| course.value) else {
        return Ok(());
    };
    let outline = courses::outline(table, video.course).await?.value;
    let Some(lesson) = outline.lesson(video.lesson) else { return Ok(()) };
    let place = LessonPlace {
        course: course.id,
        course_title: course.title,
        lesson: lesson.id,
        lesson_title: lesson.title.clone(),
    };
    if let Some((subject, what)) = trouble(&video) {
        let log: Vec<_> = video
            .upload
            .log
            .lines()
            .iter()
            .map(|line| format!("{}  {}\n", line.at.clock(), line.text))
            .collect();
        let text = format!("{what}, for {place}, version {version} of {asset}.\n\n{}", log.concat());
        passing(stoa.operators.tell(subject, &text).await)?;
    }
    // Last: what is tried again is tried from the start.
    if let Some(mail) = news(&video, place)
        && let Some(owner) = accounts::account(table, course.owner).await?
    {
        stoa.table.write(mail::post(stoa, &owner, &mail)?).await?;
        stoa.wake.notify_one();
    }
    Ok(())
}

/// What the instructor is told; nothing about what they did themselves.
fn news(video: &Video, lesson: LessonPlace) -> Option<Mail> {
    let file = video.upload.file_name.clone();
    match &video.upload.processing.state {
        State::Ready { package } => {
            Some(Mail::VideoReady { lesson, file, warnings: package.warnings.clone() })
        }
        State::Failed { reason: FailureReason::Cancelled, .. } => None,
        State::Failed { reason, .. } => Some(Mail::VideoFailed { lesson, file, reason: *reason }),
        _ => None,
    }
}

/// What operators should know: subject, and what happened. Nothing where the fault is the file's.
fn trouble(video: &Video) -> Option<(&'static str, &'static str)> {
    let reason = match &video.upload.processing.state {
        State::Failed { reason, .. } => *reason,
        State::Ready { .. } => return None,
        _ if video.upload.no_room => {
            return Some(("The disk is full: videos wait to be converted", "There is no room on the disk"));
        }
        _ => return None,
    };
    let what = match reason {
        FailureReason::Full => "The disk was full for too long",
        FailureReason::Interrupted => "It was interrupted too often",
        FailureReason::Internal => "Something of ours went wrong",
        _ => return None,
    };
    Some(("A video could not be converted", what))
}

/// Only what may pass is worth another attempt.
fn passing(told: std::result::Result<(), NotifyError>) -> Result<()> {
    match told {
        Ok(()) => Ok(()),
        Err(error @ NotifyError::Unavailable(_)) => Err(Error::Unavailable(error.into())),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "somebody could not be told of a video"
            );
            Ok(())
        }
    }
}
