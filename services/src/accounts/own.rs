//! What people do to their own account, and the password that they give again for what is dangerous.

use super::second_factor::show;
use super::sessions::{Secrets, live, open, rotate};
use super::{Origin, SessionToken, limits};
use crate::access;
use crate::ports::{SignIn, Whom};
use crate::records::Stored;
use crate::records::accounts::AccountRecord;
use crate::records::sessions::Session;
use crate::{Error, Result, Stoa};
use domain::account::{Account, Actor};
use domain::permission::Permission;
use domain::text::Password;
use domain::view::Shown;
use std::time::Duration;

/// For how long a password counts for what is dangerous.
const PROVED_FOR: Duration = Duration::from_secs(10 * 60);

/// Somebody's own account, in a session of theirs.
pub(super) struct Own {
    pub(super) hash: String,
    pub(super) session: Stored<Session>,
    pub(super) record: Stored<AccountRecord>,
    pub(super) secrets: Secrets,
}

impl Own {
    pub(super) fn account(&self) -> &Account {
        &self.record.value.account
    }

    pub(super) fn whom(&self) -> Whom<'_> {
        let AccountRecord { account, subject, .. } = &self.record.value;
        Whom { subject, email: &account.email, tokens: self.secrets.tokens.as_ref() }
    }

    /// What its owner is being shown: to who gave the password of late.
    pub(super) fn shown(&self, stoa: &Stoa) -> Result<Option<Shown>> {
        let shown = self.secrets.shown.as_ref().filter(|_| self.is_proved(stoa));
        shown.map_or(Ok(None), |shown| show(shown, &self.account().email))
    }

    pub(super) fn is_proved(&self, stoa: &Stoa) -> bool {
        stoa.clock.now() < self.session.value.proved.plus(PROVED_FOR)
    }
}

/// The actor's own account.
pub(super) async fn own(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<Own> {
    access::check(actor, Permission::ManageOwnAccount)?;
    let hash = token.hash();
    let (session, record) = live(stoa, &hash).await?.ok_or(Error::SignInNeeded)?;
    if actor.account() != Some(session.value.account) {
        return Err(Error::SignInNeeded);
    }
    let secrets = open(&session.value, token);
    Ok(Own { hash, session, record, secrets })
}

/// The same for what is dangerous.
pub(super) async fn proved(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<Own> {
    let own = own(stoa, actor, token).await?;
    if own.is_proved(stoa) { Ok(own) } else { Err(Error::ProofNeeded) }
}

/// Whether the actor gave their password of late.
pub async fn is_proved(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<bool> {
    Ok(own(stoa, actor, token).await?.is_proved(stoa))
}

/// Sees to it that the actor gave their password of late: refused with [`Error::ProofNeeded`] where not.
pub async fn check_proved(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    proved(stoa, actor, token).await.map(drop)
}

/// Takes the password again. The session goes on under the token that is returned.
pub async fn prove(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    password: &str,
    origin: &Origin,
) -> Result<SessionToken> {
    let own = own(stoa, actor, token).await?;
    let email = own.account().email.clone();
    let wrong = || Error::invalid("Password", "is not right");
    let password = Password::attempt(password).map_err(|_| wrong())?;
    limits::password(stoa, &email, origin).await?;
    match stoa.identity.sign_in(&email, &password).await? {
        Some(SignIn::Done(_) | SignIn::Challenge(_)) => {}
        _ => return Err(wrong()),
    }
    limits::right_password(stoa, &email, origin).await?;
    let session = Session { proved: stoa.clock.now(), ..own.session.value.clone() };
    rotate(stoa, &own, session, &own.secrets).await
}
