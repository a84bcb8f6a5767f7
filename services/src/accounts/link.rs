//! The link of an invitation, which who made it is shown until they say that they have it.

use super::own::{own, proved};
use super::sessions::{Shown, keeping};
use super::{SessionToken, own::Own};
use crate::ports::Write;
use crate::{Result, Stoa};
use domain::account::Actor;
use domain::text::Email;

/// The write that shows the actor, who gave their password of late, the code of an invitation.
pub(crate) async fn show_link(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    email: &Email,
    code: &str,
) -> Result<Write> {
    let own = proved(stoa, actor, token).await?;
    keeping(stoa, &own, token, Some(Shown::Invitation { email: email.clone(), code: code.to_owned() }))
}

/// What the actor is shown, and whether they gave their password of late.
pub(crate) async fn shown_link(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
) -> Result<(bool, Option<(Email, String)>)> {
    let own: Own = own(stoa, actor, token).await?;
    let proved = own.is_proved(stoa);
    let link = match &own.secrets.shown {
        Some(Shown::Invitation { email, code }) if proved => Some((email.clone(), code.clone())),
        _ => None,
    };
    Ok((proved, link))
}
