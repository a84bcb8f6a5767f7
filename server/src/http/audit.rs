//! The audit log as a file.

use super::{Site, csv};
use app::routes;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::account::Actor;
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
    let lines = audit::export(&site.stoa, actor, Search { who, thing, kind, from, until }).await;
    csv::answer("audit.csv", routes::AUDIT, lines.map(Body::from_stream))
}
