//! Coupons, and who used them.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Query, Table, Write};
use domain::coupon::{Coupon, CouponCode, Used};
use domain::id::{AccountId, OrderId};
use serde::{Deserialize, Serialize};

/// A coupon, and how many orders have one of its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) coupon: Coupon,
    /// Orders that were paid with it, or may still be. Counted where there is a limit: counting makes them wait for each
    /// other.
    pub(crate) taken: u32,
}

#[derive(Serialize, Deserialize)]
struct UsedBy {
    order: OrderId,
}

pub(crate) async fn coupon(
    table: &dyn Table,
    owner: AccountId,
    code: &CouponCode,
) -> Result<Option<Stored<Kept>>> {
    load(table, &keys::coupon(owner, code)).await
}

/// An owner's coupons by their codes, at most `limit`.
pub(crate) async fn of_owner(table: &dyn Table, owner: AccountId, limit: usize) -> Result<Vec<Kept>> {
    let page = table.query(Query::partition(keys::coupons_partition(owner), limit)).await?;
    page.items.iter().map(|item| Ok(parse(item)?.value)).collect()
}

pub(crate) fn put(kept: &Kept, condition: Condition) -> Result<Write> {
    Ok(Write::Put(item(keys::coupon(kept.coupon.owner, &kept.coupon.code), kept)?, condition))
}

/// How often a coupon was used, as far as that decides whether `buyer` may use it.
pub(crate) async fn used(table: &dyn Table, kept: &Kept, buyer: AccountId) -> Result<Used> {
    let by_buyer = kept.coupon.once_each
        && load::<UsedBy>(table, &keys::coupon_used(buyer, kept.coupon.owner, &kept.coupon.code))
            .await?
            .is_some();
    Ok(Used { in_all: kept.taken, by_buyer })
}

/// The writes by which an order of `buyer` has a place among those that use the coupon. Where others may not have one
/// beside it, they fail for who came second.
pub(crate) fn take(
    kept: &Stored<Kept>,
    buyer: AccountId,
    order: OrderId,
    condition: Condition,
) -> Result<Vec<Write>> {
    let coupon = &kept.value.coupon;
    let mut writes = counted(kept, kept.value.taken.saturating_add(1))?;
    if coupon.once_each {
        let key = keys::coupon_used(buyer, coupon.owner, &coupon.code);
        writes.push(Write::Put(item(key, &UsedBy { order })?, condition));
    }
    Ok(writes)
}

/// The writes by which an order gives its place back.
pub(crate) fn give_back(kept: &Stored<Kept>, buyer: AccountId) -> Result<Vec<Write>> {
    let coupon = &kept.value.coupon;
    let mut writes = counted(kept, kept.value.taken.saturating_sub(1))?;
    if coupon.once_each {
        writes.push(Write::Delete(keys::coupon_used(buyer, coupon.owner, &coupon.code), Condition::None));
    }
    Ok(writes)
}

fn counted(kept: &Stored<Kept>, taken: u32) -> Result<Vec<Write>> {
    if kept.value.coupon.limit.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![put(&Kept { taken, ..kept.value.clone() }, Condition::Version(kept.version))?])
}
