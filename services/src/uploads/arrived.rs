//! A file that a client sent straight to the store: it may have vanished before it could say so.

use super::error::UploadError;
use super::finish::finish;
use super::transfer::is_in_its_place;
use crate::ports::{BlobKey, PartsError, Way};
use crate::records::uploads::Upload;
use crate::records::{accounts, uploads as records};
use crate::{Error, Result, Stoa};
use domain::upload::part_bytes;
use std::time::Duration;

/// How long nobody was heard of whose parts are all there. Clients finish within seconds.
pub const SILENCE: Duration = Duration::from_secs(20);

/// Finishes the upload that has become this blob. Where no upload waits for it, nothing is to be done.
pub(crate) async fn arrived(stoa: &Stoa, key: &BlobKey) -> Result<()> {
    let waiting = records::untouched(&*stoa.table, None, usize::MAX).await?;
    match waiting.into_iter().map(|found| found.value).find(|upload| upload.key() == *key) {
        Some(upload) => finish_for_owner(stoa, &upload).await,
        None => Ok(()),
    }
}

/// Finishes uploads whose parts are all in the store, and whose client has not said so. Returns how many.
pub async fn sweep(stoa: &Stoa) -> Result<u32> {
    if stoa.parts.way() == Way::Appended {
        // The last part finishes.
        return Ok(0);
    }
    let since = stoa.clock.now().minus(SILENCE);
    let mut finished = 0;
    for found in records::untouched(&*stoa.table, Some(since), usize::MAX).await? {
        let upload = found.value;
        // No address was signed for its last part yet.
        if upload.size - upload.received > part_bytes(upload.size) {
            continue;
        }
        if is_whole(stoa, &upload).await? {
            tracing::info!(upload = %upload.id, "all of a file is there, and its client is gone");
            finish_for_owner(stoa, &upload).await?;
            finished += 1;
        }
    }
    Ok(finished)
}

async fn is_whole(stoa: &Stoa, upload: &Upload) -> Result<bool> {
    match stoa.parts.received(&upload.parts(), &upload.key()).await {
        Ok(received) => Ok(received == upload.size),
        Err(PartsError::NotFound) => Ok(is_in_its_place(stoa, upload).await),
        Err(PartsError::Unavailable(error)) => Err(Error::Unavailable(error)),
        Err(error) => Err(Error::Internal(error.into())),
    }
}

/// In the name of the course's instructor.
async fn finish_for_owner(stoa: &Stoa, upload: &Upload) -> Result<()> {
    let Some(owner) = accounts::account(&*stoa.table, upload.owner).await? else { return Ok(()) };
    match finish(stoa, owner.actor(None), upload.id).await {
        Ok(_) => Ok(()),
        Err(UploadError::Other(error @ (Error::Unavailable(_) | Error::Conflict))) => Err(error),
        // The person hears of it when they look; finishing once more would change nothing.
        Err(error) => {
            tracing::info!(upload = %upload.id, %error, "a file that arrived was not taken");
            Ok(())
        }
    }
}
