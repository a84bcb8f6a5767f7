//! From an instructor's browser to a stored file and a job that is sure to be done.

use super::{commit, job};
use crate::intake::{Intake, discard};
use crate::ports::{ByteStream, Condition};
use crate::records::videos::{self as records, Upload, Video};
use crate::records::{Stored, courses};
use crate::retry::until_written;
use crate::uploads::{self, quota};
use crate::{Error, Result, Stoa, access, authoring};
use domain::account::Actor;
use domain::id::{AssetId, CourseId, LessonId, UploadId, VersionId};
use domain::permission::Permission;

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
    let intake = Intake {
        field: "The video",
        most: stoa.max_upload_bytes,
        if_too_large: "export it with a lower bit rate",
    };
    intake.check_declared(declared_size)?;
    let now = stoa.clock.now();
    let asset = place.video.unwrap_or_else(|| AssetId::new(now, stoa.random.bits()));
    let version = VersionId::new(now, stoa.random.bits());
    let source = records::source(asset, version);
    let size = intake.store(stoa, &source, bytes).await?;
    let upload = Upload::new(version, file_name, size, stoa.clock.now());
    let recorded = record(stoa, actor, course, lesson, asset, upload, None).await;
    match &recorded {
        Ok(()) => tracing::info!(%asset, %version, size, "a video was uploaded"),
        // It may have been recorded nevertheless; the file must then be there.
        Err(Error::Unavailable(_)) => {}
        Err(_) => discard(stoa, &source).await,
    }
    recorded
}

/// One transaction: the record, the lesson's pointer to it, the jobs, what is counted of it, and the end of the upload
/// `from` that it came by. Where that has ended before, nothing is written again.
pub(crate) async fn record(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    asset: AssetId,
    upload: Upload,
    from: Option<UploadId>,
) -> Result<()> {
    until_written(|| async {
        let mut writes = Vec::new();
        let mut grown = quota::signed(upload.size);
        match from {
            None => {}
            Some(from) => match uploads::closing(stoa, from).await? {
                None => return Ok(()),
                Some((write, counted)) => {
                    writes.push(write);
                    grown -= quota::signed(counted);
                }
            },
        }
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
        if place.video.replace(asset).is_none() {
            writes.extend(authoring::write_outline(&allowed.course, version, &outline)?);
        }
        let (video, condition) = match found {
            Some(Stored { value: mut video, version }) => {
                let superseded = video.upload.version;
                grown -= quota::signed(video.upload.size);
                if video.current.as_ref().is_none_or(|current| current.version != superseded) {
                    // Nobody will ever watch it: its job clears it away.
                    writes.push(job(stoa, asset, superseded)?);
                }
                video.replace(upload.clone());
                (video, Condition::Version(version))
            }
            None => (Video::new(asset, course, lesson, upload.clone()), Condition::Absent),
        };
        writes.extend(quota::count(allowed.course.value.owner, grown));
        writes.push(job(stoa, asset, upload.version)?);
        writes.push(records::put(&video, condition)?);
        commit(stoa, writes).await
    })
    .await
}
