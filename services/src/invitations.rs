//! Asking people to have an account, with a role: by a link that is mailed to them. It works once, for two weeks.
//! Only its hash is kept.

use crate::mail::{self, Code, Mail};
use crate::records::accounts as people;
use crate::records::invitations::{self as records, Invitation};
use crate::{Error, Result, Stoa, access, accounts, audit};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::{Actor, Role};
use domain::audit::{Event, Who};
use domain::permission::Permission;
use domain::text::Email;
use domain::view::InvitationPage;
use std::net::IpAddr;
use std::time::Duration;

/// For how long an invitation can be taken up.
const VALID: Duration = Duration::from_secs(14 * 24 * 3600);

/// Invites whoever has the address.
pub async fn invite(stoa: &Stoa, actor: Actor, email: &str, role: Role) -> Result<()> {
    access::check(actor, Permission::InvitePeople)?;
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let inviting = actor.account().ok_or(Error::SignInNeeded)?;
    let by = people::account(&*stoa.table, inviting).await?.ok_or(Error::SignInNeeded)?;
    // Who may invite may see who has an account.
    if people::account_by_email(&*stoa.table, &email).await?.is_some() {
        return Err(Error::Refused(format!("{email} has an account already.")));
    }
    let mut secret = [0; 32];
    stoa.random.fill(&mut secret);
    let code = URL_SAFE_NO_PAD.encode(secret);
    let hash = hash(&code);
    let until = stoa.clock.now().plus(VALID);
    let invitation = Invitation { email: email.clone(), role, by: by.name.clone(), until };
    let asked = Mail::Invitation { by: by.name, role, code: Code::from(code), until };
    stoa.table
        .transact(vec![
            records::put(&hash, &invitation)?,
            mail::post(stoa, &email, &asked)?,
            audit::entry(stoa, actor, &Event::AccountInvited { email, role })?,
        ])
        .await?;
    stoa.wake.notify_one();
    Ok(())
}

/// What an invitation is for.
pub async fn page(stoa: &Stoa, code: &str) -> Result<InvitationPage> {
    let Invitation { email, role, by, .. } = valid(stoa, code).await?;
    Ok(InvitationPage { email, role, by })
}

/// Takes an invitation up: makes the account, with the name and the password that its owner chooses. Returns the
/// address to sign in with.
pub async fn accept(
    stoa: &Stoa,
    code: &str,
    name: &str,
    password: &str,
    from: Option<IpAddr>,
) -> Result<Email> {
    let Invitation { email, role, .. } = valid(stoa, code).await?;
    let who = Who::Visitor { from };
    let account = accounts::add(stoa, email.as_str(), name, role, password, who).await?;
    // What the address is invited to is used up. A second attempt at the same moment found the address taken.
    let accepted = Event::InvitationAccepted { account };
    stoa.table.transact(vec![records::delete(&hash(code)), audit::entry(stoa, who, &accepted)?]).await?;
    Ok(email)
}

async fn valid(stoa: &Stoa, code: &str) -> Result<Invitation> {
    let found = records::invitation(&*stoa.table, &hash(code)).await?;
    let valid = found.filter(|invitation| stoa.clock.now() < invitation.until);
    let gone = "This invitation was used already, or has run out. Ask for another one.";
    valid.ok_or_else(|| Error::Refused(gone.into()))
}

fn hash(code: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, code.as_bytes()))
}
