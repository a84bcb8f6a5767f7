//! A file that a client sent straight to the store: it may have vanished before it could say so.

use super::error::UploadError;
use super::finish::finish;
use crate::ports::BlobKey;
use crate::records::{accounts, uploads as records};
use crate::{Error, Result, Stoa};
use domain::account::Actor;

/// Finishes the upload that has become this blob, in the name of the course's instructor. Where no upload waits for it,
/// nothing is to be done.
pub(crate) async fn arrived(stoa: &Stoa, key: &BlobKey) -> Result<()> {
    let waiting = records::untouched(&*stoa.table, None, usize::MAX).await?;
    let Some(upload) = waiting.into_iter().map(|found| found.value).find(|upload| upload.key() == *key)
    else {
        return Ok(());
    };
    let Some(owner) = accounts::account(&*stoa.table, upload.owner).await? else { return Ok(()) };
    let actor = Actor::Account { id: owner.id, role: owner.role };
    match finish(stoa, actor, upload.id).await {
        Ok(_) => Ok(()),
        Err(UploadError::Other(error @ (Error::Unavailable(_) | Error::Conflict))) => Err(error),
        // The person hears of it when they look; hearing of the blob again would change nothing.
        Err(error) => {
            tracing::info!(upload = %upload.id, %error, "a file that arrived was not taken");
            Ok(())
        }
    }
}
