//! Files that an instructor adds to a lesson.

use super::{change, change_and_close};
use crate::ports::ServedAs;
use crate::records::files;
use crate::worker::Job;
use crate::{Error, Result, Stoa, outbox};
use domain::account::Actor;
use domain::course::Move;
use domain::download::{Attachment, FileName, FileType, attachment};
use domain::id::{AttachmentId, CourseId, LessonId, UploadId};

/// The field's name in messages.
const FIELD: &str = "The file";

/// Adds a file whose bytes are stored at the end of those of a lesson, and with it the end of the upload `from` that it
/// came by. Where that has ended before, nothing is written again.
pub(crate) async fn record(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    added: Attachment,
    from: UploadId,
) -> Result<()> {
    let file_type = FileType::of(&added.name).map_err(|error| Error::invalid(FIELD, error))?;
    stoa.blobs.serve_as(&files::attachment(&added), &served_as(&added.name, file_type)).await?;
    change_and_close(stoa, actor, course, lesson, Some(from), |files, _| {
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
