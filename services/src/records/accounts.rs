//! Accounts and sessions.

use super::{Stored, item, keys, load};
use crate::ports::{Condition, Table, Write};
use crate::{Error, Result};
use domain::account::Account;
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

#[derive(Serialize, Deserialize)]
struct EmailOwner {
    account: AccountId,
}

pub(crate) async fn account(table: &dyn Table, id: AccountId) -> Result<Option<Account>> {
    Ok(load(table, &keys::account(id)).await?.map(|stored| stored.value))
}

pub(crate) async fn account_by_email(table: &dyn Table, email: &Email) -> Result<Option<Account>> {
    match load::<EmailOwner>(table, &keys::email(email)).await? {
        Some(owner) => account(table, owner.value.account).await,
        None => Ok(None),
    }
}

/// Adds an account; refused where the address is taken.
pub(crate) async fn add(table: &dyn Table, account: &Account) -> Result<()> {
    let owner = EmailOwner { account: account.id };
    let writes = vec![
        Write::Put(item(keys::email(&account.email), &owner)?, Condition::Absent),
        Write::Put(item(keys::account(account.id), account)?, Condition::Absent),
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
