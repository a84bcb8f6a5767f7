//! What the server functions and pages know of the HTTP request they serve, and what they add to its answer.

use super::ApiError;
use crate::SiteSettings;
use domain::account::Actor;
use domain::device::DeviceName;
use domain::id::DeviceId;
use domain::view::Viewer;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use services::Stoa;
use services::accounts::{Origin, SessionToken};
use services::playback::{Device, MediaCookies};
use std::net::IpAddr;

/// The running program. The server provides it to every request.
pub(crate) fn stoa() -> Stoa {
    expect_context()
}

/// What of the configuration the pages need. The server provides it to every request.
pub(crate) fn settings() -> SiteSettings {
    expect_context()
}

/// Who is asking: what the server found out from the session cookie.
pub(crate) fn actor() -> Actor {
    parts().and_then(|parts| parts.extensions.get().copied()).unwrap_or(Actor::Anonymous)
}

/// The same with a name to greet.
pub(crate) fn viewer() -> Option<Viewer> {
    parts().and_then(|parts| parts.extensions.get::<Option<Viewer>>().cloned().flatten())
}

/// The browser that asks. One that is not known yet is given a cookie to be known by: a random identifier, and
/// nothing that is measured or guessed.
pub(crate) fn device() -> Device {
    let https = settings().https;
    let stoa = stoa();
    let known = cookie(device_cookie(https)).and_then(|text| text.parse().ok());
    let id = known.unwrap_or_else(|| {
        let id = DeviceId::new(stoa.clock.now(), stoa.random.bits());
        // The longest that browsers keep a cookie (RFC 6265bis §5.5): 400 days.
        let attributes = "Path=/; HttpOnly; SameSite=Lax; Max-Age=34560000";
        set_cookie(device_cookie(https), &id.to_string(), attributes);
        id
    });
    Device { id, name: DeviceName::from_user_agent(&user_agent()), session: session() }
}

/// The session that asks, if it has not ended.
pub(crate) fn session() -> Option<SessionToken> {
    cookie(super::session::cookie_name(settings().https))?.parse().ok()
}

/// The same where somebody must be signed in.
pub(crate) fn needed_session() -> Result<SessionToken, ApiError> {
    session().ok_or(ApiError::SignInNeeded).inspect_err(mark)
}

/// The same for what is dangerous: where its owner gave their password along with it, that is taken first.
pub(crate) async fn proved_session(password: Option<String>) -> Result<SessionToken, ApiError> {
    let token = needed_session()?;
    let Some(password) = password else { return Ok(token) };
    let token = services::accounts::prove(&stoa(), actor(), &token, &password, &origin()).await?;
    set_session(&token);
    Ok(token)
}

/// The session goes on under this token.
pub(crate) fn set_session(token: &SessionToken) {
    let lifetime = services::accounts::SESSION_LIFETIME.as_secs();
    let attributes = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={lifetime}");
    set_cookie(super::session::cookie_name(settings().https), &token.expose(), &attributes);
}

/// Has the browser forget a cookie.
pub(crate) fn drop_cookie(name: &str) {
    set_cookie(name, "", "Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

/// Where the request comes from.
pub(crate) fn origin() -> Origin {
    let Device { id, name, .. } = device();
    Origin {
        from: parts().and_then(|parts| parts.extensions.get().map(|ClientAddress(from)| *from)),
        device: id,
        name,
    }
}

/// The address of the client, behind whatever proxies the server trusts. The server leaves it in the request.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Name of the cookie that tells browsers apart; see [`cookie_name`](super::session::cookie_name) for the prefix.
fn device_cookie(https: bool) -> &'static str {
    if https { "__Host-stoa-device" } else { "stoa-device" }
}

fn user_agent() -> String {
    let header =
        parts().and_then(|parts| parts.headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned));
    header.unwrap_or_default()
}

/// Adds the cookies that open media. Without an end of their own: the policy in them has one.
pub(crate) fn set_media_cookies(cookies: &MediaCookies) {
    // `Lax` holds for a media host, too: it is of the same site, as it shares a domain with ours.
    let domain = cookies.domain.as_ref().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
    let attributes = format!("Path={}; HttpOnly; SameSite=Lax{domain}", cookies.path);
    for (name, value) in &cookies.pairs {
        set_cookie(name, value, &attributes);
    }
}

/// The id under which the log knows this request.
pub(crate) fn id() -> String {
    let header =
        parts().and_then(|parts| parts.headers.get("x-request-id")?.to_str().ok().map(str::to_owned));
    header.unwrap_or_else(|| "the time it happened".into())
}

/// A cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    super::session::cookie(&parts()?.headers, name).map(str::to_owned)
}

/// Adds a cookie to the answer; `attributes` as in RFC 6265 §4.1.1, without the leading semicolon.
pub(crate) fn set_cookie(name: &str, value: &str, attributes: &str) {
    let secure = if settings().https { "; Secure" } else { "" };
    let line = HeaderValue::from_str(&format!("{name}={value}; {attributes}{secure}"));
    if let (Some(response), Ok(line)) = (use_context::<ResponseOptions>(), line) {
        response.append_header(header::SET_COOKIE, line);
    }
}

/// Sets the status of the page that is being rendered.
pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Answers with another page's address instead of the page that is being rendered.
pub(crate) fn redirect(path: &str) {
    if let (Some(response), Ok(path)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.insert_header(header::LOCATION, path);
        response.set_status(StatusCode::FOUND);
    }
}

/// Gives the answer of a direct call the status of its error. A page that calls the same function decides
/// for itself, and a form that was posted without JavaScript is redirected whatever the outcome.
pub(crate) fn mark(error: &ApiError) {
    let Some(parts) = parts() else { return };
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if parts.uri.path().starts_with("/api/") && !accept.contains("text/html") {
        set_status(error.status());
    }
}

fn parts() -> Option<Parts> {
    use_context()
}
