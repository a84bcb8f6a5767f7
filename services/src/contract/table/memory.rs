//! A table in memory: the simplest thing that keeps the contract. The model that adapters are compared with,
//! and a table for unit tests of use cases.

use crate::clock::Clock;
use crate::ports::{
    Condition, Cursor, Direction, Index, Item, Key, Page, Query, Range, Table, TableError, Write, request,
};
use async_trait::async_trait;
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A table in memory.
pub struct MemoryTable {
    items: Mutex<BTreeMap<Key, Item>>,
    clock: Arc<dyn Clock>,
}

impl MemoryTable {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { items: Mutex::default(), clock }
    }

    /// The items, without those that expired.
    fn alive(&self) -> MutexGuard<'_, BTreeMap<Key, Item>> {
        let now: Timestamp = self.clock.now();
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.retain(|_, item| item.expires.is_none_or(|expires| expires > now));
        items
    }
}

#[async_trait]
impl Table for MemoryTable {
    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        request::check_key(key)?;
        Ok(self.alive().get(key).cloned())
    }

    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        request::check_keys(keys)?;
        let items = self.alive();
        Ok(keys.iter().filter_map(|key| items.get(key).cloned()).collect())
    }

    async fn query(&self, query: Query) -> Result<Page, TableError> {
        request::check_query(&query)?;
        let mut found: Vec<(Cursor, Item)> = self
            .alive()
            .values()
            .filter_map(|item| {
                let place = place(item, query.index)?;
                let wanted = place.partition == query.partition && holds(&query.range, &place.sort);
                wanted.then(|| (Cursor { sort: place.sort.clone(), key: item.key.clone() }, item.clone()))
            })
            .collect();
        let position = |cursor: &Cursor| (cursor.sort.clone(), cursor.key.clone());
        found.sort_by_key(|(cursor, _)| position(cursor));
        if query.direction == Direction::Descending {
            found.reverse();
        }
        if let Some(after) = &query.after {
            found.retain(|(cursor, _)| match query.direction {
                Direction::Ascending => position(cursor) > position(after),
                Direction::Descending => position(cursor) < position(after),
            });
        }
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let next = if more { found.last().map(|(cursor, _)| cursor.clone()) } else { None };
        Ok(Page { items: found.into_iter().map(|(_, item)| item).collect(), next })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TableError> {
        request::check_writes(&writes)?;
        let mut items = self.alive();
        for (at, write) in writes.iter().enumerate() {
            let condition = match write {
                Write::Put(_, condition) | Write::Delete(_, condition) | Write::Check(_, condition) => {
                    *condition
                }
                Write::Add(..) => Condition::None,
            };
            let version = items.get(write.key()).map(|item| item.version);
            let holds = match condition {
                Condition::None => true,
                Condition::Absent => version.is_none(),
                Condition::Present => version.is_some(),
                Condition::Version(expected) => version == Some(expected),
            };
            if !holds {
                return Err(TableError::Conflict { at });
            }
        }
        for write in writes {
            match write {
                Write::Put(item, _) => {
                    let (version, counter) =
                        items.get(&item.key).map_or((0, 0), |old| (old.version, old.counter));
                    items.insert(item.key.clone(), Item { version: version + 1, counter, ..item });
                }
                Write::Delete(key, _) => drop(items.remove(&key)),
                Write::Add(key, amount) => drop(add(&mut items, key, amount)),
                Write::Check(..) => {}
            }
        }
        Ok(())
    }

    async fn add(&self, key: &Key, amount: i64) -> Result<i64, TableError> {
        request::check_key(key)?;
        Ok(add(&mut self.alive(), key.clone(), amount))
    }
}

fn add(items: &mut BTreeMap<Key, Item>, key: Key, amount: i64) -> i64 {
    let item = items.entry(key.clone()).or_insert_with(|| Item { version: 1, ..Item::new(key, "{}".into()) });
    item.counter += amount;
    item.counter
}

fn place(item: &Item, index: Index) -> Option<&Key> {
    match index {
        Index::Primary => Some(&item.key),
        Index::First => item.first.as_ref(),
        Index::Second => item.second.as_ref(),
    }
}

fn holds(range: &Range, sort: &str) -> bool {
    match range {
        Range::All => true,
        Range::Prefix(prefix) => sort.starts_with(prefix.as_str()),
        Range::Between(from, to) => (from.as_str()..=to.as_str()).contains(&sort),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Fixture, TestClock};

    fn fresh() -> Fixture<dyn Table> {
        let clock = TestClock::new();
        Fixture::new(Arc::new(MemoryTable::new(clock.clone())), clock, ())
    }

    crate::table_contract!(fresh);
}
