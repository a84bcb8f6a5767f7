//! The book. There is a function that adds an entry, and none that changes one or takes it away.

use super::{item, keys, parse};
use crate::Result;
use crate::ports::{Condition, Index, Query, Range, Table, Write};
use domain::id::OrderId;
use domain::ledger::JournalEntry;
use domain::time::{Timestamp, days};

/// How many entries are read at a time.
const BATCH: usize = 500;
/// More facts no order has.
const MOST_OF_AN_ORDER: usize = 1_000;

/// Adds an entry. The transaction fails where it is there already.
pub(crate) fn add(entry: &JournalEntry) -> Result<Write> {
    let mut item = item(keys::journal_entry(entry.order, &entry.cause), entry)?;
    item.first = Some(keys::in_ledger(entry.at, &entry.cause));
    Ok(Write::Put(item, Condition::Absent))
}

/// What is in the book for an order, by cause.
pub(crate) async fn of_order(table: &dyn Table, order: OrderId) -> Result<Vec<JournalEntry>> {
    let query = Query {
        range: Range::Prefix(keys::JOURNAL_ENTRIES.to_owned()),
        ..Query::partition(keys::order_partition(order), MOST_OF_AN_ORDER)
    };
    table.query(query).await?.items.iter().map(|item| Ok(parse(item)?.value)).collect()
}

/// What was put into the book for moments from one (inclusive) to another (exclusive), in the order of those. One look-up
/// for each day, or more where there is much.
pub(crate) async fn between(
    table: &dyn Table,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<JournalEntry>> {
    let mut found = Vec::new();
    let (first, last) = keys::in_ledger_between(from, until);
    for day in days(from, until) {
        let mut query = Query {
            index: Index::First,
            range: Range::Between(first.clone(), last.clone()),
            ..Query::partition(keys::ledger_partition(&day.date()), BATCH)
        };
        loop {
            let page = table.query(query.clone()).await?;
            for item in &page.items {
                found.push(parse(item)?.value);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(found)
}
