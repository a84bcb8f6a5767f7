//! What is looked after from time to time, whatever happens or does not.

use crate::{Result, Stoa, orders, own_data, uploads, videos};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// How often quiet videos and orders, uploads that nobody finished, and accounts that are to be deleted, are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// How often files that nobody needs are looked for, and the books compared. The first time soon after the start.
const CLEAN_EVERY: Duration = Duration::from_secs(3600);

/// Sweeps and cleans until `shutdown`. Several servers may do so at the same time.
pub async fn run(stoa: Stoa, shutdown: CancellationToken) {
    let mut sweeping = interval_at(Instant::now() + SWEEP_EVERY, SWEEP_EVERY);
    let mut cleaning = interval_at(Instant::now() + SWEEP_EVERY / 2, CLEAN_EVERY);
    for interval in [&mut sweeping, &mut cleaning] {
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = sweeping.tick() => {
                told("sweep", videos::sweep(&stoa).await);
                told("sweep uploads", uploads::sweep(&stoa).await);
                told("delete accounts", own_data::sweep(&stoa).await);
                told("sweep orders", orders::sweep(&stoa).await);
            }
            _ = cleaning.tick() => {
                told("clean", clean(&stoa, videos::GRACE).await);
                told("compare books", orders::watch(&stoa).await);
            }
        }
    }
}

/// Takes away what nobody has needed for as long as `grace`: files, and uploads that nobody continues. Returns how much.
pub async fn clean(stoa: &Stoa, grace: Duration) -> Result<u32> {
    let uploads = uploads::clean(stoa, grace).await;
    Ok(videos::clean(stoa, grace).await? + uploads?)
}

/// What one turn could not do the next one tries again.
fn told(what: &str, result: Result<u32>) {
    match result {
        Ok(0) => {}
        Ok(count) => tracing::info!(what, count, "housekeeping had something to do"),
        Err(error) => tracing::warn!(what, %error, "housekeeping was not possible; trying again later"),
    }
}
