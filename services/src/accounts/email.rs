//! A new address. First the old one says that its owner wants that, then the new one that it is theirs.

use super::own::{own, proved};
use super::token::hash;
use super::{SessionToken, limits};
use crate::mail::{self, Mail, Recipient};
use crate::ports::Condition;
use crate::records::accounts::{self as records, AccountRecord, NewEmail};
use crate::{Error, Result, Stoa, audit};
use domain::account::{Account, Actor};
use domain::audit::Event;
use domain::code::Code;
use domain::text::Email;
use std::time::Duration;

/// How long it may take to confirm both.
const KEPT: Duration = Duration::from_secs(3600);

/// Asks the old address whether its owner wants to have a new one.
pub async fn change_email(stoa: &Stoa, actor: Actor, token: &SessionToken, new: &str) -> Result<()> {
    let own = proved(stoa, actor, token).await?;
    let new: Email = new.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let account = own.account();
    if new == account.email {
        return Err(Error::invalid("E-mail", "is yours already"));
    }
    limits::count(stoa, &limits::MAILS_TO, account.email.as_str()).await?;
    let code = Code::new(stoa.random.bits());
    let record = NewEmail { email: new.clone(), code: hash(code.digits().as_bytes()), approved: false };
    let asked = Mail::AddressChangeRequested { new, code: code.expose().into() };
    let writes = vec![
        records::put_new_email(account.id, &record, stoa.clock.now().plus(KEPT))?,
        mail::post(stoa, account, &asked)?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

/// Takes the code that the old address got, and sends one to the new address.
pub async fn approve_email(stoa: &Stoa, actor: Actor, token: &SessionToken, code: &str) -> Result<()> {
    let own = own(stoa, actor, token).await?;
    let account = own.account();
    limits::count(stoa, &limits::CODES_FOR, account.email.as_str()).await?;
    let given: Code = code.parse().map_err(|_| wrong())?;
    let stored = records::new_email(&*stoa.table, account.id).await?.ok_or_else(wrong)?;
    if stored.value.approved || stored.value.code != hash(given.digits().as_bytes()) {
        return Err(wrong());
    }
    let new = stored.value.email;
    limits::count(stoa, &limits::MAILS_TO, new.as_str()).await?;
    let code = Code::new(stoa.random.bits());
    let record = NewEmail { email: new.clone(), code: hash(code.digits().as_bytes()), approved: true };
    let confirm = Mail::ConfirmNewAddress { code: code.expose().into() };
    let writes = vec![
        records::put_new_email(account.id, &record, stoa.clock.now().plus(KEPT))?,
        mail::post(stoa, Recipient::at(&new, account), &confirm)?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

/// Takes the code that the new address got: it is the account's from then on, and the old one hears of it.
pub async fn confirm_email(stoa: &Stoa, actor: Actor, token: &SessionToken, code: &str) -> Result<()> {
    let own = own(stoa, actor, token).await?;
    let before = own.account();
    limits::count(stoa, &limits::CODES_FOR, before.email.as_str()).await?;
    let stored = records::new_email(&*stoa.table, before.id).await?.filter(|stored| stored.value.approved);
    let Some(stored) = stored else {
        return Err(Error::Refused("Please confirm at your present address first.".into()));
    };
    let given: Code = code.parse().map_err(|_| wrong())?;
    if stored.value.code != hash(given.digits().as_bytes()) {
        return Err(wrong());
    }
    let email = stored.value.email;
    stoa.identity.set_email(own.whom(), &email).await?;
    let account = Account { email: email.clone(), ..before.clone() };
    let record = AccountRecord { account: account.clone(), ..own.record.value.clone() };
    let writes = vec![
        records::put(&record, Condition::Version(own.record.version))?,
        records::put_email(&account)?,
        records::delete_email(&before.email),
        records::delete_new_email(account.id),
        mail::post(stoa, before, &Mail::AddressChanged { new: email })?,
        audit::entry(stoa, actor, &Event::EmailChanged { account: account.id })?,
    ];
    // Should we end here, the next sign-in brings it in line with the provider.
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(())
}

fn wrong() -> Error {
    Error::invalid("Code", "is not, or no longer, right")
}
