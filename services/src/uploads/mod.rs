//! Files on their way in: begun, continued for as long as it takes, and made what they are to become.
//!
//! The bytes lie with the [`PartStore`](crate::ports::PartStore), and a record says what they are for. Whoever may
//! edit the course may continue what somebody else began there: permission is asked at every step.

mod arrived;
mod begin;
mod clean;
mod error;
mod finish;
pub(crate) mod quota;
mod transfer;

pub(crate) use arrived::arrived;
pub use arrived::{SILENCE, sweep};
pub use begin::{NewUpload, begin, continued};
pub use clean::clean;
pub(crate) use clean::give_up_all;
pub use error::{UploadError, UploadResult};
pub use finish::finish;
pub use transfer::{append, checksum, sign, status};

pub(crate) use finish::closing;

use crate::ports::Way;
use crate::records::uploads::{self as records, Upload};
use crate::records::{Stored, courses};
use crate::{Result, Stoa, access};
use domain::account::Actor;
use domain::id::{CourseId, LessonId, UploadId};
use domain::permission::Permission;
use domain::time::Timestamp;
use domain::upload::UnfinishedUpload;
use std::time::Duration;

/// What is taken, and for how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadSettings {
    /// The most bytes of the courses of one instructor.
    pub quota_bytes: u64,
    /// How long an upload is kept that nobody continues.
    pub kept: Duration,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Which.
    pub id: UploadId,
    /// The size of the file, bytes.
    pub size: u64,
    /// How many are there.
    pub received: u64,
    /// Whether it has become what it was to become.
    pub finished: bool,
    /// When it is given up, if nobody continues it.
    pub expires: Timestamp,
}

impl Progress {
    fn of(stoa: &Stoa, upload: &Upload) -> Self {
        Self {
            id: upload.id,
            size: upload.size,
            received: upload.received,
            finished: upload.finished,
            expires: upload.touched.plus(stoa.uploads.kept),
        }
    }

    /// Whether all bytes are there.
    pub fn is_whole(&self) -> bool {
        self.received == self.size
    }
}

/// The uploads of a lesson that somebody can continue.
pub async fn unfinished(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
) -> Result<Vec<UnfinishedUpload>> {
    access::course(stoa, actor, course, Permission::EditCourse).await?;
    courses::outline(&*stoa.table, course).await?.value.lesson(lesson).ok_or(crate::Error::NotFound)?;
    let mut found = Vec::new();
    for upload in records::unfinished(&*stoa.table, lesson).await? {
        // Asking the store would end a connection that is sending; what it said last is good enough to show.
        let received = match stoa.parts.way() {
            Way::Appended => upload.received,
            Way::Direct => {
                stoa.parts.received(&upload.parts(), &upload.key()).await.unwrap_or(upload.received)
            }
        };
        found.push(UnfinishedUpload {
            id: upload.id,
            purpose: upload.target.purpose(),
            name: upload.file_name,
            size: upload.size,
            modified: upload.modified,
            received,
        });
    }
    Ok(found)
}

/// Gives an upload up: what came of it goes, and takes no room any more. One that is not there is fine; one that has
/// finished stays what it became.
pub async fn abort(stoa: &Stoa, actor: Actor, id: UploadId) -> UploadResult<()> {
    match allowed(stoa, actor, id).await {
        Ok(found) => Ok(clean::give_up(stoa, found.value.id).await?),
        Err(UploadError::Gone) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The upload, where the actor may edit its course.
async fn allowed(stoa: &Stoa, actor: Actor, id: UploadId) -> UploadResult<Stored<Upload>> {
    // That there is one is known to those who may continue it.
    error::signed_in(actor)?;
    let found = records::upload(&*stoa.table, id).await?.ok_or(UploadError::Gone)?;
    access::course(stoa, actor, found.value.course, Permission::EditCourse).await?;
    Ok(found)
}
