//! Who is signed in, and what the browser remembers.

use super::Answer;
use domain::view::{Asked, Viewer};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

/// Name of the session cookie. The prefix makes browsers refuse one that another host or path tries to set
/// (RFC 6265bis §4.1.3.2); it needs HTTPS.
#[cfg(feature = "ssr")]
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-stoa" } else { "stoa" }
}

/// The value of a cookie of a request.
#[cfg(feature = "ssr")]
pub fn cookie<'a>(headers: &'a http::HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The colours of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The name of the theme in the style sheet; `None` leaves it to the device.
    pub fn style(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("stoa-light"),
            Theme::Dark => Some("stoa-dark"),
        }
    }

    /// What the visitor chose.
    #[cfg(feature = "ssr")]
    pub(crate) fn chosen() -> Theme {
        match super::request::cookie("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// Who is signed in.
#[server(name = Current, endpoint = "session/current", input = GetUrl)]
pub async fn current() -> Answer<Option<Viewer>> {
    Ok(super::request::viewer())
}

/// Signs in and leads on to `next`, a path of this site, or to what else is asked for.
#[server(name = SignIn, endpoint = "session/sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Answer<()> {
    use super::request;
    let entered = services::accounts::sign_in(&request::stoa(), &email, &password, &request::origin()).await;
    enter(entered.inspect_err(|_| keep_email(&email))?, next.as_deref());
    Ok(())
}

/// What the identity provider's own pages are known as, where it has some to sign in on.
#[server(name = HostedName, endpoint = "session/hosted-name", input = GetUrl)]
pub async fn hosted_name() -> Answer<Option<String>> {
    Ok(services::accounts::hosted_name(&super::request::stoa()))
}

/// Leads to those pages, on the way to `next`, a path of this site.
#[server(name = GoToHosted, endpoint = "session/hosted", input = GetUrl)]
pub async fn go_to_hosted(next: Option<String>) -> Answer<()> {
    use super::request;
    let (token, address) = services::accounts::go_to_hosted(&request::stoa())?;
    // What a cookie cannot hold (RFC 6265 §4.1.1) is not in our addresses as they are written.
    let fits = |next: &&str| !next.contains(['"', ',', ';']);
    let next = next.as_deref().and_then(crate::routes::local).filter(fits).unwrap_or_default();
    let kept = format!("{}.{next}", token.expose());
    let lifetime = services::accounts::HOSTED_LIFETIME.as_secs();
    // `Lax`, so that it is there when they come back from another site.
    let attributes = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={lifetime}");
    request::set_cookie(hosted_cookie(), &kept, &attributes);
    leptos_axum::redirect(&address);
    Ok(())
}

/// Takes whoever comes back from there, and leads on.
#[server(name = ReturnFromHosted, endpoint = "session/return", input = GetUrl)]
pub async fn return_from_hosted(
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
) -> Answer<()> {
    use super::{ApiError, request};
    use crate::routes::{self, SignInProblem};
    use services::accounts::{Arrived, Entered, Return};
    let kept = request::cookie(hosted_cookie());
    let (token, next) = kept.as_deref().and_then(|kept| kept.split_once('.')).unwrap_or_default();
    let token = token.parse().ok();
    let back = Return { state: state.as_deref(), code: code.as_deref(), error: error.as_deref() };
    let (stoa, origin) = (request::stoa(), request::origin());
    request::drop_cookie(hosted_cookie());
    let arrived = services::accounts::return_from_hosted(&stoa, token.as_ref(), back, &origin).await;
    let problem = match arrived {
        Ok(Arrived::SignedIn(signed_in)) => {
            enter(Entered::SignedIn(signed_in), Some(next));
            return Ok(());
        }
        Ok(Arrived::Late) => SignInProblem::Late,
        Ok(Arrived::Refused) => SignInProblem::Refused,
        Ok(Arrived::Unverified) => SignInProblem::Unverified,
        Err(error) => {
            // For the log: a browser that comes from elsewhere is to see a page.
            let _ = ApiError::from(error);
            SignInProblem::Down
        }
    };
    leptos_axum::redirect(&routes::sign_in_again(problem));
    Ok(())
}

/// Name of the cookie that holds an attempt to sign in on the provider's pages; see [`cookie_name`] for the prefix.
#[cfg(feature = "ssr")]
fn hosted_cookie() -> &'static str {
    if super::request::settings().https { "__Host-stoa-hosted" } else { "stoa-hosted" }
}

/// What is asked for beyond the password; nothing where that took too long.
#[server(name = GetChallenge, endpoint = "session/challenge", input = GetUrl)]
pub async fn challenge() -> Answer<Option<Asked>> {
    use super::request;
    let Some(token) = challenge_token() else { return Ok(None) };
    Ok(services::accounts::challenge(&request::stoa(), &token).await?)
}

/// Takes what was asked for, and leads on.
#[server(name = AnswerChallenge, endpoint = "session/answer")]
pub async fn answer(answer: String, next: Option<String>) -> Answer<()> {
    use super::request;
    let Some(token) = challenge_token() else {
        leptos_axum::redirect(crate::routes::SIGN_IN);
        return Ok(());
    };
    let entered = services::accounts::answer(&request::stoa(), &token, &answer, &request::origin()).await?;
    enter(entered, next.as_deref());
    Ok(())
}

#[cfg(feature = "ssr")]
fn enter(entered: services::accounts::Entered, next: Option<&str>) {
    use super::request;
    use services::accounts::{CHALLENGE_LIFETIME, Entered};
    let next = next.and_then(crate::routes::local);
    match entered {
        Entered::SignedIn(signed_in) => {
            request::set_session(&signed_in.token);
            request::drop_cookie(challenge_cookie());
            // What is shown once comes before where they wanted to go.
            let shown = signed_in.shown.then_some(crate::routes::SECURITY);
            leptos_axum::redirect(shown.or(next).unwrap_or(crate::routes::LEARNING));
        }
        Entered::Challenge(token) => {
            let lifetime = CHALLENGE_LIFETIME.as_secs();
            let attributes = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={lifetime}");
            request::set_cookie(challenge_cookie(), &token.expose(), &attributes);
            leptos_axum::redirect(&crate::routes::second_step(next));
        }
        Entered::Unconfirmed(email) => leptos_axum::redirect(&crate::routes::confirm_for(&email)),
        Entered::Again => leptos_axum::redirect(crate::routes::SIGN_IN),
    }
}

/// Name of the cookie that proves the first step; see [`cookie_name`] for the prefix.
#[cfg(feature = "ssr")]
fn challenge_cookie() -> &'static str {
    if super::request::settings().https { "__Host-stoa-challenge" } else { "stoa-challenge" }
}

#[cfg(feature = "ssr")]
fn challenge_token() -> Option<services::accounts::SessionToken> {
    super::request::cookie(challenge_cookie())?.parse().ok()
}

/// Cookie that carries the address over a refused attempt, so that it need not be typed again. Not in the
/// URL, where histories and logs would keep it.
#[cfg(feature = "ssr")]
const EMAIL_COOKIE: &str = "sign-in-email";

#[cfg(feature = "ssr")]
fn keep_email(email: &str) {
    // What is an address holds none of the characters that end a cookie's value (RFC 6265 §4.1.1).
    if let Ok(email) = email.parse::<domain::text::Email>() {
        let attributes = format!("Path={}; HttpOnly; SameSite=Lax; Max-Age=60", crate::routes::SIGN_IN);
        super::request::set_cookie(EMAIL_COOKIE, email.as_str(), &attributes);
    }
}

/// The address of a refused attempt. In the browser it is in its field already.
pub(crate) fn kept_email() -> Option<String> {
    #[cfg(feature = "ssr")]
    return super::request::cookie(EMAIL_COOKIE);
    #[cfg(not(feature = "ssr"))]
    None
}

/// Signs out.
#[server(name = SignOut, endpoint = "session/sign-out")]
pub async fn sign_out() -> Answer<()> {
    use super::request;
    let on = match request::session() {
        Some(token) => services::accounts::sign_out(&request::stoa(), &token).await?,
        None => None,
    };
    request::drop_cookie(cookie_name(request::settings().https));
    leptos_axum::redirect(on.as_deref().unwrap_or(crate::routes::HOME));
    Ok(())
}

/// Remembers the colours for a year.
#[server(name = SetTheme, endpoint = "session/theme")]
pub async fn set_theme(theme: Theme) -> Answer<()> {
    let value = match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    super::request::set_cookie("theme", value, "Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    Ok(())
}
