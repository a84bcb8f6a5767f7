//! The jobs that take away files which no lesson offers any more.

use crate::ports::{Condition, Write};
use crate::records::files;
use crate::uploads::quota;
use crate::worker::{Job, Outcome};
use crate::{Result, Stoa, outbox};
use domain::id::{AccountId, AttachmentId, LessonId};

/// The outbox entry of the job that takes away the files of lessons that are gone; none for no lessons.
pub(crate) fn of_lessons(stoa: &Stoa, owner: AccountId, lessons: Vec<LessonId>) -> Result<Option<Write>> {
    if lessons.is_empty() {
        Ok(None)
    } else {
        outbox::job(stoa, &Job::RemoveLessonFiles { lessons, owner: Some(owner) }).map(Some)
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

/// Takes away all files of lessons: the record last, because it names the others, and with it what was counted of them.
pub(crate) async fn remove_all_of(stoa: &Stoa, owner: Option<AccountId>, lessons: &[LessonId]) -> Outcome {
    for lesson in lessons {
        let removed = async {
            let found = files::of(&*stoa.table, *lesson).await?;
            for attachment in &found.value.attachments {
                stoa.blobs.delete(&files::attachment_prefix(attachment.id)).await?;
            }
            if found.unchanged == Condition::Absent {
                return Ok(());
            }
            let mut writes = vec![files::delete(*lesson, found.unchanged)];
            writes.extend(owner.and_then(|owner| quota::count(owner, -quota::signed(found.value.bytes()))));
            Ok::<_, crate::Error>(stoa.table.transact(writes).await?)
        };
        if let Err(error) = removed.await {
            return Outcome::Retry { reason: error.to_string(), after: None };
        }
    }
    Outcome::Done
}
