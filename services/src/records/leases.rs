//! The leases of an account: one record, so that a limit on them is kept by a condition on its version.

use super::{Stored, item, keys, load};
use crate::Result;
use crate::ports::{Condition, Table, Write};
use domain::id::AccountId;
use domain::lease::Leases;
use domain::time::Timestamp;
use std::time::Duration;

/// How long the record outlives its leases, also when none is left. Were it gone at once, a new one could have the
/// version that a change under way has read of the old one, and would be overwritten.
const OUTLIVES: Duration = Duration::from_secs(3600);

pub(crate) async fn of_account(table: &dyn Table, account: AccountId) -> Result<Option<Stored<Leases>>> {
    load(table, &keys::leases(account)).await
}

/// Puts the leases in the place of those that were read, of version `before`.
pub(crate) fn put(account: AccountId, leases: &Leases, before: Option<u64>, now: Timestamp) -> Result<Write> {
    let mut item = item(keys::leases(account), leases)?;
    item.expires = Some(leases.until().map_or(now, |until| until.max(now)).plus(OUTLIVES));
    Ok(Write::Put(item, before.map_or(Condition::Absent, Condition::Version)))
}
