//! Requests that change something come from our own pages, or from no browser at all.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};

/// Refuses unsafe requests that another site's page made the browser send.
pub(super) async fn check(request: Request, next: Next) -> Response {
    if is_safe(request.method()) || is_ours(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request came from another site's page, so it was refused.\n")
        .into_response()
}

/// RFC 9110 §9.2.1. Our handlers of these change nothing.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say where a request comes from in `Sec-Fetch-Site` (Fetch Metadata §2.3), older ones in `Origin`
/// alone, whose host is then compared with the one that was asked. What says neither is no browser, and
/// carries no cookies that it was not given on purpose.
fn is_ours(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |&(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), http::HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        for ours in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://stoa.example"), ("host", "stoa.example")],
            &[("origin", "http://localhost:3000"), ("host", "localhost:3000")],
            &[],
        ] {
            assert!(is_ours(&headers(ours)), "{ours:?}");
        }
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://stoa.example"), ("host", "stoa.example")],
            &[("origin", "https://evil.example"), ("host", "stoa.example")],
            &[("origin", "https://stoa.example:444"), ("host", "stoa.example")],
            &[("origin", "null"), ("host", "stoa.example")],
            &[("origin", "https://stoa.example")],
        ] {
            assert!(!is_ours(&headers(foreign)), "{foreign:?}");
        }
    }
}
