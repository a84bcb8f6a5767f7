//! Sessions: what remembers that somebody signed in.
//!
//! A session ends when it was not used for [`IDLE`], after [`LIFETIME`] whatever happens, and when its owner ends it.
//! Its token changes whenever what it may do does.

use super::Origin;
use super::own::{Own, own};
use super::people::account_of;
use super::sealed::Sealed;
use super::token::SessionToken;
use crate::ports::{Condition, IdentityError, Refreshed, Tokens, TotpSecret, Whom, Write};
use crate::records::Stored;
use crate::records::accounts::{self, AccountRecord};
use crate::records::sessions::{self as records, Session};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, audit, leases};
use domain::account::{Account, Actor};
use domain::audit::{Event, Who};
use domain::id::AccountId;
use domain::text::Email;
use domain::time::Timestamp;
use domain::view::{Security, SessionRow};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;

/// How long a session lasts at most, counted from sign-in.
pub const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long a session lasts that is not used.
const IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How often the use of a session is noted, and its owner looked up with a provider that has tokens.
const NOTED_EVERY: Duration = Duration::from_secs(10 * 60);

/// What a session keeps that is secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Secrets {
    /// What the identity provider gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tokens: Option<Tokens>,
    /// What its owner is being shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shown: Option<Shown>,
    /// Whether it began on the provider's own pages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) hosted: bool,
}

/// What somebody is shown until they say that they have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// The key of an authenticator that waits for its first code.
    Authenticator(TotpSecret),
    /// Recovery codes, as they are written.
    RecoveryCodes(Vec<String>),
    /// The code of an invitation that they made.
    Invitation {
        /// Whom it is for.
        email: Email,
        /// Opens it.
        code: String,
    },
}

/// Begins a session.
pub(super) async fn begin(
    stoa: &Stoa,
    account: AccountId,
    origin: &Origin,
    secrets: &Secrets,
) -> Result<SessionToken> {
    let token = SessionToken::new(&*stoa.random);
    let now = stoa.clock.now();
    let session = Session {
        account,
        created: now,
        seen: now,
        proved: now,
        device: origin.name.clone(),
        from: origin.from,
        sealed: seal(stoa, &token, secrets)?,
    };
    let who = Who::Account { id: account, from: origin.from };
    let writes = vec![
        records::put(&token.hash(), &session, expiry(&session), Condition::Absent)?,
        audit::entry(stoa, who, &Event::SignedIn { account })?,
    ];
    stoa.table.transact(writes).await?;
    Ok(token)
}

/// A session goes on under another token, as `changed` has it.
pub(super) async fn rotate(
    stoa: &Stoa,
    own: &Own,
    changed: Session,
    secrets: &Secrets,
) -> Result<SessionToken> {
    let token = SessionToken::new(&*stoa.random);
    let session = Session { sealed: seal(stoa, &token, secrets)?, ..changed };
    let writes = vec![
        records::put(&token.hash(), &session, expiry(&session), Condition::Absent)?,
        records::delete(&own.hash),
    ];
    stoa.table.transact(writes).await?;
    leases::follow_session(stoa, session.account, &own.hash, &token.hash()).await?;
    Ok(token)
}

/// Changes what a session keeps that is secret.
pub(super) async fn keep(stoa: &Stoa, own: &Own, token: &SessionToken, shown: Option<Shown>) -> Result<()> {
    Ok(stoa.table.write(keeping(stoa, own, token, shown)?).await?)
}

/// The write that does so.
pub(super) fn keeping(stoa: &Stoa, own: &Own, token: &SessionToken, shown: Option<Shown>) -> Result<Write> {
    let secrets = Secrets { shown, ..own.secrets.clone() };
    let session = Session { sealed: seal(stoa, token, &secrets)?, ..own.session.value.clone() };
    records::put(&own.hash, &session, expiry(&session), Condition::Version(own.session.version))
}

/// Nothing where nothing is secret, as in most sessions.
fn seal(stoa: &Stoa, token: &SessionToken, secrets: &Secrets) -> Result<Option<Sealed>> {
    if *secrets == Secrets::default() {
        return Ok(None);
    }
    let sealed = Sealed::new(secrets, token, &*stoa.random);
    sealed.map(Some).ok_or_else(|| Error::Internal("a session's secrets cannot be sealed".into()))
}

/// What is secret in a session.
pub(super) fn open(session: &Session, token: &SessionToken) -> Secrets {
    session.sealed.as_ref().and_then(|sealed| sealed.open(token)).unwrap_or_default()
}

fn expiry(session: &Session) -> Timestamp {
    session.created.plus(LIFETIME).min(session.seen.plus(IDLE))
}

/// A session that has not ended, and its account.
pub(super) async fn live(
    stoa: &Stoa,
    hash: &str,
) -> Result<Option<(Stored<Session>, Stored<AccountRecord>)>> {
    let Some(session) = records::session(&*stoa.table, hash).await? else { return Ok(None) };
    let record = accounts::record(&*stoa.table, session.value.account).await?;
    let record = record.filter(|record| is_alive(&session.value, &record.value));
    Ok(record.map(|record| (session, record)))
}

fn is_alive(session: &Session, record: &AccountRecord) -> bool {
    record.sessions_ended.is_none_or(|ended| session.created > ended)
}

/// Whose session this is; `None` for one that has ended.
pub async fn resume(stoa: &Stoa, token: &SessionToken, from: Option<IpAddr>) -> Result<Option<Account>> {
    let hash = token.hash();
    let Some((session, record)) = live(stoa, &hash).await? else { return Ok(None) };
    let now = stoa.clock.now();
    if now < session.value.seen.plus(NOTED_EVERY) {
        return Ok(Some(record.value.account));
    }
    note(stoa, token, session, record.value, from).await
}

/// Notes that a session is in use. A provider that gave tokens is asked whether they are still good; where it does not
/// answer, they are.
async fn note(
    stoa: &Stoa,
    token: &SessionToken,
    stored: Stored<Session>,
    record: AccountRecord,
    from: Option<IpAddr>,
) -> Result<Option<Account>> {
    let hash = token.hash();
    let mut session = Session { seen: stoa.clock.now(), from, ..stored.value };
    let mut account = record.account.clone();
    let secrets = open(&session, token);
    if let Some(tokens) = &secrets.tokens {
        let whom = Whom { subject: &record.subject, email: &account.email, tokens: Some(tokens) };
        let asked = stoa.clock.now();
        match stoa.identity.refresh(whom).await {
            Ok(Refreshed::Good(person)) => {
                account = account_of(stoa, &person, asked).await?;
                session.sealed = seal(stoa, token, &Secrets { tokens: person.tokens, ..secrets })?;
            }
            Ok(Refreshed::Ended) => {
                stoa.table.write(records::delete(&hash)).await?;
                leases::end_for_session(stoa, account.id, &hash).await?;
                return Ok(None);
            }
            Err(error @ (IdentityError::Unavailable(_) | IdentityError::TooMany)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a session could not be renewed");
            }
            Err(error) => return Err(error.into()),
        }
    }
    let write = records::put(&hash, &session, expiry(&session), Condition::Version(stored.version))?;
    match stoa.table.write(write).await.map_err(Error::from) {
        // Another request of the same browser was quicker, or has ended it.
        Ok(()) | Err(Error::Conflict) => Ok(Some(account)),
        Err(error) => Err(error),
    }
}

/// Ends a session, and what plays in it. One that has ended already is fine. Returns where the browser goes to be signed
/// out on the provider's own pages, if that is where it signed in.
pub async fn sign_out(stoa: &Stoa, token: &SessionToken) -> Result<Option<String>> {
    let hash = token.hash();
    let Some(session) = records::session(&*stoa.table, &hash).await? else { return Ok(None) };
    stoa.table.write(records::delete(&hash)).await?;
    leases::end_for_session(stoa, session.value.account, &hash).await?;
    let hosted = stoa.identity.hosted().filter(|_| open(&session.value, token).hosted);
    Ok(hosted.map(|hosted| hosted.exit()))
}

/// What somebody sees of how their account is protected.
pub async fn security(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<Security> {
    let own = own(stoa, actor, token).await?;
    let table = &*stoa.table;
    let sessions = records::of_account(table, own.account().id).await?;
    let sessions = sessions.into_iter().filter(|(_, session)| is_alive(session, &own.record.value));
    let row = |(hash, session): (String, Session)| SessionRow {
        here: hash == own.hash,
        id: hash,
        device: session.device,
        from: session.from,
        since: session.created,
        seen: session.seen,
    };
    let recovery = accounts::recovery_codes(table, own.account().id).await?;
    let new_email = accounts::new_email(table, own.account().id).await?.map(|stored| stored.value);
    Ok(Security {
        email: own.account().email.clone(),
        proved: own.is_proved(stoa),
        second_factor: stoa.identity.has_totp(own.whom()).await?,
        shown: own.shown(stoa)?,
        recovery_codes: recovery.map_or(0, |stored| stored.value.hashes.len() as u32),
        new_email: new_email.as_ref().map(|new| new.email.clone()),
        new_email_approved: new_email.is_some_and(|new| new.approved),
        sessions: sessions.map(row).collect(),
    })
}

/// Ends one of one's own sessions, named as [`security`] does.
pub async fn end_other(stoa: &Stoa, actor: Actor, token: &SessionToken, session: &str) -> Result<()> {
    let own = own(stoa, actor, token).await?;
    // The hash of a token in base64 has 43 characters; a table refuses a key without end.
    if session.len() != 43 {
        return Ok(());
    }
    let ending = records::session(&*stoa.table, session).await?;
    // Somebody else's is as one that has ended.
    if ending.is_some_and(|ending| ending.value.account == own.account().id) {
        let account = own.account().id;
        let ended = audit::entry(stoa, actor, &Event::SessionEnded { account })?;
        stoa.table.transact(vec![records::delete(session), ended]).await?;
        leases::end_for_session(stoa, account, session).await?;
    }
    Ok(())
}

/// Ends all of one's own sessions, and what plays in them.
pub async fn sign_out_everywhere(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    let own = own(stoa, actor, token).await?;
    let ended = Event::SessionsEnded { account: own.account().id };
    end_sessions(stoa, own.account().id, Some(audit::entry(stoa, actor, &ended)?)).await?;
    // Ours have ended whatever the provider says.
    match stoa.identity.sign_out_everywhere(own.whom()).await {
        Err(error @ IdentityError::Unavailable(_)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the provider did not end its sessions");
            Ok(())
        }
        other => Ok(other?),
    }
}

/// Ends all of one's own sessions but this one, which goes on under the token that is returned.
pub(super) async fn end_others(stoa: &Stoa, own: &Own) -> Result<SessionToken> {
    end_sessions(stoa, own.account().id, None).await?;
    let now = stoa.clock.now();
    // Later than what has just ended.
    let created = now.plus(Duration::from_millis(1));
    let session = Session { created, seen: now, ..own.session.value.clone() };
    rotate(stoa, own, session, &own.secrets).await
}

/// Ends every session of an account that has begun until now, and whatever plays in them. `logged` is an entry of the
/// audit log.
pub(crate) async fn end_sessions(stoa: &Stoa, account: AccountId, logged: Option<Write>) -> Result<()> {
    until_written(|| async {
        let stored = accounts::record(&*stoa.table, account).await?.ok_or(Error::NotFound)?;
        let ended = AccountRecord { sessions_ended: Some(stoa.clock.now()), ..stored.value };
        let mut writes = vec![accounts::put(&ended, Condition::Version(stored.version))?];
        writes.extend(logged.clone());
        Ok(stoa.table.transact(writes).await?)
    })
    .await?;
    leases::end_all(stoa, account).await
}
