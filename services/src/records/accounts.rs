//! Accounts.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Key, Query, Subject, Table, Write};
use domain::account::{Account, Role};
use domain::id::AccountId;
use domain::text::Email;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The record of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    #[serde(flatten)]
    pub(crate) account: Account,
    /// What the identity provider calls its owner.
    pub(crate) subject: Subject,
    /// Sessions that began up to this moment have ended, whatever their own records say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sessions_ended: Option<Timestamp>,
    /// How far its role has come, if somebody gave it and not the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role_given: Option<RoleGiven>,
}

/// How far a role that somebody gave has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoleGiven {
    /// The provider does not know of it.
    Untold,
    /// It does, since then.
    Told(Timestamp),
}

#[derive(Serialize, Deserialize)]
struct Owner {
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

/// What is written with it is written only while the account is there.
pub(crate) fn while_there(id: AccountId) -> Write {
    Write::Check(keys::account(id), Condition::Present)
}

pub(crate) fn delete(id: AccountId, condition: Condition) -> Write {
    Write::Delete(keys::account(id), condition)
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
    match load::<Owner>(table, &keys::email(email)).await? {
        Some(owner) => account(table, owner.value.account).await,
        None => Ok(None),
    }
}

/// The account of who the provider calls this.
pub(crate) async fn by_subject(
    table: &dyn Table,
    subject: &Subject,
) -> Result<Option<Stored<AccountRecord>>> {
    match load::<Owner>(table, &keys::subject(subject)).await? {
        Some(owner) => record(table, owner.value.account).await,
        None => Ok(None),
    }
}

/// What makes an account known by its address; refused where that is taken.
pub(crate) fn put_email(account: &Account) -> Result<Write> {
    let owner = Owner { account: account.id };
    Ok(Write::Put(item(keys::email(&account.email), &owner)?, Condition::Absent))
}

pub(crate) fn delete_email(email: &Email) -> Write {
    Write::Delete(keys::email(email), Condition::None)
}

/// What makes an account known by its owner's name with the provider.
pub(crate) fn put_subject(subject: &Subject, account: AccountId) -> Result<Write> {
    Ok(Write::Put(item(keys::subject(subject), &Owner { account })?, Condition::None))
}

pub(crate) fn delete_subject(subject: &Subject) -> Write {
    Write::Delete(keys::subject(subject), Condition::None)
}

/// A new address that waits for its owner, at the old one, to approve it; then for the new one to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewEmail {
    pub(crate) email: Email,
    /// The hash of the code that the old address got; once that has approved, of the new one's.
    pub(crate) code: String,
    pub(crate) approved: bool,
}

pub(crate) async fn new_email(table: &dyn Table, account: AccountId) -> Result<Option<Stored<NewEmail>>> {
    load(table, &keys::new_email(account)).await
}

pub(crate) fn put_new_email(account: AccountId, new: &NewEmail, expires: Timestamp) -> Result<Write> {
    let mut item = item(keys::new_email(account), new)?;
    item.expires = Some(expires);
    Ok(Write::Put(item, Condition::None))
}

pub(crate) fn delete_new_email(account: AccountId) -> Write {
    Write::Delete(keys::new_email(account), Condition::None)
}

/// The hashes of the recovery codes that are left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct RecoveryCodes {
    pub(crate) hashes: Vec<String>,
}

pub(crate) async fn recovery_codes(
    table: &dyn Table,
    account: AccountId,
) -> Result<Option<Stored<RecoveryCodes>>> {
    load(table, &keys::recovery_codes(account)).await
}

pub(crate) fn put_recovery_codes(
    account: AccountId,
    codes: &RecoveryCodes,
    condition: Condition,
) -> Result<Write> {
    Ok(Write::Put(item(keys::recovery_codes(account), codes)?, condition))
}

pub(crate) fn delete_recovery_codes(account: AccountId) -> Write {
    Write::Delete(keys::recovery_codes(account), Condition::None)
}
