//! Invitations to have an account.

use super::{item, keys, load, parse};
use crate::Result;
use crate::ports::{Condition, Cursor, Direction, Index, Item, Query, Table, Write};
use domain::account::Role;
use domain::id::AccountId;
use domain::text::{DisplayName, Email};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody may have an account. The key is the hash of the code that they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) email: Email,
    pub(crate) role: Role,
    /// The name of who invites, as it was then.
    pub(crate) by: DisplayName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inviter: Option<AccountId>,
    pub(crate) until: Timestamp,
}

pub(crate) async fn invitation(table: &dyn Table, hash: &str) -> Result<Option<Invitation>> {
    Ok(load(table, &keys::invitation(hash)).await?.map(|stored| stored.value))
}

/// Invitations that were not taken up, with their hashes, those first that end first, from after a place; and where to
/// go on.
pub(crate) async fn open(
    table: &dyn Table,
    after: Option<Cursor>,
    limit: usize,
) -> Result<(Vec<(String, Invitation)>, Option<Cursor>)> {
    listed(table, Query { after, ..Query::partition(keys::INVITATIONS, limit) }).await
}

/// Those that were made last; and whether there are more.
pub(crate) async fn newest(table: &dyn Table, limit: usize) -> Result<(Vec<(String, Invitation)>, bool)> {
    let query = Query { direction: Direction::Descending, ..Query::partition(keys::INVITATIONS, limit) };
    let (found, next) = listed(table, query).await?;
    Ok((found, next.is_some()))
}

async fn listed(table: &dyn Table, query: Query) -> Result<(Vec<(String, Invitation)>, Option<Cursor>)> {
    let page = table.query(Query { index: Index::First, ..query }).await?;
    let invitation = |item: &Item| Ok((keys::hash_of_invitation(&item.key).to_owned(), parse(item)?.value));
    Ok((page.items.iter().map(invitation).collect::<Result<_>>()?, page.next))
}

pub(crate) fn put(hash: &str, invitation: &Invitation) -> Result<Write> {
    let mut item = item(keys::invitation(hash), invitation)?;
    item.expires = Some(invitation.until);
    item.first = Some(keys::open_invitation(invitation.until, hash));
    Ok(Write::Put(item, Condition::Absent))
}

pub(crate) fn delete(hash: &str) -> Write {
    Write::Delete(keys::invitation(hash), Condition::None)
}
