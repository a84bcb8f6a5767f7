//! Files that come with lessons: one record a lesson, and where their bytes lie.

use super::{item, keys, load};
use crate::Result;
use crate::ports::{BlobKey, Condition, Table, Write};
use domain::download::{Attachment, LessonFiles};
use domain::id::{AssetId, AttachmentId, LessonId, VersionId};

/// The files of a lesson, and the condition that they are still these.
pub(crate) struct Found {
    pub(crate) value: LessonFiles,
    pub(crate) unchanged: Condition,
}

/// The files of a lesson; a lesson without a record has none.
pub(crate) async fn of(table: &dyn Table, lesson: LessonId) -> Result<Found> {
    Ok(match load(table, &keys::lesson_files(lesson)).await? {
        Some(stored) => Found { value: stored.value, unchanged: Condition::Version(stored.version) },
        None => Found { value: LessonFiles::default(), unchanged: Condition::Absent },
    })
}

pub(crate) fn put(lesson: LessonId, files: &LessonFiles, condition: Condition) -> Result<Write> {
    Ok(Write::Put(item(keys::lesson_files(lesson), files)?, condition))
}

/// Fails a transaction where the files of a lesson are not those that were found.
pub(crate) fn check(lesson: LessonId, found: &Found) -> Write {
    Write::Check(keys::lesson_files(lesson), found.unchanged)
}

pub(crate) fn delete(lesson: LessonId, condition: Condition) -> Write {
    Write::Delete(keys::lesson_files(lesson), condition)
}

/// The blob of an attachment.
pub(crate) fn attachment(attachment: &Attachment) -> BlobKey {
    key(format!("files/{}/{}", attachment.id, attachment.stored_as))
}

/// Prefix of all that is stored of an attachment.
pub(crate) fn attachment_prefix(id: AttachmentId) -> BlobKey {
    key(format!("files/{id}"))
}

/// The blob of the copy of a version. It does not lie with what players fetch: whoever may watch may not yet keep.
pub(crate) fn copy(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("files/{asset}/{version}/lesson.mp4"))
}

/// Prefix of all copies of a video.
pub(crate) fn copies(asset: AssetId) -> BlobKey {
    key(format!("files/{asset}"))
}

fn key(text: String) -> BlobKey {
    BlobKey::new(text).expect("identifiers and safe names are parts of keys")
}
