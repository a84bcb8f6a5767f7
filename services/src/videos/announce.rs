//! Telling those whom it concerns that a video came to its end: its instructor, and the operators where the fault is
//! not the file's. They also hear when videos wait because the disk is full.

use crate::ports::{Letter, NotifyError};
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
    let place = format!("the lesson “{}” of the course “{}”", lesson.title, course.title);
    if let Some((subject, text)) = news(&video, &place)
        && let Some(owner) = accounts::account(table, course.owner).await?
    {
        let letter = Letter { to: owner.email.to_string(), subject, text };
        passing(stoa.mailer.mail(&letter).await)?;
    }
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
    Ok(())
}

/// Subject and text of the mail; none about what the instructor did themselves.
fn news(video: &Video, place: &str) -> Option<(String, String)> {
    let file = &video.upload.file_name;
    match &video.upload.processing.state {
        State::Ready { package } => {
            let warnings: String = package.warnings.iter().map(|warning| format!("\n\n{warning}")).collect();
            let text = format!("{file} can be watched now, in {place}.{warnings}\n");
            Some((format!("Your video is ready: {file}"), text))
        }
        State::Failed { reason: FailureReason::Cancelled, .. } => None,
        State::Failed { reason, .. } => {
            let text = format!("{file} could not be made watchable, for {place}.\n\n{reason}\n");
            Some((format!("Your video could not be converted: {file}"), text))
        }
        _ => None,
    }
}

/// What operators should know: subject, and what happened. Nothing where the fault is the file's.
fn trouble(video: &Video) -> Option<(&'static str, String)> {
    use FailureReason::{Full, Internal, Interrupted};
    match &video.upload.processing.state {
        State::Failed { reason: reason @ (Full | Internal | Interrupted), .. } => {
            Some(("A video could not be converted", format!("{reason:?}")))
        }
        State::Failed { .. } | State::Ready { .. } => None,
        _ if video.upload.no_room => {
            Some(("The disk is full: videos wait to be converted", "No room".to_owned()))
        }
        _ => None,
    }
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
