//! What was sold, as a file.

use super::{Site, csv};
use app::routes;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::account::Actor;
use serde::Deserialize;
use services::shop;
use std::sync::Arc;

/// Which days, as `2026-11-27`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    until: String,
}

/// What the actor sold, for spreadsheets.
pub(super) async fn export(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Query(Asked { from, until }): Query<Asked>,
) -> Response {
    let file = shop::sales_file(&site.stoa, actor, &from, &until).await;
    csv::answer("sales.csv", routes::SALES, file)
}
