//! No file stays that nobody needs: versions that were replaced, and what a crash left without a record.

use crate::ports::{BlobError, BlobInfo, BlobKey};
use crate::records::videos as records;
use crate::{Result, Stoa};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use std::time::Duration;

/// How long a replaced version stays for those who began to watch it, and a file without a record for whoever is
/// about to write one.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// How often a store is asked that does not answer.
const ATTEMPTS: u32 = 3;

/// Takes away what is stored of versions that nobody needs any more. Returns how many.
pub async fn clean(stoa: &Stoa) -> Result<u32> {
    let mut removed = 0;
    for area in ["media", "uploads"] {
        let area = BlobKey::new(area).expect("a word is a key");
        let mut after = None;
        while let Some(first) = first_after(stoa, &area, after.as_ref()).await? {
            let Some((asset, version)) = owner(&first.key) else {
                tracing::warn!(key = %first.key, "a file is where none belongs");
                after = Some(first.key);
                continue;
            };
            let prefix = format!("{area}/{asset}/{version}");
            // Behind everything of this version: a slash comes right before a zero.
            after = BlobKey::new(format!("{prefix}0"));
            let prefix = BlobKey::new(prefix).expect("the beginning of a key is a key");
            if !needed(stoa, asset, version, first.stored).await? {
                match stoa.blobs.delete(&prefix).await {
                    Ok(()) => {
                        tracing::info!(%prefix, "files that nobody needed were taken away");
                        removed += 1;
                    }
                    // The next turn tries it again; this one goes on with the others.
                    Err(error) => tracing::warn!(%prefix, %error, "files that nobody needs stay for now"),
                }
            }
        }
    }
    Ok(removed)
}

/// The first blob after a key. A store that does not answer is asked again: a walk that began anew after each
/// failure would never come to its end.
async fn first_after(stoa: &Stoa, area: &BlobKey, after: Option<&BlobKey>) -> Result<Option<BlobInfo>> {
    for _ in 1..ATTEMPTS {
        match stoa.blobs.list(area, after, 1).await {
            Err(BlobError::Unavailable(_)) => {}
            found => return Ok(found?.pop()),
        }
    }
    Ok(stoa.blobs.list(area, after, 1).await?.pop())
}

async fn needed(stoa: &Stoa, asset: AssetId, version: VersionId, stored: Timestamp) -> Result<bool> {
    let now = stoa.clock.now();
    if now.since(stored) < GRACE {
        return Ok(true);
    }
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.is_some_and(|video| video.value.needs(version, now, GRACE)))
}

/// Whose file it is, as its key says.
fn owner(key: &BlobKey) -> Option<(AssetId, VersionId)> {
    let mut parts = key.as_str().split('/').skip(1);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
