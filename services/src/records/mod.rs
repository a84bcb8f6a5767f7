//! Records: how domain types lie in the [`Table`](crate::ports::Table). Written once, for every adapter.

pub(crate) mod accounts;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod books;
pub(crate) mod cart;
pub(crate) mod coupons;
pub(crate) mod courses;
pub(crate) mod deletions;
pub(crate) mod enrolments;
pub(crate) mod files;
pub(crate) mod instructors;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod leases;
pub(crate) mod ledger;
pub(crate) mod orders;
pub(crate) mod payment_events;
pub(crate) mod preferences;
pub(crate) mod sales;
pub(crate) mod sessions;
pub(crate) mod uploads;
pub(crate) mod videos;

use crate::ports::{Item, Key, Table};
use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record that was read, and the version to write it back against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored<T> {
    /// What it says.
    pub(crate) value: T,
    /// Which version of the item it was.
    pub(crate) version: u64,
}

/// The record under a key.
pub(crate) async fn load<T: DeserializeOwned>(table: &dyn Table, key: &Key) -> Result<Option<Stored<T>>> {
    table.get(key).await?.map(|item| parse(&item)).transpose()
}

/// What an item says. A document that does not parse is a defect, named by its key.
pub(crate) fn parse<T: DeserializeOwned>(item: &Item) -> Result<Stored<T>> {
    match serde_json::from_str(&item.document) {
        Ok(value) => Ok(Stored { value, version: item.version }),
        Err(source) => Err(Error::Internal(Box::new(DamagedRecord { key: item.key.clone(), source }))),
    }
}

/// A record as an item, in no index.
pub(crate) fn item<T: Serialize>(key: Key, value: &T) -> Result<Item> {
    Ok(Item::new(key, serde_json::to_string(value)?))
}

#[derive(Debug, thiserror::Error)]
#[error("the record {key:?} does not parse")]
struct DamagedRecord {
    key: Key,
    source: serde_json::Error,
}
