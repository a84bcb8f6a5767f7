//! The audit log as a file.

use super::Site;
use app::api::ApiError;
use app::routes;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::account::Actor;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use services::audit::{self, Search};
use std::sync::Arc;

/// What is looked for, as the log's page asks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    who: String,
    thing: String,
    kind: String,
    from: String,
    until: String,
}

/// All that a search finds, for spreadsheets.
pub(super) async fn export(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Query(asked): Query<Asked>,
) -> Response {
    let Asked { who, thing, kind, from, until } = &asked;
    match audit::export(&site.stoa, actor, Search { who, thing, kind, from, until }).await {
        Ok(lines) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, Body::from_stream(lines)).into_response()
        }
        Err(services::Error::SignInNeeded) => {
            let to = HeaderValue::try_from(routes::sign_in(routes::AUDIT))
                .expect("an address of ours is a header");
            (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, format!("{error}\n")).into_response()
        }
    }
}
