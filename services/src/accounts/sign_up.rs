//! Registering. Whatever the address is, the answer is the same and takes as long; its owner reads in a mail what is true.

use super::strength::new_password;
use super::{Origin, limits};
use crate::mail::{self, Mail};
use crate::ports::{CodeDelivery, SignUp};
use crate::worker::{CodeFor, Job};
use crate::{Error, Result, Stoa, outbox};
use domain::text::{DisplayName, Email};

/// Registers somebody, who is asked by mail to confirm the address.
pub async fn sign_up(stoa: &Stoa, email: &str, name: &str, password: &str, origin: &Origin) -> Result<Email> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let name: DisplayName = name.parse().map_err(|e| Error::invalid("Name", e))?;
    let password = new_password(password, &email, Some(&name))?;
    limits::count(stoa, &limits::REQUESTS_FROM, &limits::place(origin.from)).await?;
    let mail = match stoa.identity.sign_up(&email, &name, &password).await? {
        SignUp::Begun(CodeDelivery::Ours(code)) => Some(Mail::ConfirmAddress { code: code.into() }),
        SignUp::Begun(CodeDelivery::Provider) => None,
        SignUp::Taken => Some(Mail::AlreadyRegistered),
    };
    // Nobody's mailbox is filled by others. The code of a registration can be sent again later.
    if let Some(mail) = mail
        && limits::try_count(stoa, &limits::MAILS_TO, email.as_str()).await?
    {
        stoa.table.write(mail::post(stoa, &email, &mail)?).await?;
        stoa.wake.notify_one();
    }
    Ok(email)
}

/// Sends the code of a registration again, where one is awaited.
pub async fn resend(stoa: &Stoa, email: &str, origin: &Origin) -> Result<()> {
    request(stoa, email, CodeFor::Registration, origin).await
}

/// Has a code sent by a job, so that neither the answer nor its time tells whether there is anybody to send it to.
pub(super) async fn request(stoa: &Stoa, email: &str, purpose: CodeFor, origin: &Origin) -> Result<()> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    limits::count(stoa, &limits::REQUESTS_FROM, &limits::place(origin.from)).await?;
    if limits::try_count(stoa, &limits::MAILS_TO, email.as_str()).await? {
        stoa.table.write(outbox::job(stoa, &Job::SendCode { email, purpose, from: origin.from })?).await?;
        stoa.wake.notify_one();
    }
    Ok(())
}

/// Takes the code of a registration: from then on its owner can sign in.
pub async fn confirm(stoa: &Stoa, email: &str, code: &str) -> Result<Email> {
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    limits::count(stoa, &limits::CODES_FOR, email.as_str()).await?;
    stoa.identity.confirm(&email, code.trim()).await?;
    Ok(email)
}
