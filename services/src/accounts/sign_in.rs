//! Signing in: a password, then whatever the identity provider asks for beyond it.

use super::people::account_of;
use super::second_factor::{authenticator, first_codes};
use super::sessions::{Secrets, Shown};
use super::strength::new_password;
use super::token::hash;
use super::{Origin, Sealed, SessionToken, limits, sessions};
use crate::mail::{self, Mail};
use crate::ports::{Challenge, ChallengeAnswer, ChallengeKind, Condition, Person, SignIn};
use crate::records::accounts::{self as records, RecoveryCodes};
use crate::records::sessions::{self as pending_records, Pending};
use crate::{Error, Result, Stoa, audit};
use domain::account::Account;
use domain::audit::{Event, Who};
use domain::code::Code;
use domain::text::{Email, Password};
use domain::time::Timestamp;
use domain::view::Asked;
use std::time::Duration;

/// How long somebody may take to answer a challenge.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Where signing in leads.
#[derive(Debug, Clone)]
pub enum Entered {
    /// Into a session.
    SignedIn(SignedIn),
    /// To a challenge: the token that its answer comes with.
    Challenge(SessionToken),
    /// To the code of the registration, which is still awaited.
    Unconfirmed(Email),
    /// Back to the beginning, where less is asked for now.
    Again,
}

/// A session that just began.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For the browser's cookie.
    pub token: SessionToken,
    /// Who signed in.
    pub account: Account,
    /// Whether there is something that they are shown, which the session keeps for them.
    pub shown: bool,
}

/// Signs in with address and password.
pub async fn sign_in(stoa: &Stoa, email: &str, password: &str, origin: &Origin) -> Result<Entered> {
    // Whatever is wrong with the input, the answer is the same: nothing tells which addresses have accounts.
    let (Ok(email), Ok(password)) = (email.parse::<Email>(), Password::attempt(password)) else {
        return Err(wrong());
    };
    limits::password(stoa, &email, origin).await?;
    let asked = stoa.clock.now();
    let Some(entered) = stoa.identity.sign_in(&email, &password).await? else {
        failed(stoa, &email, origin).await?;
        return Err(wrong());
    };
    limits::right_password(stoa, &email, origin).await?;
    lead_on(stoa, email, entered, Proof { asked, sets_up: false, hosted: false }, origin).await
}

/// What is asked for; `None` where that is over.
pub async fn challenge(stoa: &Stoa, token: &SessionToken) -> Result<Option<Asked>> {
    let Some((email, challenge)) = pending(stoa, token).await? else { return Ok(None) };
    Ok(Some(match challenge.kind {
        ChallengeKind::Totp => Asked::Code,
        ChallengeKind::NewPassword => Asked::NewPassword,
        ChallengeKind::NewAuthenticator(key) => Asked::NewAuthenticator(authenticator(&key, &email)?),
    }))
}

/// Who has come so far, and to what.
async fn pending(stoa: &Stoa, token: &SessionToken) -> Result<Option<(Email, Challenge)>> {
    let pending = pending_records::pending(&*stoa.table, &token.hash()).await?;
    Ok(pending.and_then(|Pending { email, challenge }| Some((email, challenge.open(token)?))))
}

/// Takes the answer to a challenge: the code of an authenticator or a recovery code, or a new password.
pub async fn answer(stoa: &Stoa, token: &SessionToken, answer: &str, origin: &Origin) -> Result<Entered> {
    let Some((email, challenge)) = pending(stoa, token).await? else {
        return Err(Error::Refused("That took too long. Please sign in again.".into()));
    };
    limits::count(stoa, &limits::SECOND_FACTORS, email.as_str()).await?;
    let answer = match &challenge.kind {
        ChallengeKind::NewPassword => ChallengeAnswer::NewPassword(new_password(answer, &email, None)?),
        ChallengeKind::NewAuthenticator(_) => ChallengeAnswer::Totp(answer.trim().to_owned()),
        // Six digits are an authenticator's, what is longer a recovery code.
        ChallengeKind::Totp => match answer.parse::<Code>() {
            Ok(code) if use_recovery_code(stoa, &email, &code, origin).await? => ChallengeAnswer::Recovered,
            _ => ChallengeAnswer::Totp(answer.to_owned()),
        },
    };
    let asked = stoa.clock.now();
    let Some(entered) = stoa.identity.answer(&challenge, &answer).await? else {
        failed(stoa, &email, origin).await?;
        return Err(Error::invalid("Code", "is not right"));
    };
    stoa.table.write(pending_records::delete_pending(&token.hash())).await?;
    limits::take_back(stoa, &limits::SECOND_FACTORS, email.as_str()).await?;
    let sets_up = matches!(challenge.kind, ChallengeKind::NewAuthenticator(_));
    lead_on(stoa, email, entered, Proof { asked, sets_up, hosted: false }, origin).await
}

/// How somebody has proved who they are.
pub(super) struct Proof {
    /// When the provider was asked.
    pub(super) asked: Timestamp,
    /// Whether they have just set an authenticator up.
    pub(super) sets_up: bool,
    /// Whether they did it on the provider's own pages, where they are signed in, too, from now on.
    pub(super) hosted: bool,
}

async fn lead_on(
    stoa: &Stoa,
    email: Email,
    entered: SignIn,
    proof: Proof,
    origin: &Origin,
) -> Result<Entered> {
    match entered {
        SignIn::Done(person) => begin(stoa, &person, proof, origin).await.map(Entered::SignedIn),
        SignIn::Challenge(challenge) => {
            let token = SessionToken::new(&*stoa.random);
            let expires = stoa.clock.now().plus(CHALLENGE_LIFETIME);
            let challenge = Sealed::new(&challenge, &token, &*stoa.random)
                .ok_or_else(|| Error::Internal("a challenge cannot be sealed".into()))?;
            let pending = Pending { email, challenge };
            stoa.table.write(pending_records::put_pending(&token.hash(), &pending, expires)?).await?;
            Ok(Entered::Challenge(token))
        }
        SignIn::Unconfirmed => Ok(Entered::Unconfirmed(email)),
        SignIn::Again => Ok(Entered::Again),
    }
}

/// Begins a session. Who has just set an authenticator up is shown recovery codes for it.
pub(super) async fn begin(
    stoa: &Stoa,
    person: &Person,
    Proof { asked, sets_up, hosted }: Proof,
    origin: &Origin,
) -> Result<SignedIn> {
    let account = account_of(stoa, person, asked).await?;
    let shown = match sets_up {
        true => Some(Shown::RecoveryCodes(first_codes(stoa, &account, origin.from).await?)),
        false => None,
    };
    let secrets = Secrets { tokens: person.tokens.clone(), shown, hosted };
    let token = sessions::begin(stoa, account.id, origin, &secrets).await?;
    if limits::remember_device(stoa, &account, origin).await? {
        let from = origin.from.map(|from| from.to_string()).unwrap_or_default();
        let news = Mail::NewSignIn { device: origin.name.clone(), from, at: stoa.clock.now() };
        stoa.table.write(mail::post(stoa, &account, &news)?).await?;
        stoa.wake.notify_one();
    }
    Ok(SignedIn { token, account, shown: sets_up })
}

/// Takes a recovery code away; says whether it was one.
async fn use_recovery_code(stoa: &Stoa, email: &Email, code: &Code, origin: &Origin) -> Result<bool> {
    let Some(account) = records::account_by_email(&*stoa.table, email).await? else { return Ok(false) };
    let Some(stored) = records::recovery_codes(&*stoa.table, account.id).await? else { return Ok(false) };
    let used = hash(code.digits().as_bytes());
    let hashes: Vec<String> = stored.value.hashes.iter().filter(|hash| **hash != used).cloned().collect();
    if hashes.len() == stored.value.hashes.len() {
        return Ok(false);
    }
    let left = hashes.len() as u32;
    let who = Who::Visitor { from: origin.from };
    let writes = vec![
        records::put_recovery_codes(
            account.id,
            &RecoveryCodes { hashes },
            Condition::Version(stored.version),
        )?,
        mail::post(stoa, &account, &Mail::RecoveryCodeUsed { left })?,
        audit::entry(stoa, who, &Event::RecoveryCodeUsed { account: account.id })?,
    ];
    match stoa.table.transact(writes).await.map_err(Error::from) {
        // The same code at the same moment: it works once.
        Err(Error::Conflict) => return Ok(false),
        other => other?,
    }
    stoa.wake.notify_one();
    Ok(true)
}

/// Logs a wrong password, or a wrong second factor. Whether there is an account costs the same.
async fn failed(stoa: &Stoa, email: &Email, origin: &Origin) -> Result<()> {
    let account = records::account_by_email(&*stoa.table, email).await?.map(|account| account.id);
    let mut events = vec![account.map_or(Event::SignInUnknown {}, |account| Event::SignInFailed { account })];
    // Once, with the last guess that was looked at: refusals after it would fill the log. And asked for whether there is
    // an account or not, so that the time of the answer does not tell.
    let shut = limits::is_shut(stoa, email, origin).await?;
    events.extend(account.filter(|_| shut).map(|account| Event::AccountLocked { account }));
    let who = Who::Visitor { from: origin.from };
    let entries = events.iter().map(|event| audit::entry(stoa, who, event));
    Ok(stoa.table.transact(entries.collect::<Result<_>>()?).await?)
}

fn wrong() -> Error {
    Error::Refused("The e-mail address or the password is not right.".into())
}
