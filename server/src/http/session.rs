//! Finds out who asks: once a request, and only where a session cookie came.

use super::{Site, client};
use app::api::session::{cookie, cookie_name};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::account::{Account, Actor};
use domain::view::Viewer;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use services::accounts::{self, SessionToken};
use std::net::IpAddr;
use std::sync::Arc;

/// Leaves the [`Actor`] and the `Option<Viewer>` in the request's extensions. What is answered to somebody
/// is not kept by caches.
pub(super) async fn resume(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let token = token(request.headers(), cookie_name(site.config.https()));
    let from = client::address(request.extensions());
    let account = match &token {
        Some(token) => accounts::resume(&site.stoa, token, Some(from)).await,
        None => Ok(None),
    };
    let account = match account {
        Ok(account) => account,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look up a session");
            let text = "This does not work at the moment. Please try again in a minute.\n";
            return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
        }
    };
    let (actor, viewer) = who(account, from);
    request.extensions_mut().insert(actor);
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    let personal = token.is_some() || response.headers().contains_key(header::SET_COOKIE);
    let caching = if personal { "no-store" } else { "private, no-cache" };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    response
}

fn who(account: Option<Account>, from: IpAddr) -> (Actor, Option<Viewer>) {
    match account {
        Some(account) => {
            let actor = account.actor(Some(from));
            let Account { id, name, role, deletion, .. } = account;
            (actor, Some(Viewer { account: id, name, role, deletion }))
        }
        None => (Actor::Anonymous, None),
    }
}

pub(super) fn token(headers: &HeaderMap, name: &str) -> Option<SessionToken> {
    cookie(headers, name)?.parse().ok()
}
