//! Which requests a [`Table`](super::Table) takes at all: every adapter asks here first, so that all refuse
//! the same.

use super::{Item, Key, MAX_ITEM_BYTES, MAX_TRANSACT_ITEMS, Query, TableError, Write};
use std::collections::HashSet;

const MAX_BATCH: usize = 100;
const MAX_PAGE: usize = 1_000;
const MAX_PARTITION_BYTES: usize = 2_048;
const MAX_SORT_BYTES: usize = 1_024;

/// Refuses a key with an empty or overlong part.
pub fn check_key(key: &Key) -> Result<(), TableError> {
    check_partition(&key.partition)?;
    match key.sort.len() {
        0 => Err(TableError::Invalid("a sort key is empty")),
        length if length > MAX_SORT_BYTES => Err(TableError::Invalid("a sort key has more than 1,024 bytes")),
        _ => Ok(()),
    }
}

/// Refuses more than 100 keys, or one of them twice.
pub fn check_keys(keys: &[Key]) -> Result<(), TableError> {
    if keys.len() > MAX_BATCH {
        return Err(TableError::Invalid("more than 100 keys"));
    }
    keys.iter().try_for_each(check_key)?;
    check_distinct(keys.iter())
}

/// Refuses an empty partition key, and a limit out of bounds.
pub fn check_query(query: &Query) -> Result<(), TableError> {
    check_partition(&query.partition)?;
    if !(1..=MAX_PAGE).contains(&query.limit) {
        return Err(TableError::Invalid("a limit is from 1 to 1,000"));
    }
    Ok(())
}

/// Refuses more than [`MAX_TRANSACT_ITEMS`], one key twice, and documents that are too large.
pub fn check_writes(writes: &[Write]) -> Result<(), TableError> {
    if writes.len() > MAX_TRANSACT_ITEMS {
        return Err(TableError::Invalid("more than 100 writes"));
    }
    for write in writes {
        check_key(write.key())?;
        if let Write::Put(item, _) = write {
            check_item(item)?;
        }
    }
    check_distinct(writes.iter().map(Write::key))
}

fn check_item(item: &Item) -> Result<(), TableError> {
    if item.document.len() > MAX_ITEM_BYTES {
        return Err(TableError::TooLarge { key: item.key.clone(), bytes: item.document.len() });
    }
    item.first.iter().chain(&item.second).try_for_each(check_key)
}

fn check_partition(partition: &str) -> Result<(), TableError> {
    match partition.len() {
        0 => Err(TableError::Invalid("a partition key is empty")),
        length if length > MAX_PARTITION_BYTES => {
            Err(TableError::Invalid("a partition key has more than 2,048 bytes"))
        }
        _ => Ok(()),
    }
}

fn check_distinct<'a>(keys: impl Iterator<Item = &'a Key>) -> Result<(), TableError> {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(TableError::Invalid("one key twice"));
        }
    }
    Ok(())
}
