//! What is left of uploads that nobody continues.

use crate::ports::{Condition, PartsError};
use crate::records::uploads::{self as records, Upload};
use crate::records::{Stored, files};
use crate::retry::until_written;
use crate::uploads::quota;
use crate::{Error, Result, Stoa};
use domain::id::{LessonId, UploadId};
use std::collections::HashSet;
use std::time::Duration;

/// How many are cleaned at a time.
const MOST: usize = 1_000;

/// Gives up what nobody continued for as long as uploads are kept, and takes away parts of which no record has known for
/// as long as `grace`. Returns how many.
pub async fn clean(stoa: &Stoa, grace: Duration) -> Result<u32> {
    let mut removed = 0;
    let now = stoa.clock.now();
    let untouched = records::untouched(&*stoa.table, Some(now.minus(stoa.uploads.kept)), MOST).await?;
    for found in untouched {
        tracing::info!(upload = %found.value.id, "nobody continued an upload: it is given up");
        give_up(stoa, found.value.id).await?;
        removed += 1;
    }
    // A store may not know when a part came last: what has a record is judged by that alone.
    let known = records::untouched(&*stoa.table, None, usize::MAX).await?;
    let known: HashSet<String> = known.into_iter().map(|found| found.value.parts).collect();
    for parts in stoa.parts.unfinished(MOST).await.map_err(failure)? {
        if parts.touched <= now.minus(grace) && !known.contains(&parts.id.0) {
            tracing::info!(key = %parts.key, "parts that no upload knows of are taken away");
            stoa.parts.abort(&parts.id, &parts.key).await.map_err(failure)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Takes away all uploads of a lesson that have not finished.
pub(crate) async fn give_up_all(stoa: &Stoa, lesson: LessonId) -> Result<()> {
    for upload in records::unfinished(&*stoa.table, lesson).await? {
        give_up(stoa, upload.id).await?;
    }
    Ok(())
}

/// Takes away an upload that has not finished: the record first, so that nobody continues it.
pub(super) async fn give_up(stoa: &Stoa, id: UploadId) -> Result<()> {
    let given_up = until_written(|| async {
        let Some(Stored { value: upload, version }) = records::upload(&*stoa.table, id).await? else {
            return Ok(None);
        };
        if upload.finished {
            return Ok(None);
        }
        let mut writes = vec![records::delete(id, Condition::Version(version))];
        writes.extend(quota::count(upload.owner, -quota::signed(upload.size)));
        stoa.table.transact(writes).await?;
        Ok(Some(upload))
    })
    .await?;
    let Some(upload) = given_up else { return Ok(()) };
    stoa.parts.abort(&upload.parts(), &upload.key()).await.map_err(failure)?;
    // Whole already, perhaps, and not recorded.
    Ok(stoa.blobs.delete(&prefix(&upload)).await?)
}

/// Under which lies what came of it, and nothing else.
fn prefix(upload: &Upload) -> crate::ports::BlobKey {
    match upload.target {
        records::Target::Video { asset, version } => crate::records::videos::upload(asset, version),
        records::Target::Attachment { attachment, .. } => files::attachment_prefix(attachment),
    }
}

fn failure(error: PartsError) -> Error {
    match error {
        PartsError::Unavailable(source) => Error::Unavailable(source),
        error => Error::Internal(error.into()),
    }
}
