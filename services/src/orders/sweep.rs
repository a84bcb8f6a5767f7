//! No order is stuck: an open one that went quiet is asked about, so that a purchase completes with no word from the payment
//! service at all.

use super::commit::{Look, hear};
use super::settle::named;
use crate::ports::Condition;
use crate::records::Stored;
use crate::records::orders::{self as records, Due};
use crate::worker::Job;
use crate::{Error, Result, Stoa, outbox};
use domain::order::{Event, OrderState};
use std::time::Duration;

/// How long an order may be quiet at first.
const QUIET: Duration = Duration::from_secs(30);
/// The longest.
const LONGEST_QUIET: Duration = Duration::from_secs(10 * 60);
/// For how long payment is tried to be opened.
const GIVEN_UP: Duration = Duration::from_secs(3 * 24 * 3600);

/// How long an order that was looked at so often may be quiet: doubling.
pub(super) fn patience(looks: u32) -> Duration {
    QUIET.saturating_mul(1 << looks.min(16)).min(LONGEST_QUIET)
}

/// Has every order that was quiet for too long looked at. Returns how many.
pub async fn sweep(stoa: &Stoa) -> Result<u32> {
    let now = stoa.clock.now();
    let (mut looked, mut after) = (0, None);
    loop {
        let (page, next) = records::due(&*stoa.table, now, after).await?;
        for due in page {
            match look(stoa, &due).await {
                Ok(()) => looked += 1,
                // Somebody is at it.
                Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        if next.is_none() {
            return Ok(looked);
        }
        after = next;
    }
}

async fn look(stoa: &Stoa, due: &Stored<Due>) -> Result<()> {
    let (id, now) = (due.value.order, stoa.clock.now());
    let order = records::order(&*stoa.table, id).await?.ok_or(Error::NotFound)?.value.order;
    if order.state() == OrderState::Draft && now.since(id.created()) > GIVEN_UP {
        let why = "payment could not be opened for days".to_owned();
        hear(stoa, id, vec![(named(stoa, "cancelled"), Event::Cancelled { why })], Look::Soon).await?;
        return Ok(());
    }
    let looks = due.value.looks + 1;
    let later = Due { order: id, when: now.plus(patience(looks)), looks };
    let writes = vec![
        records::put_due(later, Condition::Version(due.version))?,
        outbox::job(stoa, &Job::SettleOrder { order: id })?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_doubles_up_to_ten_minutes() {
        let seconds: Vec<_> = (0..6).map(|looks| patience(looks).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 600]);
        assert_eq!(patience(u32::MAX), LONGEST_QUIET);
    }
}
