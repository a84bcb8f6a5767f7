//! What the payment service told by itself.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Query, Table, Told, Write};
use domain::id::OrderId;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long it is kept: longer than anybody can dispute what it is about.
const KEPT: Duration = Duration::from_secs(180 * 24 * 3600);

/// Something that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) told: Told,
    /// When it came here first.
    pub(crate) received: Timestamp,
    /// The order that it turned out to be about.
    pub(crate) order: Option<OrderId>,
    /// When it was worked through last.
    pub(crate) heard: Option<Timestamp>,
    /// How often that was tried.
    pub(crate) tries: u32,
    /// Why it did not work the last time.
    pub(crate) trouble: Option<String>,
}

/// Something that was told, by its name, which may be anything that somebody typed.
pub(crate) async fn event(table: &dyn Table, id: &str) -> Result<Option<Stored<Kept>>> {
    if is_name(id) { load(table, &keys::payment_event(id)).await } else { Ok(None) }
}

/// Whether a text can be the name of an event (Stripe's documentation, "Object IDs": at most 255 characters).
pub(crate) fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(crate) fn put(kept: &Kept, condition: Condition) -> Result<Write> {
    let id = &kept.told.event;
    let mut item = item(keys::payment_event(id), kept)?;
    item.first = Some(keys::payment_event_at(kept.received, id));
    item.second = kept.order.map(|order| keys::payment_event_of(order, kept.received, id));
    item.expires = Some(kept.received.plus(KEPT));
    Ok(Write::Put(item, condition))
}

/// What was told of an order, or of all of them, newest first, from after the place `(received, event)`; and whether there
/// is more.
pub(crate) async fn told(
    table: &dyn Table,
    order: Option<OrderId>,
    after: Option<(Timestamp, &str)>,
    limit: usize,
) -> Result<(Vec<Kept>, bool)> {
    let (index, partition) = match order {
        Some(order) => (Index::Second, keys::payment_events_partition(order)),
        None => (Index::First, keys::PAYMENT_EVENTS.to_owned()),
    };
    let after = after.map(|(received, id)| Cursor {
        sort: keys::payment_event_at(received, id).sort,
        key: keys::payment_event(id),
    });
    let query =
        Query { index, direction: Direction::Descending, after, ..Query::partition(partition, limit) };
    let page = table.query(query).await?;
    let kept = page.items.iter().map(|item| Ok(parse(item)?.value)).collect::<Result<_>>()?;
    Ok((kept, page.next.is_some()))
}
