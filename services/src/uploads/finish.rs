//! Finishing: what came becomes what it was sent for, once.

use super::error::{UploadError, UploadResult};
use super::transfer::check_head;
use super::{Progress, allowed, clean};
use crate::ports::{BlobError, Condition, Write};
use crate::records::Stored;
use crate::records::uploads::{self as records, Target, Upload};
use crate::records::videos::Upload as Version;
use crate::{Error, Result, Stoa, downloads, videos};
use domain::account::Actor;
use domain::download::HEAD_BYTES;
use domain::id::UploadId;
use domain::upload::FailureKind;
use futures::TryStreamExt as _;
use std::time::Duration;

/// For how long it is known that an upload has finished: whoever did not hear it asks again.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// Makes an upload whose bytes are all there what it was sent for. Doing it twice is fine, also at the same time.
pub async fn finish(stoa: &Stoa, actor: Actor, id: UploadId) -> UploadResult<Progress> {
    let found = allowed(stoa, actor, id).await?;
    if found.value.finished {
        return Ok(Progress::of(stoa, &found.value));
    }
    let upload = &found.value;
    let key = upload.key();
    stoa.parts.finish(&upload.parts(), &key, upload.size).await?;
    if let Err(error) = check_head(&upload.target, &head(stoa, upload).await?) {
        clean::give_up(stoa, found.value.id).await?;
        return Err(error);
    }
    let finished = match &upload.target {
        Target::Video { asset, version } => {
            let version = Version::new(*version, &upload.file_name, upload.size, stoa.clock.now());
            videos::record(stoa, actor, upload.course, upload.lesson, *asset, version, Some(id)).await
        }
        Target::Attachment { attachment, name } => {
            let added = upload.attachment(*attachment, name);
            downloads::record(stoa, actor, upload.course, upload.lesson, added, id).await
        }
    };
    match finished {
        Ok(()) => {
            tracing::info!(upload = %id, size = upload.size, "an upload has finished");
            Ok(Progress { received: upload.size, finished: true, ..Progress::of(stoa, upload) })
        }
        Err(error @ (Error::Unavailable(_) | Error::Internal(_) | Error::Conflict)) => Err(error.into()),
        // It can never become that: the lesson is gone, or full.
        Err(error) => {
            clean::give_up(stoa, found.value.id).await?;
            Err(match error {
                Error::Refused(message) => UploadError::refused(FailureKind::Other, message),
                error => error.into(),
            })
        }
    }
}

async fn head(stoa: &Stoa, upload: &Upload) -> Result<Vec<u8>> {
    let read = stoa.blobs.get(&upload.key(), Some(0..HEAD_BYTES as u64)).await?;
    let bytes = read.bytes.map_ok(|chunk| chunk.to_vec()).try_concat().await;
    Ok(bytes.map_err(|error| BlobError::Unavailable(error.into()))?)
}

/// How an upload ends: the write that ends it, and how many bytes of it are counted already. `None` where it has ended:
/// somebody else was quicker. To be asked again whenever the transaction that it belongs to is begun again.
pub(crate) async fn closing(stoa: &Stoa, id: UploadId) -> Result<Option<(Write, u64)>> {
    let Some(Stored { value: upload, version }) = records::upload(&*stoa.table, id).await? else {
        return Err(Error::NotFound);
    };
    if upload.finished {
        return Ok(None);
    }
    let counted = upload.size;
    let ended = Upload { finished: true, received: counted, ..upload };
    let forgotten = stoa.clock.now().plus(REMEMBERED);
    Ok(Some((records::put(&ended, Condition::Version(version), Some(forgotten))?, counted)))
}
