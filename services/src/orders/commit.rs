//! Writing what was heard of an order, with all that follows from it: its entries of the book, what is counted of sales,
//! the place that its coupon has, the mails. One transaction, so that each follows once.

use super::truth::Events;
use super::{news, sweep};
use crate::ports::{Condition, Write};
use crate::records::orders::{self as records, Due, Kept};
use crate::records::{Stored, coupons, ledger, sales};
use crate::retry::until_written;
use crate::{Error, Result, Stoa};
use domain::id::OrderId;
use domain::order::{Order, Transition};

/// When an order is to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Soon: something changed.
    Soon,
    /// When it was to be anyway: nothing came of it.
    AsPlanned,
}

/// Adds facts to an order, whatever others do to it at the same time. Returns it as it is then.
pub(super) async fn hear(stoa: &Stoa, id: OrderId, events: Events, look: Look) -> Result<Order> {
    until_written(|| async {
        let kept = load(stoa, id).await?;
        commit(stoa, &kept, events.clone(), Vec::new(), look).await
    })
    .await
}

pub(super) async fn load(stoa: &Stoa, id: OrderId) -> Result<Stored<Kept>> {
    records::order(&*stoa.table, id).await?.ok_or(Error::NotFound)
}

/// Writes what events make of an order, and `more` with it, where nobody changed it since it was read. Returns it as it is
/// then. Where nothing is new, and there is no more, nothing is written.
pub(super) async fn commit(
    stoa: &Stoa,
    before: &Stored<Kept>,
    events: Events,
    more: Vec<Write>,
    look: Look,
) -> Result<Order> {
    let now = stoa.clock.now();
    let (mut order, mut entries, mut told) = (before.value.order.clone(), Vec::new(), Vec::new());
    for (id, event) in events {
        let Transition { order: after, entries: new, news } = order.heard(&id, now, event);
        order = after;
        entries.extend(new);
        told.extend(news);
    }
    if order == before.value.order && more.is_empty() {
        return Ok(order);
    }
    let kept = Kept { order, changed: now, ..before.value.clone() };
    let mut writes = vec![records::put(&kept, Condition::Version(before.version))?];
    for entry in &entries {
        writes.push(ledger::add(entry)?);
    }
    writes.extend(sales::count(&entries, kept.order.coupon.as_ref()));
    writes.extend(coupon_place(stoa, &before.value.order, &kept.order).await?);
    writes.extend(look_again(stoa, &kept.order, look)?);
    writes.extend(answer(&before.value.order, &kept.order));
    writes.extend(news::writes(stoa, &kept.order, told).await?);
    writes.extend(more);
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(kept.order)
}

/// An order that will not be paid any more leaves its place among a coupon's orders to another one. One that is paid after
/// all takes a place, if there is one or not.
async fn coupon_place(stoa: &Stoa, before: &Order, after: &Order) -> Result<Vec<Write>> {
    let (had, has) = (has_place(before), has_place(after));
    let Some(coupon) = after.coupon.as_ref().filter(|_| had != has) else { return Ok(Vec::new()) };
    let Some(kept) = coupons::coupon(&*stoa.table, coupon.owner, &coupon.code).await? else {
        return Ok(Vec::new());
    };
    if has {
        coupons::take(&kept, after.buyer, after.id, Condition::None)
    } else {
        coupons::give_back(&kept, after.buyer)
    }
}

fn has_place(order: &Order) -> bool {
    order.is_paid() || order.is_open()
}

/// Who waits for an answer stands in a list, until they have one.
fn answer(before: &Order, after: &Order) -> Option<Write> {
    match (before.open_wish().is_some(), after.open_wish().is_some()) {
        (false, true) => Some(records::put_wished(after.id)),
        (true, false) => Some(records::not_wished(after.id)),
        _ => None,
    }
}

fn look_again(stoa: &Stoa, order: &Order, look: Look) -> Result<Option<Write>> {
    if !order.is_open() && order.steps().is_empty() {
        return Ok(Some(records::not_due(order.id)));
    }
    if look == Look::AsPlanned {
        return Ok(None);
    }
    let due = Due { order: order.id, when: stoa.clock.now().plus(sweep::patience(0)), looks: 0 };
    records::put_due(due, Condition::None).map(Some)
}
