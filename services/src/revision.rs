//! Notices when what every visitor sees may have changed, for those who keep rendered pages.

use crate::ports::{Item, Key, Page, Query, Table, TableError, Write};
use crate::records::keys;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the changes of what every visitor sees. Other processes' changes are not counted: who relies on it
/// forgets after some seconds all the same.
#[derive(Debug, Clone, Default)]
pub struct Revision(Arc<AtomicU64>);

impl Revision {
    /// The number of changes so far. What was read after asking is at least as new as the number.
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// The same table, with its changes counted here.
    pub fn watch(&self, table: Arc<dyn Table>) -> Arc<dyn Table> {
        Arc::new(Watched { table, revision: self.clone() })
    }
}

/// A table whose changes are counted, once they are made and before they are acknowledged.
struct Watched {
    table: Arc<dyn Table>,
    revision: Revision,
}

#[async_trait]
impl Table for Watched {
    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.table.get(key).await
    }

    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        self.table.batch_get(keys).await
    }

    async fn query(&self, query: Query) -> Result<Page, TableError> {
        self.table.query(query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let seen = writes.iter().any(|write| keys::visitors_see(write.key()));
        let result = self.table.transact(writes).await;
        // Also after a failure: it may have happened all the same.
        if seen {
            self.revision.0.fetch_add(1, Ordering::AcqRel);
        }
        result
    }

    async fn add(&self, key: &Key, amount: i64) -> Result<i64, TableError> {
        self.table.add(key, amount).await
    }
}
