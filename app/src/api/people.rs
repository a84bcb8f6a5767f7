//! Those with an account, for those who help them and those who run the site.

use super::Answer;
use domain::account::Role;
use domain::id::AccountId;
use domain::view::{InvitationPage, InvitationsPage, PeoplePage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Those with an account, who joined last first, from after `after`: all of them, those with a role, or one.
#[server(name = People, endpoint = "people/list", input = GetUrl)]
pub async fn people(
    role: Option<Role>,
    account: Option<AccountId>,
    after: Option<AccountId>,
) -> Answer<PeoplePage> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    Ok(match account {
        Some(account) => services::people::one(&stoa, actor, account).await?,
        None => services::people::page(&stoa, actor, role, after).await?,
    })
}

/// Leads to whom an address is of. By post: histories and logs keep what stands in addresses.
#[server(name = FindPerson, endpoint = "people/find")]
pub async fn find(email: String) -> Answer<()> {
    use super::request;
    let account = services::people::find(&request::stoa(), request::actor(), &email).await?;
    leptos_axum::redirect(&crate::routes::person(account));
    Ok(())
}

/// Gives an account another role. Who must give their password first is led to where they give it with the same.
#[server(name = ChangeRole, endpoint = "people/change-role")]
pub async fn change_role(account: AccountId, role: Role, password: Option<String>) -> Answer<()> {
    use super::request;
    let given = password.is_some();
    let token = request::proved_session(password).await?;
    match services::people::change_role(&request::stoa(), request::actor(), &token, account, role).await {
        Err(services::Error::ProofNeeded) => {
            leptos_axum::redirect(&crate::routes::change_role(account, role));
        }
        done => {
            done?;
            if given {
                leptos_axum::redirect(&crate::routes::person(account));
            }
        }
    }
    Ok(())
}

/// Ends every session of an account.
#[server(name = EndSessions, endpoint = "people/end-sessions")]
pub async fn end_sessions(account: AccountId) -> Answer<()> {
    use super::request;
    Ok(services::people::end_sessions(&request::stoa(), request::actor(), account).await?)
}

/// The invitations that were not taken up.
#[server(name = Invitations, endpoint = "invitation/list", input = GetUrl)]
pub async fn invitations() -> Answer<InvitationsPage> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::invitations::list(&request::stoa(), request::actor(), &token).await?)
}

/// Invites whoever has an address to have an account. A box that is not ticked is not sent.
#[server(name = Invite, endpoint = "invitation/send")]
pub async fn invite(
    email: String,
    role: Role,
    #[server(default)] by_mail: bool,
    password: Option<String>,
) -> Answer<()> {
    use super::request;
    let token = request::proved_session(password).await?;
    let (stoa, actor) = (request::stoa(), request::actor());
    Ok(services::invitations::invite(&stoa, actor, &token, &email, role, by_mail).await?)
}

/// Shows the link of an invitation no more.
#[server(name = HideInvitation, endpoint = "invitation/hide")]
pub async fn hide_invitation() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::hide(&request::stoa(), request::actor(), &token).await?)
}

/// Takes an invitation back.
#[server(name = RevokeInvitation, endpoint = "invitation/revoke")]
pub async fn revoke_invitation(invitation: String) -> Answer<()> {
    use super::request;
    Ok(services::invitations::revoke(&request::stoa(), request::actor(), &invitation).await?)
}

/// What somebody is invited to.
#[server(name = GetInvitation, endpoint = "invitation/page", input = GetUrl)]
pub async fn invitation(code: String) -> Answer<InvitationPage> {
    use super::request;
    Ok(services::invitations::page(&request::stoa(), &code).await?)
}

/// Takes an invitation up, and leads to signing in.
#[server(name = AcceptInvitation, endpoint = "invitation/accept")]
pub async fn accept_invitation(code: String, name: String, password: String) -> Answer<()> {
    use super::request;
    let from = request::origin().from;
    let email = services::invitations::accept(&request::stoa(), &code, &name, &password, from).await?;
    leptos_axum::redirect(&crate::routes::sign_in_after("invited", email.as_str()));
    Ok(())
}
