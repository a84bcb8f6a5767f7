//! What a mail program calls for its reader who wants no more such mails, with one click and without a page
//! (RFC 8058). The same address is a page for who opens it in a browser.

use super::Site;
use app::api::ApiError;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::address::UNSUBSCRIBE;
use domain::id::AccountId;
use domain::mail::Topic;
use http::StatusCode;
use serde::Deserialize;
use services::mail;
use std::sync::Arc;

/// The address, for who posts to it.
pub(super) fn router(site: &Arc<Site>) -> Router {
    Router::new().route(UNSUBSCRIBE, post(unsubscribe)).with_state(site.clone())
}

#[derive(Deserialize)]
struct Link {
    account: AccountId,
    topic: Topic,
    proof: String,
}

async fn unsubscribe(State(site): State<Arc<Site>>, Query(link): Query<Link>) -> Response {
    match mail::unsubscribe(&site.stoa, link.account, link.topic, &link.proof).await {
        Ok(()) => "You will get no more such mails.\n".into_response(),
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, format!("{error}\n")).into_response()
        }
    }
}
