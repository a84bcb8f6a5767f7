//! When the books were compared last.

use super::keys;
use crate::ports::{Condition, Item, Key, Write};
use domain::time::Timestamp;
use std::time::Duration;

/// How long it is known that something was done.
const KEPT: Duration = Duration::from_secs(2 * 24 * 3600);

/// That they are compared in this hour. Who writes it first does it.
pub(crate) fn compared(now: Timestamp) -> Write {
    once(keys::books_compared(now), now)
}

/// That operators are told of differences on this day.
pub(crate) fn told(now: Timestamp) -> Write {
    once(keys::books_told(now), now)
}

fn once(key: Key, now: Timestamp) -> Write {
    let item = Item { expires: Some(now.plus(KEPT)), ..Item::new(key, "{}".into()) };
    Write::Put(item, Condition::Absent)
}
