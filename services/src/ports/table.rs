//! All records: a key-value table with sort keys, conditions, transactions and two secondary indexes.
//!
//! The shape is DynamoDB's (developer guide, "Core components"), so that SQLite and DynamoDB behave alike.

use async_trait::async_trait;
use domain::time::Timestamp;

/// The most bytes of a document (DynamoDB's item limit is 400 KB, keys and attribute names included).
pub const MAX_ITEM_BYTES: usize = 400_000;

/// The most writes of one transaction.
pub const MAX_TRANSACT_ITEMS: usize = 100;

/// Where an item lives. Sort keys order as UTF-8 bytes. Neither part is empty; a partition key has at most
/// 2,048 bytes, a sort key at most 1,024.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub partition: String,
    /// Sort key.
    pub sort: String,
}

impl Key {
    /// From its two parts.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// A stored item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it lives.
    pub key: Key,
    /// Its JSON document.
    pub document: String,
    /// Counts the puts of this item, from 1. [`Table`] sets it; what a writer passes is ignored.
    pub version: u64,
    /// The item's counter, changed by [`Write::Add`] alone: puts leave it as it is.
    pub counter: i64,
    /// From this moment on the item is not there any more.
    pub expires: Option<Timestamp>,
    /// Where it lives in the first index, if at all.
    pub first: Option<Key>,
    /// Where it lives in the second index, if at all.
    pub second: Option<Key>,
}

impl Item {
    /// A new item with this document, in no index, without expiry.
    pub fn new(key: Key, document: String) -> Self {
        Self { key, document, version: 0, counter: 0, expires: None, first: None, second: None }
    }
}

/// What must be true of the item under the key for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    None,
    /// There is no such item.
    Absent,
    /// There is such an item.
    Present,
    /// There is such an item, and its version is this.
    Version(u64),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Puts the item in the place of whatever was there.
    Put(Item, Condition),
    /// Takes the item away. Without a condition, deleting nothing is fine.
    Delete(Key, Condition),
    /// Adds to the item's counter. An item that is not there is made, with the document `{}` and version 1.
    Add(Key, i64),
    /// Changes nothing; fails the transaction where the condition does not hold.
    Check(Key, Condition),
}

impl Write {
    /// The key that is written.
    pub fn key(&self) -> &Key {
        match self {
            Write::Put(item, _) => &item.key,
            Write::Delete(key, _) | Write::Add(key, _) | Write::Check(key, _) => key,
        }
    }
}

/// In which order to look things up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// By [`Item::key`].
    Primary,
    /// By [`Item::first`].
    First,
    /// By [`Item::second`].
    Second,
}

/// Which sort keys of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Every one.
    All,
    /// Those that start so.
    Prefix(String),
    /// Those from the first to the second, both included.
    Between(String, String),
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest sort key first.
    Ascending,
    /// Largest sort key first.
    Descending,
}

/// Where a page ended. In an index several items may share a sort key: the item's own key tells them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last item's sort key in the index that was asked.
    pub sort: String,
    /// The last item's own key.
    pub key: Key,
}

/// What to look up: a range of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// In which index.
    pub index: Index,
    /// Partition key in that index.
    pub partition: String,
    /// Which sort keys.
    pub range: Range,
    /// In which order.
    pub direction: Direction,
    /// The most items to return: at least 1, at most 1,000.
    pub limit: usize,
    /// Where to go on: the last page's [`Page::next`]. It need not name an item that is (still) there.
    pub after: Option<Cursor>,
}

impl Query {
    /// The first items of a partition, ascending by its primary key.
    pub fn partition(partition: impl Into<String>, limit: usize) -> Self {
        Self {
            index: Index::Primary,
            partition: partition.into(),
            range: Range::All,
            direction: Direction::Ascending,
            limit,
            after: None,
        }
    }
}

/// A part of a query's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order that was asked for.
    pub items: Vec<Item>,
    /// Where to go on, if there is (or may be) more.
    pub next: Option<Cursor>,
}

/// Why the table did not do it.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A condition did not hold; nothing was written. `at` is the place of the write in the transaction.
    #[error("the condition of write {at} did not hold")]
    Conflict {
        /// Place in the transaction, from 0.
        at: usize,
    },
    /// The document has more than [`MAX_ITEM_BYTES`]. Never try again.
    #[error("the item {key:?} has {bytes} bytes, more than {MAX_ITEM_BYTES}")]
    TooLarge {
        /// Which item.
        key: Key,
        /// Its size.
        bytes: usize,
    },
    /// The request itself is wrong: an empty key, too many items, one key twice. Never try again.
    #[error("invalid table request: {0}")]
    Invalid(&'static str),
    /// The table does not answer now. Trying again may help.
    #[error("the table is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the table failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// All records.
///
/// Reads see every write that was acknowledged before they began. An expired item is absent to reads,
/// queries and conditions from its moment on, whether or not it was swept from the store.
#[async_trait]
pub trait Table: Send + Sync + 'static {
    /// The item under a key.
    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError>;

    /// The items under the keys (at most 100, each once), those that are there, in any order.
    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, TableError>;

    /// A range of a partition. A page may end before its limit (DynamoDB's at 1 MB): only
    /// [`Page::next`] says whether there is more.
    async fn query(&self, query: Query) -> Result<Page, TableError>;

    /// Writes all or nothing, durably, before it returns: at most [`MAX_TRANSACT_ITEMS`], each key once.
    ///
    /// A transaction that lost to a concurrent one is retried by the adapter; `Conflict` means that a
    /// condition did not hold. After `Unavailable` the writes may or may not have happened.
    async fn transact(&self, writes: Vec<Write>) -> Result<(), TableError>;

    /// Adds to a counter and returns its new value, as [`Write::Add`] does.
    async fn add(&self, key: &Key, amount: i64) -> Result<i64, TableError>;

    /// One change: a transaction of one.
    async fn write(&self, write: Write) -> Result<(), TableError> {
        self.transact(vec![write]).await
    }
}
