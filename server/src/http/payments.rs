//! What the payment service calls: its news. And the sandbox, where that stands in for it.

use super::Site;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::address::{PAYMENT_NEWS, SANDBOX};
use http::{HeaderMap, StatusCode};
use services::orders;
use std::sync::Arc;

/// The largest news, bytes. Stripe's are some kilobytes.
const MOST: usize = 512 * 1024;

/// The address for news, where payments are taken.
pub(super) fn router(site: &Arc<Site>) -> Router {
    if site.till.is_none() {
        return Router::new();
    }
    Router::new().route(PAYMENT_NEWS, post(hear)).layer(DefaultBodyLimit::max(MOST)).with_state(site.clone())
}

/// The sandbox, with the headers that it sets by itself.
pub(super) fn sandbox(site: &Site) -> Router {
    let sandbox = site.till.as_ref().and_then(|till| till.sandbox.as_ref());
    sandbox.map_or_else(Router::new, |sandbox| Router::new().nest(SANDBOX, sandbox.router()))
}

/// Stores what is told before it says so; what comes of it the queue sees to. Whoever told does it again where we could
/// not.
async fn hear(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(till) = &site.till else { return StatusCode::NOT_FOUND.into_response() };
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Err(unproven) = till.signatures.check(&body, signature, site.stoa.clock.now()) {
        tracing::warn!(%unproven, "news of payments were refused");
        return (StatusCode::FORBIDDEN, format!("{unproven}\n")).into_response();
    }
    let Some(told) = stripe::told(&body) else {
        tracing::error!("signed news of payments cannot be read");
        return (StatusCode::BAD_REQUEST, "this is no event that can be read\n").into_response();
    };
    match orders::hear(&site.stoa, told).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "news of payments could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, "this could not be stored: please tell it again\n")
                .into_response()
        }
    }
}
