//! Orders, and when they are looked at again.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Item, Key, Query, Range, Table, Write};
use domain::id::{AccountId, CourseId, OrderId};
use domain::order::{Order, OrderState};
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How many orders of an account are read at a time.
const BATCH: usize = 100;

/// When an open order is looked at again, and how often it was already without anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) order: OrderId,
    pub(crate) when: Timestamp,
    pub(crate) looks: u32,
}

/// An order as it lies in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) order: Order,
    /// When it changed last.
    pub(crate) changed: Timestamp,
    /// The buyer's address when they placed it. The payment service is told the same in every try.
    pub(crate) email: Email,
    /// The language that they read then (BCP 47).
    pub(crate) language: String,
}

#[derive(Serialize, Deserialize)]
struct Buying {
    order: OrderId,
}

pub(crate) async fn order(table: &dyn Table, id: OrderId) -> Result<Option<Stored<Kept>>> {
    load(table, &keys::order(id)).await
}

/// The writes that begin an order.
pub(crate) fn begin(kept: &Kept) -> Result<Vec<Write>> {
    let all = Item::new(keys::order_of_all(kept.order.id), "{}".into());
    Ok(vec![put(kept, Condition::Absent)?, Write::Put(all, Condition::Absent)])
}

pub(crate) fn put(kept: &Kept, condition: Condition) -> Result<Write> {
    let order = &kept.order;
    let mut item = item(keys::order(order.id), kept)?;
    item.first = Some(keys::order_of(order.buyer, order.id));
    item.second = Some(keys::order_in(order.state(), kept.changed, order.id));
    Ok(Write::Put(item, condition))
}

/// An account's orders, newest first, from after one; and whether there are more.
pub(crate) async fn of_account(
    table: &dyn Table,
    account: AccountId,
    after: Option<OrderId>,
    limit: usize,
) -> Result<(Vec<Order>, bool)> {
    let after = after.map(|id| Cursor { sort: id.to_string(), key: keys::order(id) });
    let query = Query {
        index: Index::First,
        direction: Direction::Descending,
        after,
        ..Query::partition(keys::orders_partition(account), limit)
    };
    let (kept, more) = page(table, query).await?;
    Ok((kept.into_iter().map(|kept| kept.order).collect(), more))
}

/// All orders of an account, newest first.
pub(crate) async fn all_of(table: &dyn Table, account: AccountId) -> Result<Vec<Order>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, more) = of_account(table, account, after, BATCH).await?;
        after = page.last().map(|order| order.id);
        found.extend(page);
        if !more {
            return Ok(found);
        }
    }
}

/// Orders that stand so, those that changed last first, from after the place `(changed, order)`; and whether there are
/// more.
pub(crate) async fn in_state(
    table: &dyn Table,
    state: OrderState,
    after: Option<(Timestamp, OrderId)>,
    limit: usize,
) -> Result<(Vec<Kept>, bool)> {
    let after = after
        .map(|(changed, id)| Cursor { sort: keys::order_in(state, changed, id).sort, key: keys::order(id) });
    let query = Query {
        index: Index::Second,
        direction: Direction::Descending,
        after,
        ..Query::partition(keys::orders_in_partition(state), limit)
    };
    page(table, query).await
}

/// All orders, newest first, from after one; and whether there are more. At most a hundred.
pub(crate) async fn all(
    table: &dyn Table,
    after: Option<OrderId>,
    limit: usize,
) -> Result<(Vec<Order>, bool)> {
    let after = after.map(|id| Cursor { sort: id.to_string(), key: keys::order_of_all(id) });
    let query = Query { direction: Direction::Descending, after, ..Query::partition(keys::ORDERS, limit) };
    let (mut orders, more) = named(table, query).await?;
    orders.sort_by_key(|order| std::cmp::Reverse(order.id));
    Ok((orders, more))
}

/// Orders whose buyers wait for an answer to their asking for money, the first that was placed first, from after one; and
/// whether there are more. At most a hundred.
pub(crate) async fn wished(
    table: &dyn Table,
    after: Option<OrderId>,
    limit: usize,
) -> Result<(Vec<Order>, bool)> {
    let after = after.map(|id| Cursor { sort: id.to_string(), key: keys::order_wished(id) });
    let (mut orders, more) =
        named(table, Query { after, ..Query::partition(keys::ORDERS_WISHED, limit) }).await?;
    orders.sort_by_key(|order| order.id);
    Ok((orders, more))
}

/// Whose buyer waits for an answer.
pub(crate) fn put_wished(id: OrderId) -> Write {
    Write::Put(Item::new(keys::order_wished(id), "{}".into()), Condition::None)
}

/// Whose buyer has one.
pub(crate) fn not_wished(id: OrderId) -> Write {
    Write::Delete(keys::order_wished(id), Condition::None)
}

/// The orders that records name, in no order; and whether there are more.
async fn named(table: &dyn Table, query: Query) -> Result<(Vec<Order>, bool)> {
    let page = table.query(query).await?;
    let ids = page.items.iter().filter_map(|item| item.key.sort.parse().ok());
    let keys: Vec<Key> = ids.map(keys::order).collect();
    let found = if keys.is_empty() { Vec::new() } else { table.batch_get(&keys).await? };
    let orders = found.iter().map(|item| Ok(parse::<Kept>(item)?.value.order)).collect::<Result<_>>()?;
    Ok((orders, page.next.is_some()))
}

async fn page(table: &dyn Table, query: Query) -> Result<(Vec<Kept>, bool)> {
    let page = table.query(query).await?;
    let kept = page.items.iter().map(|item| Ok(parse(item)?.value)).collect::<Result<_>>()?;
    Ok((kept, page.next.is_some()))
}

/// The last order of an account for a course, and the version of that record.
pub(crate) async fn buying(
    table: &dyn Table,
    account: AccountId,
    course: CourseId,
) -> Result<Option<Stored<OrderId>>> {
    let found = load::<Buying>(table, &keys::buying(account, course)).await?;
    Ok(found.map(|found| Stored { value: found.value.order, version: found.version }))
}

/// Makes an order the last one of its account for a course, in the place of what was read, of version `before`. Of two
/// that are placed at the same moment, one fails.
pub(crate) fn put_buying(
    account: AccountId,
    course: CourseId,
    order: OrderId,
    before: Option<u64>,
) -> Result<Write> {
    let item = item(keys::buying(account, course), &Buying { order })?;
    Ok(Write::Put(item, before.map_or(Condition::Absent, Condition::Version)))
}

/// When an order is looked at again.
pub(crate) fn put_due(due: Due, condition: Condition) -> Result<Write> {
    let mut item = item(keys::order_due(due.order), &due)?;
    item.first = Some(keys::order_due_at(due.when, due.order));
    Ok(Write::Put(item, condition))
}

/// It is not looked at any more.
pub(crate) fn not_due(order: OrderId) -> Write {
    Write::Delete(keys::order_due(order), Condition::None)
}

/// Orders that are to be looked at by now, the longest overdue first; and where to go on.
pub(crate) async fn due(
    table: &dyn Table,
    now: Timestamp,
    after: Option<Cursor>,
) -> Result<(Vec<Stored<Due>>, Option<Cursor>)> {
    let query = Query {
        index: Index::First,
        range: Range::Between("0".to_owned(), keys::orders_due_until(now)),
        after,
        ..Query::partition(keys::ORDERS_DUE, 100)
    };
    let page = table.query(query).await?;
    Ok((page.items.iter().map(parse).collect::<Result<_>>()?, page.next))
}
