//! No file stays that nobody needs: versions and captions that were replaced, and what a crash left without a record.

use crate::ports::BlobKey;
use crate::records::videos as records;
use crate::{Result, Stoa};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use std::time::Duration;

/// How long a replaced version stays for those who began to watch it, and a file without a record for whoever is
/// about to write one.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// How many captions are looked at together.
const PAGE: usize = 500;

/// Takes away versions and captions that nobody needs any more. Returns how many.
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
    Ok(removed + clean_captions(stoa).await?)
}

/// Takes away what is stored of captions that no video names any more. Returns how many.
async fn clean_captions(stoa: &Stoa) -> Result<u32> {
    let area = BlobKey::new("captions").expect("a word is a key");
    let (mut removed, mut after) = (0, None);
    loop {
        let blobs = stoa.blobs.list(&area, after.as_ref(), PAGE).await?;
        let now = stoa.clock.now();
        for blob in blobs.iter().filter(|blob| now.since(blob.stored) >= GRACE) {
            if !is_named(stoa, &blob.key).await? {
                tracing::info!(key = %blob.key, "captions that nobody needs are taken away");
                stoa.blobs.delete(&blob.key).await?;
                removed += 1;
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
