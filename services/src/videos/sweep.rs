//! No video is stuck: what has been quiet for too long is asked for again.
//!
//! A job can get lost in ways that a queue does not mend: its message was buried, an event of a service never came,
//! the table was brought back from a copy. The record knows that something is to be done. A job too many does no
//! harm: it looks at the record, finds nothing to do, and ends.

use super::job;
use crate::ports::Condition;
use crate::records::Stored;
use crate::records::videos::{self as records, Video};
use crate::{Error, Result, Stoa};
use domain::time::Timestamp;
use std::time::Duration;

/// How long a video may be quiet at first. Whoever is at work on one writes every few seconds.
pub const QUIET: Duration = Duration::from_secs(120);
/// The longest that a video may be quiet. One that only waits for its turn is asked for ever more rarely.
const LONGEST_QUIET: Duration = Duration::from_secs(3600);

/// Asks again for every video that has been quiet for too long. Returns how many.
pub async fn sweep(stoa: &Stoa) -> Result<u32> {
    let now = stoa.clock.now();
    let (mut asked, mut after) = (0, None);
    loop {
        let (page, next) = records::quiet(&*stoa.table, now.minus(QUIET), after).await?;
        for found in page {
            if now.since(found.value.upload.changed) < patience(found.value.upload.sweeps) {
                continue;
            }
            match ask_again(stoa, found, now).await {
                Ok(()) => asked += 1,
                // Somebody is at work on it after all.
                Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        if next.is_none() {
            return Ok(asked);
        }
        after = next;
    }
}

/// How long a video that was asked for so often may be quiet: doubling.
fn patience(sweeps: u32) -> Duration {
    QUIET.saturating_mul(1 << sweeps.min(16)).min(LONGEST_QUIET)
}

async fn ask_again(stoa: &Stoa, found: Stored<Video>, now: Timestamp) -> Result<()> {
    let Stored { value: mut video, version } = found;
    let (asset, quiet) = (video.asset, now.since(video.upload.changed).as_secs());
    tracing::info!(%asset, version = %video.upload.version, quiet, "a video was quiet for too long");
    video.upload.sweeps += 1;
    video.upload.changed = now;
    video.upload.log.add(now, format_args!("quiet for {quiet} s: asked for again"));
    let writes =
        vec![job(stoa, asset, video.upload.version)?, records::put(&video, Condition::Version(version))?];
    super::commit(stoa, writes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_doubles_up_to_an_hour() {
        let minutes: Vec<_> = (0..7).map(|sweeps| patience(sweeps).as_secs() / 60).collect();
        assert_eq!(minutes, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(patience(u32::MAX), LONGEST_QUIET);
    }
}
