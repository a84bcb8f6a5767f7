//! Who teaches courses of others, and who was asked to.

use super::{item, keys, parse};
use crate::Result;
use crate::ports::{Condition, Index, Item, Query, Range, Table, Write};
use domain::id::{AccountId, CourseId};
use domain::text::Email;
use serde::{Deserialize, Serialize};

/// Somebody was asked to teach a course together with its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) course: CourseId,
    pub(crate) email: Email,
}

/// The courses of others that an account teaches with them, oldest first.
pub(crate) async fn taught(table: &dyn Table, account: AccountId, limit: usize) -> Result<Vec<CourseId>> {
    let range = Range::Prefix(keys::TEACHES.to_owned());
    let page =
        table.query(Query { range, ..Query::partition(keys::account_partition(account), limit) }).await?;
    let course = |item: &Item| item.key.sort.strip_prefix(keys::TEACHES)?.parse().ok();
    Ok(page.items.iter().filter_map(course).collect())
}

pub(crate) fn put_taught(account: AccountId, course: CourseId) -> Write {
    Write::Put(Item::new(keys::teaches(account, course), "{}".into()), Condition::None)
}

pub(crate) fn delete_taught(account: AccountId, course: CourseId) -> Write {
    Write::Delete(keys::teaches(account, course), Condition::None)
}

pub(crate) fn put_invitation(invitation: &Invitation, condition: Condition) -> Result<Write> {
    let mut item = item(keys::invited(invitation.course, &invitation.email), invitation)?;
    item.first = Some(keys::invited_to(&invitation.email, invitation.course));
    Ok(Write::Put(item, condition))
}

/// Takes an invitation away; the transaction fails where there is none.
pub(crate) fn delete_invitation(course: CourseId, email: &Email) -> Write {
    Write::Delete(keys::invited(course, email), Condition::Present)
}

/// The same, whether there is one or not.
pub(crate) fn forget_invitation(course: CourseId, email: &Email) -> Write {
    Write::Delete(keys::invited(course, email), Condition::None)
}

/// Who was asked to teach a course.
pub(crate) async fn invited(table: &dyn Table, course: CourseId, limit: usize) -> Result<Vec<Email>> {
    let query = Query::partition(keys::invited_partition(course), limit);
    invitations(table, query, |invitation| invitation.email).await
}

/// Which courses an address is asked to teach.
pub(crate) async fn invited_to(table: &dyn Table, email: &Email, limit: usize) -> Result<Vec<CourseId>> {
    let query = Query { index: Index::First, ..Query::partition(keys::invited_to_partition(email), limit) };
    invitations(table, query, |invitation| invitation.course).await
}

async fn invitations<T>(table: &dyn Table, query: Query, of: impl Fn(Invitation) -> T) -> Result<Vec<T>> {
    let page = table.query(query).await?;
    page.items.iter().map(|item| Ok(of(parse::<Invitation>(item)?.value))).collect()
}
