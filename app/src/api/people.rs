//! Those with an account, for those who help them and those who run the site.

use super::Answer;
use domain::account::Role;
use domain::id::AccountId;
use domain::view::PeoplePage;
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
