//! Who somebody is whom a user pool has given tokens.

use super::groups::RoleGroups;
use super::pool::Issued;
use super::tokens::{Identified, TokenError, Tokens};
use serde::{Deserialize, Serialize};
use services::ports::{self, IdentityError, Person, Subject};

/// What is kept of somebody's tokens, sealed by services, for as long as their session lasts. An ID token is read and
/// forgotten.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) access: String,
    pub(super) refresh: String,
    /// The pool's own name for the person, which goes into secret hashes.
    pub(super) username: String,
}

/// Reads tokens.
pub(super) struct People {
    pub(super) tokens: Tokens,
    pub(super) groups: RoleGroups,
}

impl People {
    /// What the ID token says, which is the pool's and for us.
    pub(super) async fn identified(&self, issued: &Issued) -> Result<Identified, IdentityError> {
        self.tokens.person(&issued.id).await.map_err(|error| match error {
            TokenError::Refused(_) => internal(error),
            TokenError::Unavailable(error) => IdentityError::Unavailable(error),
        })
    }

    /// Who that is, with what is kept of the tokens; `before` is what was kept until now. `None` for somebody without a
    /// verified address: an account is found by its address, and one that somebody only claims would open another's.
    pub(super) fn person(
        &self,
        told: Identified,
        issued: Issued,
        before: Option<&Kept>,
    ) -> Result<Option<Person>, IdentityError> {
        let address = told.email.filter(|_| told.email_verified).and_then(|email| email.parse().ok());
        let Some(email) = address else { return Ok(None) };
        let refresh = issued.refresh.or_else(|| before.map(|kept| kept.refresh.clone()));
        let refresh = refresh.ok_or_else(|| internal("a sign-in without a refresh token"))?;
        let kept = Kept { access: issued.access, refresh, username: told.username };
        Ok(Some(Person {
            subject: Subject(told.sub),
            email,
            name: told.name.and_then(|name| name.parse().ok()),
            role: Some(self.groups.role(&told.groups)),
            tokens: Some(ports::Tokens(serde_json::to_string(&kept).map_err(internal)?)),
        }))
    }
}

fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> IdentityError {
    IdentityError::Internal(error.into())
}
