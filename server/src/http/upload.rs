//! Takes an uploaded video: the body of a PUT, on its way to the disk.

use super::Site;
use app::api::ApiError;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::account::Actor;
use domain::id::{CourseId, LessonId};
use futures::StreamExt;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use services::videos;
use std::io;

#[derive(Deserialize)]
pub(super) struct Named {
    /// The file's name on the instructor's machine.
    name: String,
}

/// What went wrong, for the person.
#[derive(Serialize)]
struct Failure {
    message: String,
}

/// Stores the body as the lesson's video. It appears whole or not at all.
pub(super) async fn put(
    State(site): State<Site>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson)): Path<(CourseId, LessonId)>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let size = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = body.into_data_stream().map(|piece| {
        piece.map_err(|error| {
            tracing::info!(%error, "an upload broke off");
            io::Error::new(io::ErrorKind::ConnectionAborted, error)
        })
    });
    match videos::upload(&site.stoa, actor, course, lesson, &name, size, bytes.boxed()).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(Failure { message: error.to_string() })).into_response()
        }
    }
}
