//! Takes files from an instructor: the body of a PUT, on its way to the disk.

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
use services::ports::ByteStream;
use services::{downloads, videos};
use std::io;
use std::sync::Arc;

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
pub(super) async fn video(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson)): Path<(CourseId, LessonId)>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (size, bytes) = incoming(&headers, body);
    answer(videos::upload(&site.stoa, actor, course, lesson, &name, size, bytes).await)
}

/// Adds the body to the lesson's files. It appears whole or not at all.
pub(super) async fn attachment(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson)): Path<(CourseId, LessonId)>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (size, bytes) = incoming(&headers, body);
    answer(downloads::add(&site.stoa, actor, course, lesson, &name, size, bytes).await.map(drop))
}

/// The size that was declared, and the bytes as they come.
fn incoming(headers: &HeaderMap, body: Body) -> (Option<u64>, ByteStream) {
    let size = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = body.into_data_stream().map(|piece| {
        piece.map_err(|error| {
            tracing::info!(%error, "an upload broke off");
            io::Error::new(io::ErrorKind::ConnectionAborted, error)
        })
    });
    (size, bytes.boxed())
}

fn answer(result: services::Result<()>) -> Response {
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(Failure { message: error.to_string() })).into_response()
        }
    }
}
