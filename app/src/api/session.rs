//! Who is signed in, and what the browser remembers.

use super::Answer;
use domain::view::Viewer;
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

/// Signs in and leads on to `next`, a path of this site.
#[server(name = SignIn, endpoint = "session/sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Answer<()> {
    use super::request;
    let signed_in =
        services::accounts::sign_in(&request::stoa(), &email, &password, &request::client()).await;
    let signed_in = signed_in.inspect_err(|_| keep_email(&email))?;
    let lifetime = services::accounts::SESSION_LIFETIME.as_secs();
    let attributes = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={lifetime}");
    request::set_cookie(cookie_name(request::settings().https), &signed_in.token.expose(), &attributes);
    leptos_axum::redirect(next.as_deref().and_then(crate::routes::local).unwrap_or(crate::routes::LEARNING));
    Ok(())
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
    let name = cookie_name(request::settings().https);
    if let Some(token) = request::cookie(name).and_then(|text| text.parse().ok()) {
        services::accounts::sign_out(&request::stoa(), &token).await?;
    }
    request::set_cookie(name, "", "Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    leptos_axum::redirect(crate::routes::HOME);
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
