//! No file stays that nobody needs: versions and captions that were replaced, and what a crash left without a record.

use crate::ports::{BlobError, BlobInfo, BlobKey};
use crate::records::videos as records;
use crate::{Result, Stoa};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use std::time::Duration;

/// How long a replaced version usually stays for those who began to watch it, and a file without a record for whoever is
/// about to write one.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// How often a store is asked that does not answer.
const ATTEMPTS: u32 = 3;
/// How many captions are looked at together.
const PAGE: usize = 500;

/// Takes away versions and captions that nobody has needed for as long as `grace`. Returns how many.
pub async fn clean(stoa: &Stoa, grace: Duration) -> Result<u32> {
    let mut removed = 0;
    for area in ["media", "uploads"] {
        let area = BlobKey::new(area).expect("a word is a key");
        let mut after = None;
        while let Some(first) = listed(stoa, &area, after.as_ref(), 1).await?.pop() {
            let Some((asset, version)) = owner(&first.key) else {
                tracing::warn!(key = %first.key, "a file is where none belongs");
                after = Some(first.key);
                continue;
            };
            let prefix = format!("{area}/{asset}/{version}");
            // Behind everything of this version: a slash comes right before a zero.
            after = BlobKey::new(format!("{prefix}0"));
            let prefix = BlobKey::new(prefix).expect("the beginning of a key is a key");
            if !needed(stoa, asset, version, first.stored, grace).await? {
                removed += discard(stoa, &prefix).await;
            }
        }
    }
    Ok(removed + clean_captions(stoa, grace).await?)
}

/// Takes away what is stored of captions that no video names any more. Returns how many.
async fn clean_captions(stoa: &Stoa, grace: Duration) -> Result<u32> {
    let area = BlobKey::new("captions").expect("a word is a key");
    let (mut removed, mut after) = (0, None);
    loop {
        let blobs = listed(stoa, &area, after.as_ref(), PAGE).await?;
        let now = stoa.clock.now();
        for blob in blobs.iter().filter(|blob| now.since(blob.stored) >= grace) {
            if !is_named(stoa, &blob.key).await? {
                removed += discard(stoa, &blob.key).await;
            }
        }
        match blobs.last() {
            Some(last) if blobs.len() == PAGE => after = Some(last.key.clone()),
            _ => return Ok(removed),
        }
    }
}

/// Whether a video names the captions. What is where no captions belong stays.
async fn is_named(stoa: &Stoa, key: &BlobKey) -> Result<bool> {
    let asset = key.as_str().split('/').nth(1).and_then(|asset| asset.parse().ok());
    let Some((asset, id)) = asset.zip(records::caption_id(key)) else {
        tracing::warn!(%key, "a file is where none belongs");
        return Ok(true);
    };
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.is_some_and(|video| video.value.captions.iter().any(|caption| caption.id == id)))
}

/// A page of blobs. A store that does not answer is asked again: a walk that began anew after each failure would never
/// come to its end.
async fn listed(stoa: &Stoa, area: &BlobKey, after: Option<&BlobKey>, most: usize) -> Result<Vec<BlobInfo>> {
    for _ in 1..ATTEMPTS {
        match stoa.blobs.list(area, after, most).await {
            Err(BlobError::Unavailable(_)) => {}
            found => return Ok(found?),
        }
    }
    Ok(stoa.blobs.list(area, after, most).await?)
}

/// Takes away what nobody needs. What stays, the next turn tries again. Returns how many were taken away.
async fn discard(stoa: &Stoa, prefix: &BlobKey) -> u32 {
    match stoa.blobs.delete(prefix).await {
        Ok(()) => {
            tracing::info!(%prefix, "files that nobody needed were taken away");
            1
        }
        Err(error) => {
            tracing::warn!(%prefix, %error, "files that nobody needs stay for now");
            0
        }
    }
}

async fn needed(
    stoa: &Stoa,
    asset: AssetId,
    version: VersionId,
    stored: Timestamp,
    grace: Duration,
) -> Result<bool> {
    let now = stoa.clock.now();
    if now.since(stored) < grace {
        return Ok(true);
    }
    let video = records::video(&*stoa.table, asset).await?;
    Ok(video.is_some_and(|video| video.value.needs(version, now, grace)))
}

/// Whose file it is, as its key says.
fn owner(key: &BlobKey) -> Option<(AssetId, VersionId)> {
    let mut parts = key.as_str().split('/').skip(1);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
