//! Those with an account, for those who help them and those who run the site.

use super::Answer;
use domain::account::Role;
use domain::id::AccountId;
use domain::view::{InvitationPage, PeoplePage};
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

/// Gives an account another role.
#[server(name = ChangeRole, endpoint = "people/change-role")]
pub async fn change_role(account: AccountId, role: Role) -> Answer<()> {
    use super::request;
    Ok(services::people::change_role(&request::stoa(), request::actor(), account, role).await?)
}

/// Ends every session of an account.
#[server(name = EndSessions, endpoint = "people/end-sessions")]
pub async fn end_sessions(account: AccountId) -> Answer<()> {
    use super::request;
    Ok(services::people::end_sessions(&request::stoa(), request::actor(), account).await?)
}

/// Invites whoever has an address to have an account.
#[server(name = Invite, endpoint = "invitation/send")]
pub async fn invite(email: String, role: Role) -> Answer<()> {
    use super::request;
    Ok(services::invitations::invite(&request::stoa(), request::actor(), &email, role).await?)
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
