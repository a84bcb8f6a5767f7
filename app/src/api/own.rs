//! What people say of themselves, which mails they get, and their data.

use super::Answer;
use domain::id::AccountId;
use domain::mail::Topic;
use domain::view::{MailPage, OwnDataPage, ProfilePage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One's own profile.
#[server(name = Profile, endpoint = "own/profile", input = GetUrl)]
pub async fn profile() -> Answer<ProfilePage> {
    use super::request;
    Ok(services::profile::page(&request::stoa(), request::actor()).await?)
}

/// Changes one's own profile.
#[server(name = ChangeProfile, endpoint = "own/change-profile")]
pub async fn change_profile(name: String, language: String, time_zone: String) -> Answer<()> {
    use super::request;
    let (stoa, actor) = (request::stoa(), request::actor());
    Ok(services::profile::change(&stoa, actor, &name, &language, &time_zone).await?)
}

/// Which mails one gets.
#[server(name = MailChoice, endpoint = "own/mail", input = GetUrl)]
pub async fn mail_choice() -> Answer<MailPage> {
    use super::request;
    Ok(MailPage { unwanted: services::mail::unwanted(&request::stoa(), request::actor()).await? })
}

/// Chooses which mails one gets. A box that is not ticked is not sent.
#[server(name = ChooseMail, endpoint = "own/choose-mail")]
pub async fn choose_mail(#[server(default)] videos: bool) -> Answer<()> {
    use super::request;
    let wanted = [(Topic::Videos, videos)].into_iter().filter(|(_, wanted)| *wanted).map(|(topic, _)| topic);
    Ok(services::mail::choose(&request::stoa(), request::actor(), &wanted.collect()).await?)
}

/// What there is to decide about one's own data.
#[server(name = OwnData, endpoint = "own/data", input = GetUrl)]
pub async fn own_data() -> Answer<OwnDataPage> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::own_data::page(&request::stoa(), request::actor(), &token).await?)
}

/// Plans the deletion of one's own account.
#[server(name = AskDeletion, endpoint = "deletion/ask")]
pub async fn ask_deletion() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::own_data::ask(&request::stoa(), request::actor(), &token).await?)
}

/// Keeps one's own account after all.
#[server(name = KeepAccount, endpoint = "deletion/keep")]
pub async fn keep_account() -> Answer<()> {
    use super::request;
    Ok(services::own_data::keep(&request::stoa(), request::actor()).await?)
}

/// Ends mails about something, for whoever has the link of one.
#[server(name = Unsubscribe, endpoint = "own/unsubscribe")]
pub async fn unsubscribe(account: AccountId, topic: Topic, proof: String) -> Answer<()> {
    use super::request;
    services::mail::unsubscribe(&request::stoa(), account, topic, &proof).await?;
    leptos_axum::redirect(crate::routes::UNSUBSCRIBED);
    Ok(())
}
