//! What operators do at the command line. There is no actor to ask.

use super::people;
use super::sessions::end_sessions;
use super::strength::new_password;
use crate::ports::{IdentityError, Person};
use crate::records::accounts as records;
use crate::{Error, Result, Stoa, audit};
use domain::account::{Account, Role};
use domain::audit::{Event, Who};
use domain::id::AccountId;
use domain::text::{DisplayName, Email};

/// Adds an account that can sign in.
pub async fn add_account(
    stoa: &Stoa,
    email: &str,
    name: &str,
    role: Role,
    password: &str,
) -> Result<AccountId> {
    add(stoa, email, name, role, password, Who::CommandLine).await
}

/// The same, as `who` wants.
pub(crate) async fn add(
    stoa: &Stoa,
    email: &str,
    name: &str,
    role: Role,
    password: &str,
    who: Who,
) -> Result<AccountId> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let name: DisplayName = name.parse().map_err(|e| Error::invalid("Name", e))?;
    let password = new_password(password, &email, Some(&name))?;
    if records::account_by_email(&*stoa.table, &email).await?.is_some() {
        return Err(IdentityError::Taken.into());
    }
    let subject = match stoa.identity.add(&email, &name, &password).await {
        // Known to the provider, and never signed in here.
        Err(IdentityError::Taken) => stoa.identity.set_password(&email, &password).await?,
        other => other?,
    };
    let person = Person { subject, email, name: Some(name), role: None, tokens: None };
    let account = people::add(stoa, &person, Some(role), who).await?;
    stoa.wake.notify_one();
    Ok(account.id)
}

/// Sets a new password, and ends every session of the account and whatever plays in them.
pub async fn set_password(stoa: &Stoa, email: &str, password: &str) -> Result<()> {
    let account = by_email(stoa, email).await?.ok_or(Error::NotFound)?;
    let password = new_password(password, &account.email, Some(&account.name))?;
    stoa.identity.set_password(&account.email, &password).await?;
    let changed = Event::PasswordChanged { account: account.id };
    end_sessions(stoa, account.id, Some(audit::entry(stoa, Who::CommandLine, &changed)?)).await
}

/// The account with this address.
pub async fn by_email(stoa: &Stoa, email: &str) -> Result<Option<Account>> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    records::account_by_email(&*stoa.table, &email).await
}
