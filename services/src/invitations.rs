//! Asking people to have an account, with a role: by a link that is mailed to them, or handed to them by who invites. It
//! works once, for two weeks. Only its hash is kept; who invites is shown it once.

use crate::accounts::{SessionToken, show_link, shown_link};
use crate::mail::{self, Code, Mail};
use crate::records::accounts as people;
use crate::records::invitations::{self as records, Invitation};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access, accounts, audit};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::{Actor, Role};
use domain::address;
use domain::audit::{Event, Who};
use domain::permission::Permission;
use domain::text::Email;
use domain::view::{InvitationLink, InvitationPage, InvitationRow, InvitationsPage};
use std::net::IpAddr;
use std::time::Duration;

/// For how long an invitation can be taken up.
const VALID: Duration = Duration::from_secs(14 * 24 * 3600);
/// How many the list shows.
const MOST: usize = 100;

/// The invitations that were not taken up, the newest first; and the link of one, for who has just made it.
pub async fn list(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<InvitationsPage> {
    access::check(actor, Permission::InvitePeople)?;
    let (proved, shown) = shown_link(stoa, actor, token).await?;
    let made = shown.map(|(email, code)| {
        let link = format!("{}{}", stoa.origin, address::invitation(&code));
        InvitationLink { email, link }
    });
    let (open, more) = records::newest(&*stoa.table, MOST).await?;
    let row = |(id, invitation): (String, Invitation)| {
        let Invitation { email, role, by, until, .. } = invitation;
        InvitationRow { id, email, role, by, until }
    };
    Ok(InvitationsPage { proved, made, open: open.into_iter().map(row).collect(), more })
}

/// Invites whoever has the address, in the name of the actor, who gave their password of late and is shown the link. Where
/// it is not mailed, it is theirs to see to it that it reaches whom it is for.
pub async fn invite(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    email: &str,
    role: Role,
    by_mail: bool,
) -> Result<()> {
    access::check(actor, Permission::InvitePeople)?;
    accounts::check_proved(stoa, actor, token).await?;
    let email: Email = email.parse().map_err(|e| Error::invalid("E-mail", e))?;
    let inviting = actor.account().ok_or(Error::SignInNeeded)?;
    let by = people::account(&*stoa.table, inviting).await?.ok_or(Error::SignInNeeded)?.name;
    // Who may invite may see who has an account.
    if people::account_by_email(&*stoa.table, &email).await?.is_some() {
        return Err(Error::Refused(format!("{email} has an account already.")));
    }
    let mut secret = [0; 32];
    stoa.random.fill(&mut secret);
    let code = URL_SAFE_NO_PAD.encode(secret);
    let hash = hash(&code);
    let until = stoa.clock.now().plus(VALID);
    let invitation =
        Invitation { email: email.clone(), role, by: by.clone(), inviter: Some(inviting), until };
    let asked = Mail::Invitation { by, role, code: Code::from(code.clone()), until };
    // From the start again where another request of the same session was quicker.
    until_written(|| async {
        let mut writes = vec![
            records::put(&hash, &invitation)?,
            show_link(stoa, actor, token, &email, &code).await?,
            audit::entry(stoa, actor, &Event::AccountInvited { email: email.clone(), role })?,
        ];
        if by_mail {
            writes.push(mail::post(stoa, &email, &asked)?);
        }
        Ok(stoa.table.transact(writes).await?)
    })
    .await?;
    stoa.wake.notify_one();
    Ok(())
}

/// Takes an invitation back, named as [`list`] does. One that was taken up is gone already, which is fine.
pub async fn revoke(stoa: &Stoa, actor: Actor, id: &str) -> Result<()> {
    access::check(actor, Permission::InvitePeople)?;
    // A hash in base64 has 43 characters; a table refuses a key without end.
    if id.len() != 43 {
        return Ok(());
    }
    let Some(Invitation { email, .. }) = records::invitation(&*stoa.table, id).await? else { return Ok(()) };
    let revoked = audit::entry(stoa, actor, &Event::InvitationRevoked { email })?;
    Ok(stoa.table.transact(vec![records::delete(id), revoked]).await?)
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
    let gone = "This invitation was used already, was taken back, or has run out. Ask for another one.";
    valid.ok_or_else(|| Error::Refused(gone.into()))
}

fn hash(code: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, code.as_bytes()))
}
