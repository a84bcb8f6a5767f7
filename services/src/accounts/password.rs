//! New passwords.

use super::sessions::{end_others, end_sessions};
use super::sign_up::request;
use super::strength::new_password;
use super::{Origin, SessionToken, limits};
use crate::mail::{self, Mail};
use crate::ports::CodeDelivery;
use crate::records::accounts as records;
use crate::worker::{CodeFor, Outcome};
use crate::{Error, Result, Stoa, audit};
use domain::account::{Account, Actor};
use domain::audit::{Event, Who};
use domain::text::{Email, Password};
use std::net::IpAddr;

/// Has a code sent that resets the password, where there is one to reset.
pub async fn forgot(stoa: &Stoa, email: &str, origin: &Origin) -> Result<()> {
    request(stoa, email, CodeFor::Reset, origin).await
}

/// Makes a code and mails it, where there is somebody who waits for one.
pub(crate) async fn send_code(stoa: &Stoa, email: &Email, purpose: CodeFor, from: Option<IpAddr>) -> Outcome {
    match try_send_code(stoa, email, purpose, from).await {
        Ok(()) => Outcome::Done,
        Err(error @ (Error::Unavailable(_) | Error::Conflict | Error::Refused(_))) => {
            Outcome::Retry { reason: error.to_string(), after: None }
        }
        Err(error) => Outcome::Fail { reason: error.to_string() },
    }
}

async fn try_send_code(stoa: &Stoa, email: &Email, purpose: CodeFor, from: Option<IpAddr>) -> Result<()> {
    let sent = match purpose {
        CodeFor::Registration => stoa.identity.resend(email).await?,
        CodeFor::Reset => stoa.identity.forgot(email).await?,
    };
    let Some(sent) = sent else { return Ok(()) };
    let mut writes = Vec::new();
    // Who never signed in has no account yet, and nothing to be logged of it.
    if purpose == CodeFor::Reset
        && let Some(account) = records::account_by_email(&*stoa.table, email).await?
    {
        let asked = Event::PasswordResetAsked { account: account.id };
        writes.push(audit::entry(stoa, Who::Visitor { from }, &asked)?);
    }
    if let CodeDelivery::Ours(code) = sent {
        let mail = match purpose {
            CodeFor::Registration => Mail::ConfirmAddress { code: code.into() },
            CodeFor::Reset => Mail::ResetPassword { code: code.into() },
        };
        writes.push(mail::post(stoa, email, &mail)?);
    }
    if !writes.is_empty() {
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
    }
    Ok(())
}

/// Sets a new password for who has the code, and ends every session of the account.
pub async fn reset(stoa: &Stoa, email: &str, code: &str, password: &str, origin: &Origin) -> Result<()> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let password = new_password(password, &email, None)?;
    limits::count(stoa, &limits::CODES_FOR, email.as_str()).await?;
    stoa.identity.reset(&email, code.trim(), &password).await?;
    // Who never signed in has no account yet.
    match records::account_by_email(&*stoa.table, &email).await? {
        Some(account) => {
            end_sessions(stoa, account.id, None).await?;
            tell(
                stoa,
                &account,
                Who::Visitor { from: origin.from },
                Event::PasswordReset { account: account.id },
            )
            .await
        }
        None => Ok(()),
    }
}

/// Sets a new password. All other sessions end; this one goes on under the token that is returned.
pub async fn change_password(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    old: &str,
    new: &str,
    origin: &Origin,
) -> Result<SessionToken> {
    let own = super::own::own(stoa, actor, token).await?;
    let account = own.account();
    let wrong = || Error::invalid("Current password", "is not right");
    let old = Password::attempt(old).map_err(|_| wrong())?;
    let new = new_password(new, &account.email, Some(&account.name))?;
    limits::password(stoa, &account.email, origin).await?;
    if !stoa.identity.change_password(own.whom(), &old, &new).await? {
        return Err(wrong());
    }
    limits::right_password(stoa, &account.email, origin).await?;
    let token = end_others(stoa, &own).await?;
    tell(stoa, account, actor, Event::PasswordChanged { account: account.id }).await?;
    Ok(token)
}

async fn tell(stoa: &Stoa, account: &Account, who: impl Into<Who>, event: Event) -> Result<()> {
    let writes = vec![mail::post(stoa, account, &Mail::PasswordChanged)?, audit::entry(stoa, who, &event)?];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}
