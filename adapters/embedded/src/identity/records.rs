//! What is kept of a person, all under `CREDENTIAL#{email}`:
//!
//! | sort | what |
//! |---|---|
//! | `PASSWORD` | how they sign in |
//! | `REGISTRATION` | a registration that waits for its code (expires) |
//! | `RESET` | the code that resets the password (expires) |
//!
//! Codes are kept as their SHA-256 alone.

use super::{internal, table_failed};
use aws_lc_rs::digest;
use domain::code::Code;
use domain::text::{DisplayName, Email};
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use services::ports::{Condition, IdentityError, Item, Key, Subject, Table, TotpSecret, Write};

/// How somebody signs in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Credential {
    pub(super) subject: Subject,
    pub(super) name: DisplayName,
    /// A PHC string.
    pub(super) hash: String,
    /// The second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) authenticator: Option<Authenticator>,
    /// One whose first code is awaited: it is not asked for yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<Authenticator>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Authenticator {
    pub(super) key: TotpSecret,
    /// The step of the last code that was used.
    pub(super) last: u64,
}

/// A registration that waits for its code.
#[derive(Serialize, Deserialize)]
pub(super) struct Registration {
    pub(super) name: DisplayName,
    pub(super) hash: String,
    pub(super) code: String,
}

/// A code that resets the password.
#[derive(Serialize, Deserialize)]
pub(super) struct Reset {
    pub(super) code: String,
}

/// A record, and the version to write it back against.
pub(super) struct Stored<T> {
    pub(super) value: T,
    pub(super) version: u64,
}

pub(super) const PASSWORD: &str = "PASSWORD";
pub(super) const REGISTRATION: &str = "REGISTRATION";
pub(super) const RESET: &str = "RESET";

pub(super) fn key(email: &Email, sort: &str) -> Key {
    Key::new(format!("CREDENTIAL#{email}"), sort)
}

pub(super) async fn load<T: DeserializeOwned>(
    table: &dyn Table,
    email: &Email,
    sort: &str,
) -> Result<Option<Stored<T>>, IdentityError> {
    let Some(item) = table.get(&key(email, sort)).await.map_err(table_failed)? else { return Ok(None) };
    let value = serde_json::from_str(&item.document).map_err(internal)?;
    Ok(Some(Stored { value, version: item.version }))
}

pub(super) fn put<T: Serialize>(
    email: &Email,
    sort: &str,
    value: &T,
    expires: Option<Timestamp>,
    condition: Condition,
) -> Result<Write, IdentityError> {
    let mut item = Item::new(key(email, sort), serde_json::to_string(value).map_err(internal)?);
    item.expires = expires;
    Ok(Write::Put(item, condition))
}

pub(super) fn delete(email: &Email, sort: &str, condition: Condition) -> Write {
    Write::Delete(key(email, sort), condition)
}

pub(super) fn digest_of(code: &Code) -> String {
    let digest = digest::digest(&digest::SHA256, code.digits().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
