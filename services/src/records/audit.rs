//! The audit log. There is a function that adds an entry, and none that changes one or takes it away.

use super::{item, keys, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Query, Range, Table, Write};
use domain::audit::{Entry, Thing, Who};
use domain::id::AuditEntryId;
use domain::time::Timestamp;
use std::time::Duration;

/// How long an entry is kept: it names people and their addresses, which nobody may keep for ever.
const KEPT: Duration = Duration::from_secs(2 * 365 * 24 * 3600);

pub(crate) fn add(entry: &Entry) -> Result<Write> {
    let key = keys::audit(entry.id);
    let place = |partition| crate::ports::Key::new(partition, key.sort.clone());
    let mut item = item(key.clone(), entry)?;
    item.first = Some(place(keys::audit_by(entry.who)));
    item.second = entry.event.thing().map(keys::audit_of).map(place);
    item.expires = Some(entry.when().plus(KEPT));
    Ok(Write::Put(item, Condition::Absent))
}

/// Which part of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    All,
    /// What somebody did.
    By(Who),
    /// What was done to something.
    Of(Thing),
}

/// Entries from one moment to another, newest first, from after an entry; and whether there may be more.
pub(crate) async fn entries(
    table: &dyn Table,
    part: Part,
    (from, until): (Timestamp, Timestamp),
    after: Option<AuditEntryId>,
    limit: usize,
) -> Result<(Vec<Entry>, bool)> {
    let (index, partition) = match part {
        Part::All => (Index::Primary, keys::AUDIT.to_owned()),
        Part::By(who) => (Index::First, keys::audit_by(who)),
        Part::Of(thing) => (Index::Second, keys::audit_of(thing)),
    };
    let (first, last) = (AuditEntryId::new(from, 0), AuditEntryId::new(until, u128::MAX));
    let query = Query {
        index,
        partition,
        range: Range::Between(first.to_string(), last.to_string()),
        direction: Direction::Descending,
        limit,
        after: after.map(|id| Cursor { sort: id.to_string(), key: keys::audit(id) }),
    };
    let page = table.query(query).await?;
    let entries = page.items.iter().map(|item| Ok(parse(item)?.value)).collect::<Result<_>>()?;
    Ok((entries, page.next.is_some()))
}
