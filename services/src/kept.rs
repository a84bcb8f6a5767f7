//! Keeps what was made of records that every visitor sees alike.

use crate::clock::Clock;
use crate::revision::Revision;
use domain::time::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// The longest that anything is kept: another server may have changed what it was made of.
const FRESH: Duration = Duration::from_secs(10);

/// Values that are kept until something that visitors see changes here ([`Revision`]), and for ten seconds at
/// most. Cheap to clone.
pub struct Kept<K, V> {
    values: Arc<Values<K, V>>,
    revision: Revision,
    clock: Arc<dyn Clock>,
}

type Values<K, V> = Cache<K, (V, AsOf), Size<K, V>>;

/// How old what was read is at most.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    revision: u64,
    moment: Timestamp,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// Keeps values of at most `bytes` in all, about `items` of them. `size` says how many bytes one has.
    pub fn new(
        revision: Revision,
        clock: Arc<dyn Clock>,
        items: usize,
        bytes: u64,
        size: fn(&K, &V) -> usize,
    ) -> Self {
        let values = Arc::new(Cache::with_weighter(items, bytes, Size(size)));
        Self { values, revision, clock }
    }

    /// What is kept, where nothing has changed since.
    pub fn get(&self, key: &K) -> Option<V> {
        let (value, made) = self.values.get(key)?;
        let now = self.as_of();
        // A clock that was set back says nothing about age.
        let fresh = made.revision == now.revision
            && made.moment <= now.moment
            && now.moment.since(made.moment) < FRESH;
        fresh.then_some(value)
    }

    /// To be asked before the records are read of which something to keep is made.
    pub fn as_of(&self) -> AsOf {
        AsOf { revision: self.revision.now(), moment: self.clock.now() }
    }

    /// Keeps a value.
    pub fn keep(&self, key: K, value: V, as_of: AsOf) {
        self.values.insert(key, (value, as_of));
    }
}

impl<K, V> Clone for Kept<K, V> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), revision: self.revision.clone(), clock: self.clock.clone() }
    }
}

struct Size<K, V>(fn(&K, &V) -> usize);

impl<K, V> Clone for Size<K, V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<K, V> Weighter<K, (V, AsOf)> for Size<K, V> {
    fn weight(&self, key: &K, (value, _): &(V, AsOf)) -> u64 {
        (self.0)(key, value) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::TestClock;
    use crate::contract::table::memory::MemoryTable;
    use crate::ports::{Condition, Item, Key, Table, Write};

    fn kept(clock: Arc<TestClock>) -> (Kept<u8, &'static str>, Arc<dyn Table>) {
        let revision = Revision::default();
        let table = revision.watch(Arc::new(MemoryTable::new(clock.clone())));
        (Kept::new(revision, clock, 10, 1000, |_, value| value.len()), table)
    }

    #[tokio::test]
    async fn a_value_is_kept_until_a_visible_change() {
        let (kept, table) = kept(TestClock::new());
        let before = kept.as_of();
        kept.keep(1, "one", before);
        assert_eq!((kept.get(&1), kept.get(&2)), (Some("one"), None));
        let write = Write::Put(Item::new(Key::new("COURSE#1", "COURSE"), "{}".into()), Condition::None);
        table.write(write).await.unwrap();
        assert_eq!(kept.get(&1), None);
        kept.keep(1, "made of what was read before the change", before);
        assert_eq!(kept.get(&1), None);
        kept.keep(1, "new", kept.as_of());
        assert_eq!(kept.get(&1), Some("new"));
    }

    #[tokio::test]
    async fn a_value_is_kept_for_seconds_at_most() {
        let clock = TestClock::new();
        let (kept, _) = kept(clock.clone());
        kept.keep(1, "one", kept.as_of());
        clock.advance(FRESH - Duration::from_millis(1));
        assert_eq!(kept.get(&1), Some("one"));
        clock.advance(Duration::from_millis(1));
        assert_eq!(kept.get(&1), None);
    }
}
