//! Accounts, signing in and out, and the sessions that remember it.

use crate::ports::Condition;
use crate::records::accounts::{self as records, AccountRecord, Attempts, Session};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, audit, leases};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::{Account, Role};
use domain::audit::{Event, Who};
use domain::id::AccountId;
use domain::text::{DisplayName, Email, Password};
use std::time::Duration;

/// How long a session lasts after sign-in.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// After this many failures from one client for one address, sign-in is refused for [`ATTEMPTS_FORGOTTEN`].
const MAX_FAILURES: u32 = 10;

/// When failed attempts are forgotten, counted from the last one.
const ATTEMPTS_FORGOTTEN: Duration = Duration::from_secs(15 * 60);

/// What a browser proves its session with: 256 random bits. Only its SHA-256 is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// The token as the cookie carries it: base64url without padding (RFC 4648 §5).
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn hash(&self) -> String {
        hash(&self.0)
    }
}

impl std::str::FromStr for SessionToken {
    type Err = InvalidToken;
    fn from_str(text: &str) -> std::result::Result<Self, InvalidToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
        bytes.try_into().map(Self).map_err(|_| InvalidToken)
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The text is no session token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct InvalidToken;

/// A session that just began.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For the browser's cookie.
    pub token: SessionToken,
    /// Who signed in.
    pub account: Account,
}

/// Signs in with address and password, and begins a new session. `client` names where the request came from
/// (its address), so that guessing from one place does not lock the owner out everywhere.
pub async fn sign_in(stoa: &Stoa, email: &str, password: &str, client: &str) -> Result<SignedIn> {
    // Whatever is wrong with the input, the answer is the same: nothing tells which addresses have accounts.
    let (Ok(email), Ok(password)) = (email.parse::<Email>(), Password::attempt(password)) else {
        return Err(wrong());
    };
    let attempts = hash(format!("{client} {email}").as_bytes());
    let before = records::attempts(&*stoa.table, &attempts).await?;
    let failures = before.as_ref().map_or(0, |attempts| attempts.value.failures);
    if failures >= MAX_FAILURES {
        return Err(Error::Refused("Too many attempts. Please wait 15 minutes, then try again.".into()));
    }
    // Before the password is looked at: a session that began with a password that is changed at this moment ends
    // with it.
    let now = stoa.clock.now();
    let account = match stoa.identity.authenticate(&email, &password).await? {
        Some(id) => records::account(&*stoa.table, id).await?,
        None => None,
    };
    let Some(account) = account else {
        let noted = Attempts { failures: failures + 1 };
        let expires = stoa.clock.now().plus(ATTEMPTS_FORGOTTEN);
        let write =
            records::put_attempts(&attempts, noted, before.map(|attempts| attempts.version), expires)?;
        // Of two attempts at the same moment one may go uncounted; neither fails for it.
        match stoa.table.write(write).await.map_err(Error::from) {
            Ok(()) | Err(Error::Conflict) => return Err(wrong()),
            Err(error) => return Err(error),
        }
    };
    let mut secret = [0; 32];
    stoa.random.fill(&mut secret);
    let token = SessionToken(secret);
    let session = Session { account: account.id, created: now };
    stoa.table.write(records::put_session(&token.hash(), &session, now.plus(SESSION_LIFETIME))?).await?;
    Ok(SignedIn { token, account })
}

/// Ends a session, and what plays in it. One that has ended already is fine.
pub async fn sign_out(stoa: &Stoa, token: &SessionToken) -> Result<()> {
    let hash = token.hash();
    let Some(session) = records::session(&*stoa.table, &hash).await? else { return Ok(()) };
    stoa.table.write(records::delete_session(&hash)).await?;
    leases::end_for_session(stoa, session.account, &hash).await
}

/// Whose session this is; `None` for one that has ended.
pub async fn resume(stoa: &Stoa, token: &SessionToken) -> Result<Option<Account>> {
    let Some(session) = records::session(&*stoa.table, &token.hash()).await? else { return Ok(None) };
    let record = records::record(&*stoa.table, session.account).await?.map(|stored| stored.value);
    let alive = |record: &AccountRecord| record.sessions_ended.is_none_or(|ended| session.created > ended);
    Ok(record.filter(alive).map(|record| record.account))
}

/// Sets a new password, and ends every session of the account and whatever plays in them. For the operator's
/// command line; there is no actor to ask.
pub async fn set_password(stoa: &Stoa, email: &str, password: &str) -> Result<()> {
    let password = Password::new(password).map_err(|e| Error::invalid("Password", e))?;
    let account = by_email(stoa, email).await?.ok_or(Error::NotFound)?;
    stoa.identity.set_password(account.id, &account.email, &password).await?;
    let changed = Event::PasswordChanged { account: account.id };
    stoa.table.write(audit::entry(stoa, Who::CommandLine, &changed)?).await?;
    end_sessions(stoa, account.id).await
}

/// Ends every session of an account that has begun until now, and whatever plays in them.
pub async fn end_sessions(stoa: &Stoa, account: AccountId) -> Result<()> {
    until_written(|| async {
        let stored = records::record(&*stoa.table, account).await?.ok_or(Error::NotFound)?;
        let ended = AccountRecord { sessions_ended: Some(stoa.clock.now()), ..stored.value };
        Ok(stoa.table.write(records::put(&ended, Condition::Version(stored.version))?).await?)
    })
    .await?;
    leases::end_all(stoa, account).await
}

/// Adds an account that can sign in. For the operator's command line and the demo; there is no actor to ask.
pub async fn add_account(
    stoa: &Stoa,
    email: &str,
    name: &str,
    role: Role,
    password: &str,
) -> Result<AccountId> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let name: DisplayName = name.parse().map_err(|e| Error::invalid("Name", e))?;
    let password = Password::new(password).map_err(|e| Error::invalid("Password", e))?;
    let id = AccountId::new(stoa.clock.now(), stoa.random.bits());
    let account = Account { id, email, name, role };
    let added = audit::entry(stoa, Who::CommandLine, &Event::AccountAdded { account: id, role })?;
    records::add(&*stoa.table, &account, added).await?;
    stoa.identity.set_password(id, &account.email, &password).await?;
    Ok(id)
}

/// The account with this address. For the operator's command line.
pub async fn by_email(stoa: &Stoa, email: &str) -> Result<Option<Account>> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    records::account_by_email(&*stoa.table, &email).await
}

fn wrong() -> Error {
    Error::Refused("The e-mail address or the password is not right.".into())
}

fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}
