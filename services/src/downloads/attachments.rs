//! Files that an instructor adds to a lesson.

use super::{change, change_and_close};
use crate::intake::{Intake, discard};
use crate::ports::{ByteStream, ServedAs};
use crate::records::{courses, files};
use crate::worker::Job;
use crate::{Error, Result, Stoa, access, outbox};
use domain::account::Actor;
use domain::course::Move;
use domain::download::{Attachment, FileName, FileType, HEAD_BYTES, attachment};
use domain::id::{AttachmentId, CourseId, LessonId, UploadId};
use domain::permission::Permission;

/// The field's name in messages.
const FIELD: &str = "The file";

/// Adds a file at the end of those of a lesson.
///
/// Permission, number, name, type and declared size are checked before the file is read; its beginning is
/// held against its name before the rest is. When this returns, file and record are durable. When it fails,
/// neither is there.
pub async fn add(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    file_name: &str,
    declared_size: Option<u64>,
    bytes: ByteStream,
) -> Result<AttachmentId> {
    access::course(stoa, actor, course, Permission::EditCourse).await?;
    let outline = courses::outline(&*stoa.table, course).await?.value;
    outline.lesson(lesson).ok_or(Error::NotFound)?;
    let most = stoa.downloads.max_per_lesson;
    files::of(&*stoa.table, lesson).await?.value.check_room(most)?;
    let refused = |error: &dyn std::fmt::Display| Error::invalid(FIELD, error);
    let name = FileName::clean(file_name).map_err(|_| Error::invalid(FIELD, "has no name"))?;
    let file_type = FileType::of(&name).map_err(|error| refused(&error))?;
    let intake = Intake {
        field: FIELD,
        most: stoa.downloads.max_bytes,
        if_too_large: "make it smaller, or split it into several files",
    };
    intake.check_declared(declared_size)?;
    let (head, bytes) = intake.peek(bytes, HEAD_BYTES).await?;
    file_type.check(&name, &head).map_err(|error| refused(&error))?;

    let id = AttachmentId::new(stoa.clock.now(), stoa.random.bits());
    let mut added = Attachment { id, stored_as: name.safe(), name, size: 0 };
    let key = files::attachment(&added);
    added.size = intake.store(stoa, &key, bytes).await?;
    let recorded = record(stoa, actor, course, lesson, added.clone(), None);
    match recorded.await {
        Ok(()) => {
            tracing::info!(%lesson, attachment = %id, size = added.size, "a file was added to a lesson");
            Ok(id)
        }
        // It may have been recorded nevertheless; the file must then be there.
        Err(error @ Error::Unavailable(_)) => Err(error),
        Err(error) => {
            discard(stoa, &files::attachment_prefix(id)).await;
            Err(error)
        }
    }
}

/// Adds a file whose bytes are stored to those of a lesson, and with it the end of the upload `from` that it came by.
/// Where that has ended before, nothing is written again.
pub(crate) async fn record(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    added: Attachment,
    from: Option<UploadId>,
) -> Result<()> {
    let file_type = FileType::of(&added.name).map_err(|error| Error::invalid(FIELD, error))?;
    stoa.blobs.serve_as(&files::attachment(&added), &served_as(&added.name, file_type)).await?;
    change_and_close(stoa, actor, course, lesson, from, |files, _| {
        files.add(added.clone(), stoa.downloads.max_per_lesson)?;
        Ok(Vec::new())
    })
    .await
}

/// Gives a file another name; its extension stays.
pub async fn rename(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    id: AttachmentId,
    name: &str,
) -> Result<()> {
    change(stoa, actor, course, lesson, |files, _| {
        files.rename(id, name)?;
        Ok(Vec::new())
    })
    .await?;
    // As it is recorded now, whoever changed it last.
    let files = files::of(&*stoa.table, lesson).await?.value;
    let Some(renamed) = files.attachment(id) else { return Ok(()) };
    let file_type = FileType::of(&renamed.name).map_err(|error| Error::invalid(FIELD, error))?;
    Ok(stoa.blobs.serve_as(&files::attachment(renamed), &served_as(&renamed.name, file_type)).await?)
}

/// Moves a file by one place.
pub async fn shift(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    id: AttachmentId,
    direction: Move,
) -> Result<()> {
    change(stoa, actor, course, lesson, |files, _| {
        files.shift(id, direction)?;
        Ok(Vec::new())
    })
    .await
}

/// Takes a file away.
pub async fn remove(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    id: AttachmentId,
) -> Result<()> {
    change(stoa, actor, course, lesson, |files, _| {
        files.remove(id)?;
        Ok(vec![outbox::job(stoa, &Job::RemoveAttachments { attachments: vec![id] })?])
    })
    .await
}

/// Browsers save it under its name and show it nowhere.
pub(super) fn served_as(name: &FileName, file_type: FileType) -> ServedAs {
    ServedAs { content_type: file_type.media_type().to_owned(), disposition: attachment(name) }
}
