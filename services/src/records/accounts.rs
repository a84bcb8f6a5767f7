//! Accounts and sessions.

use super::{Stored, item, keys, load, parse};
use crate::ports::{Condition, Cursor, Direction, Index, Key, Query, Table, Write};
use crate::{Error, Result};
use domain::account::{Account, Role};
use domain::id::AccountId;
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The record of a session. Its key is the hash of the token that the browser holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) created: Timestamp,
}

/// How often sign-in failed of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Attempts {
    pub(crate) failures: u32,
}

/// The record of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    #[serde(flatten)]
    pub(crate) account: Account,
    /// Sessions that began up to this moment have ended, whatever their own records say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sessions_ended: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct EmailOwner {
    account: AccountId,
}

pub(crate) async fn account(table: &dyn Table, id: AccountId) -> Result<Option<Account>> {
    Ok(record(table, id).await?.map(|stored| stored.value.account))
}

pub(crate) async fn record(table: &dyn Table, id: AccountId) -> Result<Option<Stored<AccountRecord>>> {
    load(table, &keys::account(id)).await
}

/// Accounts by id, at most 100, in any order; those that are gone are left out.
pub(crate) async fn accounts(table: &dyn Table, ids: &[AccountId]) -> Result<Vec<Account>> {
    let keys: Vec<Key> = ids.iter().map(|id| keys::account(*id)).collect();
    let items = table.batch_get(&keys).await?;
    items.iter().map(|item| parse(item).map(|stored| stored.value)).collect()
}

pub(crate) fn put(record: &AccountRecord, condition: Condition) -> Result<Write> {
    let Account { id, role, .. } = record.account;
    let mut item = item(keys::account(id), record)?;
    item.first = Some(Key::new(keys::PEOPLE, id.to_string()));
    item.second = Some(Key::new(keys::with_role(role), id.to_string()));
    Ok(Write::Put(item, condition))
}

/// Accounts, of all roles or of one, who joined last first, from after `after`; and whether there are more.
pub(crate) async fn people(
    table: &dyn Table,
    role: Option<Role>,
    after: Option<AccountId>,
    limit: usize,
) -> Result<(Vec<Stored<AccountRecord>>, bool)> {
    let (index, partition) = match role {
        None => (Index::First, keys::PEOPLE.to_owned()),
        Some(role) => (Index::Second, keys::with_role(role)),
    };
    let after = after.map(|id| Cursor { sort: id.to_string(), key: keys::account(id) });
    let direction = Direction::Descending;
    let page = table.query(Query { index, direction, after, ..Query::partition(partition, limit) }).await?;
    Ok((page.items.iter().map(parse).collect::<Result<_>>()?, page.next.is_some()))
}

pub(crate) async fn account_by_email(table: &dyn Table, email: &Email) -> Result<Option<Account>> {
    match load::<EmailOwner>(table, &keys::email(email)).await? {
        Some(owner) => account(table, owner.value.account).await,
        None => Ok(None),
    }
}

/// Adds an account, which is logged; refused where the address is taken.
pub(crate) async fn add(table: &dyn Table, account: &Account, logged: Write) -> Result<()> {
    let owner = EmailOwner { account: account.id };
    let writes = vec![
        Write::Put(item(keys::email(&account.email), &owner)?, Condition::Absent),
        put(&AccountRecord { account: account.clone(), sessions_ended: None }, Condition::Absent)?,
        logged,
    ];
    match table.transact(writes).await.map_err(Error::from) {
        Err(Error::Conflict) => Err(Error::invalid("E-mail", "belongs to another account")),
        other => other,
    }
}

pub(crate) async fn session(table: &dyn Table, hash: &str) -> Result<Option<Session>> {
    Ok(load(table, &keys::session(hash)).await?.map(|stored| stored.value))
}

pub(crate) fn put_session(hash: &str, session: &Session, expires: Timestamp) -> Result<Write> {
    let mut item = item(keys::session(hash), session)?;
    item.expires = Some(expires);
    Ok(Write::Put(item, Condition::Absent))
}

pub(crate) fn delete_session(hash: &str) -> Write {
    Write::Delete(keys::session(hash), Condition::None)
}

pub(crate) async fn attempts(table: &dyn Table, hash: &str) -> Result<Option<Stored<Attempts>>> {
    load(table, &keys::attempts(hash)).await
}

/// Notes failed attempts, to be forgotten at `expires`.
pub(crate) fn put_attempts(
    hash: &str,
    attempts: Attempts,
    before: Option<u64>,
    expires: Timestamp,
) -> Result<Write> {
    let mut item = item(keys::attempts(hash), &attempts)?;
    item.expires = Some(expires);
    Ok(Write::Put(item, before.map_or(Condition::Absent, Condition::Version)))
}
