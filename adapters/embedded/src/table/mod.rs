//! [`Table`] in SQLite: one row an item, one SQL index an index of the port.

mod change;
mod lookup;

pub(crate) use change::sweep;

use crate::sqlite::{Database, Failure};
use async_trait::async_trait;
use services::ports::{Item, Key, Page, Query, Table, TableError, Write, request};
use std::sync::Arc;

/// All records, in a [`Database`].
pub struct SqliteTable {
    database: Arc<Database>,
}

impl SqliteTable {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Table for SqliteTable {
    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        request::check_key(key)?;
        let now = self.database.clock().now();
        Ok(self.database.read(|connection| lookup::get(connection, key, now))?)
    }

    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        request::check_keys(keys)?;
        let now = self.database.clock().now();
        Ok(self.database.read(|connection| lookup::batch_get(connection, keys, now))?)
    }

    async fn query(&self, query: Query) -> Result<Page, TableError> {
        request::check_query(&query)?;
        let now = self.database.clock().now();
        Ok(self.database.read(|connection| lookup::query(connection, &query, now))?)
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TableError> {
        request::check_writes(&writes)?;
        let now = self.database.clock().now();
        self.database.write(move |connection| change::transact(connection, &writes, now)).await
    }

    async fn add(&self, key: &Key, amount: i64) -> Result<i64, TableError> {
        request::check_key(key)?;
        let (key, now) = (key.clone(), self.database.clock().now());
        self.database.write(move |connection| Ok(change::add(connection, &key, amount, now)?)).await
    }
}

impl From<Failure> for TableError {
    fn from(failure: Failure) -> Self {
        if failure.is_passing() {
            TableError::Unavailable(failure.into())
        } else {
            TableError::Internal(failure.into())
        }
    }
}
