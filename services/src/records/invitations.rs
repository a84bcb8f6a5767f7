//! Invitations to have an account.

use super::{item, keys, load};
use crate::Result;
use crate::ports::{Condition, Table, Write};
use domain::account::Role;
use domain::text::{DisplayName, Email};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody may have an account. The key is the hash of the code that they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) email: Email,
    pub(crate) role: Role,
    pub(crate) by: DisplayName,
    pub(crate) until: Timestamp,
}

pub(crate) async fn invitation(table: &dyn Table, hash: &str) -> Result<Option<Invitation>> {
    Ok(load(table, &keys::invitation(hash)).await?.map(|stored| stored.value))
}

pub(crate) fn put(hash: &str, invitation: &Invitation) -> Result<Write> {
    let mut item = item(keys::invitation(hash), invitation)?;
    item.expires = Some(invitation.until);
    Ok(Write::Put(item, Condition::Absent))
}

pub(crate) fn delete(hash: &str) -> Write {
    Write::Delete(keys::invitation(hash), Condition::None)
}
