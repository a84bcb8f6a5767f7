//! For machines: is the program alive, does it want requests, what did it count.

use super::Site;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use services::ports::Key;
use std::net::SocketAddr;
use std::sync::Arc;

/// The process answers.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// Requests are welcome: the records can be read, and nobody ordered the program to stop.
pub(super) async fn ready(State(site): State<Arc<Site>>) -> Response {
    if site.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match site.stoa.table.get(&Key::new("HEALTH", "READY")).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the records cannot be read\n").into_response()
        }
    }
}

/// What was counted, in Prometheus' text format: for this machine, and for who bears the configured token.
pub(super) async fn metrics(State(site): State<Arc<Site>>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    if !may_read(peer, request.headers(), site.config.metrics.token.as_deref()) {
        return (StatusCode::FORBIDDEN, "for this machine, or with the configured token\n").into_response();
    }
    let text = site.metrics.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// A proxy on this machine forwards strangers: what it forwarded is not from here.
fn may_read(peer: Option<SocketAddr>, headers: &HeaderMap, token: Option<&str>) -> bool {
    let borne =
        headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    if let (Some(borne), Some(token)) = (borne, token) {
        return aws_lc_rs::constant_time::verify_slices_are_equal(borne, token.as_bytes()).is_ok();
    }
    let forwarded =
        ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name));
    !forwarded && peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn from(peer: &str, header: Option<(&'static str, &'static str)>, token: Option<&str>) -> bool {
        let headers = header
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        may_read(Some(peer.parse().unwrap()), &headers.into_iter().collect(), token)
    }

    #[test]
    fn only_this_machine_or_the_token_reads_metrics() {
        assert!(from("127.0.0.1:9", None, None));
        assert!(from("[::1]:9", None, None));
        assert!(!from("192.0.2.1:9", None, None));
        assert!(!from("127.0.0.1:9", Some(("x-forwarded-for", "192.0.2.1")), None));
        assert!(from("192.0.2.1:9", Some(("authorization", "Bearer secret")), Some("secret")));
        assert!(!from("192.0.2.1:9", Some(("authorization", "Bearer guess")), Some("secret")));
        assert!(!from("192.0.2.1:9", Some(("authorization", "Bearer ")), None));
    }
}
