//! The jobs that take away files which no lesson offers any more.

use crate::ports::Write;
use crate::records::files;
use crate::worker::{Job, Outcome};
use crate::{Result, Stoa, outbox};
use domain::id::{AttachmentId, LessonId};

/// The outbox entry of the job that takes away the files of lessons that are gone; none for no lessons.
pub(crate) fn of_lessons(stoa: &Stoa, lessons: Vec<LessonId>) -> Result<Option<Write>> {
    if lessons.is_empty() {
        Ok(None)
    } else {
        outbox::job(stoa, &Job::RemoveLessonFiles { lessons }).map(Some)
    }
}

/// Takes away what is stored of attachments.
pub(crate) async fn remove_all(stoa: &Stoa, attachments: &[AttachmentId]) -> Outcome {
    for id in attachments {
        if let Err(error) = stoa.blobs.delete(&files::attachment_prefix(*id)).await {
            return Outcome::Retry { reason: error.to_string(), after: None };
        }
    }
    Outcome::Done
}

/// Takes away all files of lessons: the record last, because it names the others.
pub(crate) async fn remove_all_of(stoa: &Stoa, lessons: &[LessonId]) -> Outcome {
    for lesson in lessons {
        let removed = async {
            for attachment in files::of(&*stoa.table, *lesson).await?.value.attachments {
                stoa.blobs.delete(&files::attachment_prefix(attachment.id)).await?;
            }
            Ok::<_, crate::Error>(stoa.table.write(files::delete(*lesson)).await?)
        };
        if let Err(error) = removed.await {
            return Outcome::Retry { reason: error.to_string(), after: None };
        }
    }
    Outcome::Done
}
