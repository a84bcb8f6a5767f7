//! How often somebody tried of late, and the devices that are known to be theirs.

use super::{Stored, item, keys, load};
use crate::Result;
use crate::ports::{Condition, Index, Item, Key, Query, Table, Write};
use domain::id::AccountId;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// As long as browsers keep a cookie (RFC 6265bis §5.5).
const DEVICES_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

/// How often somebody tried, and when that is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    pub(crate) count: u32,
    pub(crate) until: Timestamp,
}

pub(crate) async fn attempts(table: &dyn Table, hash: &str) -> Result<Option<Stored<Attempts>>> {
    load(table, &keys::attempts(hash)).await
}

pub(crate) fn put(hash: &str, attempts: Attempts, before: Option<u64>) -> Result<Write> {
    let mut item = item(keys::attempts(hash), &attempts)?;
    item.expires = Some(attempts.until);
    Ok(Write::Put(item, before.map_or(Condition::Absent, Condition::Version)))
}

pub(crate) async fn is_known(table: &dyn Table, device: &str) -> Result<bool> {
    Ok(table.get(&keys::known_device(device)).await?.is_some())
}

/// The keys of devices that are known to be an account's.
pub(crate) async fn devices_of(table: &dyn Table, account: AccountId, limit: usize) -> Result<Vec<Key>> {
    let query = Query { index: Index::First, ..Query::partition(keys::devices_partition(account), limit) };
    Ok(table.query(query).await?.items.into_iter().map(|item| item.key).collect())
}

pub(crate) fn remember_device(device: &str, account: AccountId, now: Timestamp) -> Write {
    let mut item = Item::new(keys::known_device(device), "{}".into());
    item.first = Some(keys::device_of(account, device));
    item.expires = Some(now.plus(DEVICES_KEPT));
    Write::Put(item, Condition::None)
}
