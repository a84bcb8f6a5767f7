//! How somebody wants to be addressed.

use super::{Stored, item, keys, load};
use crate::Result;
use crate::ports::{Condition, Table, Write};
use domain::caption::Language;
use domain::id::AccountId;
use domain::mail::Topic;
use domain::text::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The record of what an account prefers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preferences {
    /// The language that it reads best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
    /// Where its clock is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<TimeZone>,
    /// What it wants no mails about.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) unwanted: BTreeSet<Topic>,
    /// Signs the links that end mails, base64url; none before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mail_key: Option<String>,
}

/// None yet is the default.
pub(crate) async fn preferences(table: &dyn Table, account: AccountId) -> Result<Stored<Preferences>> {
    let stored = load(table, &keys::preferences(account)).await?;
    Ok(stored.unwrap_or(Stored { value: Preferences::default(), version: 0 }))
}

/// Writes them back against the version that was read.
pub(crate) fn put(account: AccountId, preferences: &Preferences, before: u64) -> Result<Write> {
    let condition = if before == 0 { Condition::Absent } else { Condition::Version(before) };
    Ok(Write::Put(item(keys::preferences(account), preferences)?, condition))
}
