//! Media on a host of its own: what is answered there, and which pages may read it.
//!
//! The host serves media and nothing else: no page, no call, and no session is looked up. The site's own host
//! then serves none: there is one address for each file, the one that policies name, as with CloudFront.

use crate::config::Config;
use axum::Router;
use axum::extract::Request;
use axum::middleware::map_response;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use std::time::Duration;
use tower::ServiceExt;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember a preflight's answer; Chromium does so for two hours at most.
const REMEMBERED: Duration = Duration::from_secs(7200);

/// Sends requests for the host of this name to `media`, and all others to `site`.
pub(super) fn split(host: String, media: Router, site: Router) -> Router {
    Router::new().fallback(move |request: Request| {
        let asked = asked_host(&request).is_some_and(|asked| asked.eq_ignore_ascii_case(&host));
        if asked { media.clone() } else { site.clone() }.oneshot(request)
    })
}

/// The name of the host that is asked (RFC 9110 §7.2), without its port: a proxy may listen on another.
fn asked_host(request: &Request) -> Option<&str> {
    if let Some(host) = request.uri().host() {
        return Some(host);
    }
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    Some(if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host })
}

/// The media routes as this host answers them: readable by pages of the site and by no other's, whatever the
/// answer is, so that a player learns why it was refused.
pub(super) fn router(config: &Config, media: Router) -> Router {
    let site = HeaderValue::try_from(config.origin()).expect("an origin is made of an address's characters");
    let readable = CorsLayer::new()
        .allow_origin(AllowOrigin::list([site]))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::RANGE,
            header::IF_RANGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_UNMODIFIED_SINCE,
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::DATE,
            header::ETAG,
            header::LAST_MODIFIED,
            HeaderName::from_static("x-request-id"),
        ])
        .vary([header::ORIGIN])
        .max_age(REMEMBERED);
    media.fallback(StatusCode::NOT_FOUND).layer(map_response(embeddable)).layer(readable)
}

/// Posters are fetched without CORS (HTML, "poster frame"), so the site's pages must be let in by name.
async fn embeddable(mut response: Response) -> Response {
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(policy, HeaderValue::from_static("same-site"));
    response
}
