//! From an instructor's browser to a stored file and a job that is sure to be done.

use super::{commit, job};
use crate::ports::{BlobError, BlobKey, ByteStream, Condition};
use crate::records::videos::{self as records, Upload, Video};
use crate::records::{Stored, courses};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, authoring};
use bytes::Bytes;
use domain::account::Actor;
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use domain::permission::Permission;
use domain::video::Processing;
use futures::StreamExt as _;

/// The field's name in messages.
const FIELD: &str = "The video";

/// The most characters of a file's name that are kept.
const MAX_NAME_CHARS: usize = 200;

/// Takes a lesson's video: a new version, which replaces the one that learners watch once it is ready.
///
/// The bytes go straight to the blob store; permission and declared size are checked before the first is
/// read. When this returns, file, record and job are durable. When it fails, none of them is there.
pub async fn upload(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    file_name: &str,
    declared_size: Option<u64>,
    bytes: ByteStream,
) -> Result<()> {
    access::course(stoa, actor, course, Permission::EditCourse).await?;
    let outline = courses::outline(&*stoa.table, course).await?.value;
    let place = outline.lesson(lesson).ok_or(Error::NotFound)?;
    let most = stoa.max_upload_bytes;
    match declared_size {
        Some(0) => return Err(empty()),
        Some(size) if size > most => return Err(too_large(most)),
        _ => {}
    }
    let now = stoa.clock.now();
    let asset = place.video.unwrap_or_else(|| AssetId::new(now, stoa.random.bits()));
    let version = VersionId::new(now, stoa.random.bits());
    let source = records::source(asset, version);
    let size = store(stoa, &source, bytes, most).await?;
    let processing = Processing::default();
    let upload =
        Upload { version, file_name: file_name.chars().take(MAX_NAME_CHARS).collect(), size, processing };
    let recorded = record(stoa, actor, course, lesson, asset, upload).await;
    match &recorded {
        Ok(()) => tracing::info!(%asset, %version, size, "a video was uploaded"),
        // It may have been recorded nevertheless; the file must then be there.
        Err(Error::Unavailable(_)) => {}
        Err(_) => discard(stoa, &source).await,
    }
    recorded
}

/// Stores the file, and returns its size. Afterwards there is a blob only where that is `Ok`.
async fn store(stoa: &Stoa, source: &BlobKey, bytes: ByteStream, most: u64) -> Result<u64> {
    match stoa.blobs.put(source, at_most(bytes, most)).await {
        Ok(0) => {
            discard(stoa, source).await;
            Err(empty())
        }
        Ok(size) => Ok(size),
        Err(BlobError::Interrupted(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            Err(too_large(most))
        }
        Err(BlobError::Interrupted(_)) => {
            Err(Error::Refused("The upload broke off. Start it again.".to_owned()))
        }
        Err(BlobError::Full) => Err(Error::Refused(
            "There is no room for this video on the server. Tell its operator.".to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}

/// One transaction: the record, the lesson's pointer to it, and the jobs.
async fn record(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    asset: AssetId,
    upload: Upload,
) -> Result<()> {
    until_written(|| async {
        // Once more: an upload takes its time.
        let allowed = access::course(stoa, actor, course, Permission::EditCourse).await?;
        let Stored { value: mut outline, version } = courses::outline(&*stoa.table, course).await?;
        let place = outline.lesson_mut(lesson)?;
        if place.video.is_some_and(|other| other != asset) {
            let message =
                "Another video was uploaded to this lesson at the same time. Reload the page to see it.";
            return Err(Error::Refused(message.to_owned()));
        }
        let found = records::video(&*stoa.table, asset).await?;
        if place.video.is_some() && found.is_none() {
            return Err(Error::Internal(
                format!("the lesson {lesson} points to a video without a record").into(),
            ));
        }
        let mut writes = Vec::new();
        if place.video.replace(asset).is_none() {
            writes = authoring::write_outline(&allowed.course, version, &outline)?;
        }
        let (current, condition) = match found {
            Some(Stored { value: before, version }) => {
                let superseded = before.upload.version;
                if before.current.as_ref().is_none_or(|current| current.version != superseded) {
                    // Nobody will ever watch it: its job clears it away.
                    writes.push(job(stoa, asset, superseded)?);
                }
                (before.current, Condition::Version(version))
            }
            None => (None, Condition::Absent),
        };
        writes.push(job(stoa, asset, upload.version)?);
        writes.push(records::put(
            &Video { asset, course, lesson, current, upload: upload.clone() },
            condition,
        )?);
        commit(stoa, writes).await
    })
    .await
}

/// The stream, ended by an error where it is longer than allowed: a browser need not declare a size.
fn at_most(bytes: ByteStream, most: u64) -> ByteStream {
    let mut left = most;
    bytes
        .map(move |chunk: std::io::Result<Bytes>| {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len() as u64).ok_or(std::io::ErrorKind::FileTooLarge)?;
            Ok(chunk)
        })
        .boxed()
}

async fn discard(stoa: &Stoa, source: &BlobKey) {
    if let Err(error) = stoa.blobs.delete(source).await {
        tracing::warn!(%source, %error, "a file that is not needed could not be removed");
    }
}

fn empty() -> Error {
    Error::invalid(FIELD, "is an empty file: choose another one")
}

fn too_large(most: u64) -> Error {
    let gigabytes = most as f64 / 1e9;
    Error::invalid(FIELD, format_args!("is larger than {gigabytes:.1} GB: export it with a lower bit rate"))
}
