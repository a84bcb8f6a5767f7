//! The job that puts captions beside the version that learners watch.

use crate::ports::{BlobKey, Condition};
use crate::records::Stored;
use crate::records::videos::{self as records, Placed};
use crate::worker::Outcome;
use crate::{Error, Result, Stoa, videos};
use domain::id::{AssetId, CaptionId};
use std::collections::BTreeSet;

/// More than a video has captions, with what comes in its file.
const MOST: usize = 1_000;

/// Puts there what the record names and takes away what it does not, and looks again after each step: so it does
/// not matter where another run of it stopped, or what changed meanwhile.
pub(crate) async fn place(stoa: &Stoa, asset: AssetId) -> Outcome {
    loop {
        match step(stoa, asset).await {
            Ok(Done::Step) => {}
            Ok(Done::All) => return Outcome::Done,
            Err(error) => return Outcome::Retry { reason: error.to_string(), after: None },
        }
    }
}

enum Done {
    Step,
    All,
}

async fn step(stoa: &Stoa, asset: AssetId) -> Result<Done> {
    let Some(Stored { value: mut video, version }) = records::video(&*stoa.table, asset).await? else {
        // Removed, perhaps while captions were put there.
        videos::discard_all(stoa, asset).await?;
        return Ok(Done::All);
    };
    let Some(current) = video.current.as_ref().map(|current| current.version) else { return Ok(Done::All) };
    let folder = records::captions_beside(asset, current);
    let there = uploaded(stoa, &folder).await?;
    let wanted: BTreeSet<CaptionId> = video.captions.iter().map(|caption| caption.id).collect();
    for id in there.difference(&wanted) {
        stoa.blobs.delete(&records::caption_in(&folder, *id)).await?;
    }
    for id in wanted.difference(&there) {
        let copy = stoa.blobs.get(&records::caption(asset, *id), None).await?;
        stoa.blobs.put(&records::caption_in(&folder, *id), copy.bytes).await?;
    }
    let placed = Placed { version: current, captions: wanted.iter().copied().collect() };
    if there == wanted && video.placed.as_ref().unwrap_or(&Placed::none(current)) == &placed {
        return Ok(Done::All);
    }
    video.placed = Some(placed);
    match stoa.table.write(records::put(&video, Condition::Version(version))?).await.map_err(Error::from) {
        // Something changed: the next look will tell what.
        Ok(()) | Err(Error::Conflict) => Ok(Done::Step),
        Err(error) => Err(error),
    }
}

/// What was uploaded of what lies there. Captions that came with the file have numbers.
async fn uploaded(stoa: &Stoa, folder: &BlobKey) -> Result<BTreeSet<CaptionId>> {
    let blobs = stoa.blobs.list(folder, None, MOST).await?;
    Ok(blobs.iter().filter_map(|blob| records::caption_id(&blob.key)).collect())
}
