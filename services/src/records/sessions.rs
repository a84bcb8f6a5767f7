//! Sessions, and what stands before one: challenges.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::accounts::Sealed;
use crate::ports::{Condition, Index, Query, Table, Write};
use domain::device::DeviceName;
use domain::id::AccountId;
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The most sessions that are listed of an account.
const MOST: usize = 100;

/// The record of a session. Its key is the hash of the token that the browser holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    /// When its owner signed in.
    pub(crate) created: Timestamp,
    /// When it was last used, to some minutes.
    pub(crate) seen: Timestamp,
    /// When its owner last gave their password.
    pub(crate) proved: Timestamp,
    /// The browser.
    pub(crate) device: DeviceName,
    /// Where it was last used from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<IpAddr>,
    /// What it keeps that is secret, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<Sealed>,
}

pub(crate) async fn session(table: &dyn Table, hash: &str) -> Result<Option<Stored<Session>>> {
    load(table, &keys::session(hash)).await
}

/// An account's sessions with their hashes, the newest first; among them may be some that have ended.
pub(crate) async fn of_account(table: &dyn Table, account: AccountId) -> Result<Vec<(String, Session)>> {
    let mut query = Query::partition(keys::sessions_partition(account), MOST);
    query.index = Index::First;
    query.direction = crate::ports::Direction::Descending;
    let page = table.query(query).await?;
    let session = |item| {
        let session = parse(item)?.value;
        Ok((keys::hash_of_session(&item.key).to_owned(), session))
    };
    page.items.iter().map(session).collect()
}

pub(crate) fn put(hash: &str, session: &Session, expires: Timestamp, condition: Condition) -> Result<Write> {
    let mut item = item(keys::session(hash), session)?;
    item.expires = Some(expires);
    item.first = Some(keys::session_of(session.account, session.created, hash));
    Ok(Write::Put(item, condition))
}

pub(crate) fn delete(hash: &str) -> Write {
    Write::Delete(keys::session(hash), Condition::None)
}

/// Somebody who gave the right password, and from whom more is asked. Its key is the hash of a token, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) email: Email,
    /// The [`Challenge`](crate::ports::Challenge), sealed with that token.
    pub(crate) challenge: Sealed,
}

pub(crate) async fn pending(table: &dyn Table, hash: &str) -> Result<Option<Pending>> {
    Ok(load(table, &keys::challenge(hash)).await?.map(|stored| stored.value))
}

pub(crate) fn put_pending(hash: &str, pending: &Pending, expires: Timestamp) -> Result<Write> {
    let mut item = item(keys::challenge(hash), pending)?;
    item.expires = Some(expires);
    Ok(Write::Put(item, Condition::None))
}

pub(crate) fn delete_pending(hash: &str) -> Write {
    Write::Delete(keys::challenge(hash), Condition::None)
}
