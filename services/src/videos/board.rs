//! The pipeline as a whole, for those who operate the program.

use super::ask;
use crate::ports::{Direction, QueueError};
use crate::records::videos::{self as records, Stage, Video};
use crate::records::{Stored, courses};
use crate::worker::{Job, MAIL, QUEUES};
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event as Done;
use domain::id::AssetId;
use domain::permission::Permission;
use domain::time::Seconds;
use domain::video::Event;
use domain::view::{DeadJob, PipelineBoard, PipelineRow};

/// The most rows of each kind.
const MOST: usize = 50;

/// No queue names its messages at greater length.
const MAX_ID_BYTES: usize = 1024;

/// What waits, runs, failed and was given up.
pub async fn board(stoa: &Stoa, actor: Actor) -> Result<PipelineBoard> {
    access::check(actor, Permission::Operate)?;
    let mut dead = Vec::new();
    for queue in QUEUES {
        let letters = stoa.queue.dead_letters(queue, MOST).await?;
        dead.extend(letters.into_iter().map(|letter| DeadJob {
            queue: queue.to_owned(),
            id: letter.id,
            body: shown(queue, letter.body),
            attempts: letter.attempts,
            reason: letter.reason,
            sent: letter.sent,
        }));
    }
    Ok(PipelineBoard {
        active: rows(stoa, Stage::Active, Direction::Ascending).await?,
        failed: rows(stoa, Stage::Failed, Direction::Descending).await?,
        dead,
    })
}

/// A message as operators may see it: mails hold secrets that open accounts.
fn shown(queue: &str, body: String) -> String {
    match serde_json::from_str(&body) {
        Ok(Job::SendMail { post }) => format!("{post:?}"),
        _ if queue == MAIL => "no mail that this program knows".into(),
        _ => body,
    }
}

/// Tries a video once more, where that can help.
pub async fn retry_asset(stoa: &Stoa, actor: Actor, asset: AssetId) -> Result<()> {
    access::check(actor, Permission::Operate)?;
    let logged = audit::entry(stoa, actor, &Done::VideoRetried { video: asset })?;
    ask(stoa, || records::video(&*stoa.table, asset), &Event::Retry, Some(logged)).await
}

/// Stops the conversion of a video.
pub async fn cancel_asset(stoa: &Stoa, actor: Actor, asset: AssetId) -> Result<()> {
    access::check(actor, Permission::Operate)?;
    let logged = audit::entry(stoa, actor, &Done::VideoCancelled { video: asset })?;
    ask(stoa, || records::video(&*stoa.table, asset), &Event::Cancel, Some(logged)).await
}

/// Does a job that was given up once more.
pub async fn redrive(stoa: &Stoa, actor: Actor, queue: &str, id: &str) -> Result<()> {
    access::check(actor, Permission::Operate)?;
    if !QUEUES.contains(&queue) || id.len() > MAX_ID_BYTES {
        return Err(Error::NotFound);
    }
    // Before it is done: what nobody can look up afterwards must not happen.
    let redriven = Done::JobRedriven { queue: queue.to_owned(), job: id.to_owned() };
    stoa.table.write(audit::entry(stoa, actor, &redriven)?).await?;
    match stoa.queue.redrive(queue, id).await {
        // Somebody else was quicker.
        Err(QueueError::Gone) => Err(Error::NotFound),
        done => Ok(done?),
    }
}

async fn rows(stoa: &Stoa, stage: Stage, direction: Direction) -> Result<Vec<PipelineRow>> {
    let found = records::at_stage(&*stoa.table, stage, direction, MOST).await?;
    let mut rows = Vec::with_capacity(found.len());
    for Stored { value: video, .. } in found {
        rows.push(row(stoa, video).await?);
    }
    Ok(rows)
}

async fn row(stoa: &Stoa, video: Video) -> Result<PipelineRow> {
    let table = &*stoa.table;
    let course = courses::course(table, video.course).await?;
    let outline = match &course {
        Some(_) => Some(courses::outline(table, video.course).await?.value),
        None => None,
    };
    let lesson = outline.as_ref().and_then(|outline| outline.lesson(video.lesson));
    let now = stoa.clock.now();
    Ok(PipelineRow {
        asset: video.asset,
        course: video.course,
        course_title: course.map(|course| course.value.title),
        lesson: video.lesson,
        lesson_title: lesson.map(|lesson| lesson.title.clone()),
        quiet_for: Seconds(now.since(video.upload.changed).as_secs().try_into().unwrap_or(u32::MAX)),
        attempt: video.upload.processing.attempt,
        status: video.status(),
        left: video.upload.left(now),
        log: video.upload.log.lines().to_vec(),
        uploaded: video.upload.uploaded,
        file_name: video.upload.file_name,
        size: video.upload.size,
    })
}
