//! No file stays that nobody needs: versions that were replaced, and what a crash left without a record.

use crate::ports::BlobKey;
use crate::records::videos as records;
use crate::{Result, Stoa};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use std::time::Duration;

/// How long a replaced version stays for those who began to watch it, and a file without a record for whoever is
/// about to write one.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// Takes away what is stored of versions that nobody needs any more. Returns how many.
pub async fn clean(stoa: &Stoa) -> Result<u32> {
    let mut removed = 0;
    for area in ["media", "uploads"] {
        let area = BlobKey::new(area).expect("a word is a key");
        let mut after = None;
        while let Some(first) = stoa.blobs.list(&area, after.as_ref(), 1).await?.pop() {
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
                tracing::info!(%prefix, "files that nobody needs are taken away");
                stoa.blobs.delete(&prefix).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
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
