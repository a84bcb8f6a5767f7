//! Accounts that will be deleted, by when.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Index, Query, Range, Table, Write};
use domain::id::AccountId;
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An account will be deleted, or is being deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deletion {
    pub(crate) account: AccountId,
    /// When.
    pub(crate) on: Timestamp,
    /// The address that it had: the account itself is gone, and what was below it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gone: Option<Email>,
}

pub(crate) async fn deletion(table: &dyn Table, account: AccountId) -> Result<Option<Stored<Deletion>>> {
    load(table, &keys::deletion(account)).await
}

/// Those whose time has come, who wait longest first.
pub(crate) async fn due(table: &dyn Table, now: Timestamp, limit: usize) -> Result<Vec<Deletion>> {
    let range = Range::Between("0".to_owned(), keys::due_until(now));
    let query = Query { index: Index::First, range, ..Query::partition(keys::DELETIONS, limit) };
    let page = table.query(query).await?;
    page.items.iter().map(|item| Ok(parse(item)?.value)).collect()
}

pub(crate) fn put(deletion: &Deletion, condition: Condition) -> Result<Write> {
    let mut item = item(keys::deletion(deletion.account), deletion)?;
    item.first = Some(keys::deletion_by_time(deletion.on, deletion.account));
    Ok(Write::Put(item, condition))
}

pub(crate) fn delete(account: AccountId, condition: Condition) -> Write {
    Write::Delete(keys::deletion(account), condition)
}
