//! Uploads: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) with its extensions creation, creation-with-upload,
//! checksum, expiration and termination. What a page asks beyond it is in `app/src/api/uploads.rs`.

mod answer;
mod body;
mod checksum;
mod metadata;
mod protocol;

use self::answer::{Answer, Refusal};
use self::body::Incoming;
use self::checksum::Announced;
use self::metadata::Metadata;
use super::Site;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::{head, post};
use axum::{Extension, Json, Router};
use domain::account::Actor;
use domain::id::{CourseId, LessonId, UploadId};
use domain::upload::Purpose;
use http::{HeaderMap, HeaderName, StatusCode, header};
use services::uploads::{self, NewUpload, Progress, UploadError};
use std::sync::Arc;

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// The `Content-Type` of parts.
const PART: &str = "application/offset+octet-stream";

/// Where uploads are.
pub(super) fn router(site: &Arc<Site>) -> Router {
    Router::new()
        .route("/upload/{course}/{lesson}", post(create).options(protocol::capabilities))
        .route(
            "/uploads/{upload}",
            head(status).patch(append).delete(terminate).options(protocol::capabilities),
        )
        .layer(from_fn(protocol::agree))
        .with_state(site.clone())
}

/// Begins an upload, and takes what comes with it (creation, creation-with-upload). The answer is JSON as well: how to
/// go on.
async fn create(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson)): Path<(CourseId, LessonId)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let size = number(&headers, &UPLOAD_LENGTH)
        .ok_or_else(|| Refusal::malformed("Upload-Length is missing: the size must be known"))?;
    let metadata = Metadata::of(&headers)?;
    let purpose: Purpose = metadata
        .text("purpose")
        .parse()
        .map_err(|_| Refusal::malformed("the purpose is video or attachment"))?;
    let new = NewUpload {
        purpose,
        name: metadata.text("filename"),
        media_type: metadata.text("filetype"),
        size,
        modified: metadata.text("modified").parse().unwrap_or(0),
    };
    let (mut progress, begun) = uploads::begin(&site.stoa, actor, course, lesson, new).await?;
    if body::has_content(&headers) {
        expect_part(&headers)?;
        let announced = Announced::of(&headers)?;
        // What does not arrive is sent later: the upload is begun either way.
        match receive(&site, actor, begun.id, 0, announced, body).await {
            Ok(now) => progress = now,
            Err(UploadError::Interrupted | UploadError::Checksum) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let location = [(header::LOCATION, format!("/uploads/{}", begun.id))];
    Ok((StatusCode::CREATED, location, told(&progress), Json(begun)).into_response())
}

/// How far an upload is.
async fn status(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<UploadId>,
) -> Answer {
    let progress = uploads::status(&site.stoa, actor, id).await?;
    let length = [(UPLOAD_LENGTH, progress.size.to_string())];
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::OK, uncached, length, told(&progress)).into_response())
}

/// Takes a part; the last one finishes the upload.
async fn append(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<UploadId>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    expect_part(&headers)?;
    let offset =
        number(&headers, &UPLOAD_OFFSET).ok_or_else(|| Refusal::malformed("Upload-Offset is missing"))?;
    let announced = Announced::of(&headers)?;
    let progress = receive(&site, actor, id, offset, announced, body).await?;
    Ok((StatusCode::NO_CONTENT, told(&progress)).into_response())
}

async fn receive(
    site: &Site,
    actor: Actor,
    id: UploadId,
    offset: u64,
    announced: Announced,
    body: Body,
) -> Result<Progress, UploadError> {
    let incoming = Incoming::new(body, site.stop.clone());
    let bytes = announced.watch(incoming.bytes());
    let progress = match uploads::append(&site.stoa, actor, id, offset, bytes, announced.sha256()).await {
        Ok(progress) => progress,
        Err(error) => {
            // Nobody is at the other end any more of one that broke off or was taken over.
            if !matches!(error, UploadError::Interrupted | UploadError::TakenOver) {
                incoming.drain().await;
            }
            return Err(error);
        }
    };
    match progress.is_whole() {
        true => uploads::finish(&site.stoa, actor, id).await,
        false => Ok(progress),
    }
}

/// Gives an upload up (termination).
async fn terminate(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<UploadId>,
) -> Answer {
    uploads::abort(&site.stoa, actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn expect_part(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes()) {
        Some(kind) if kind == PART.as_bytes() => Ok(()),
        _ => Err(Refusal::not_a_part(PART)),
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// What every answer on an upload tells.
fn told(progress: &Progress) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, progress.received.into());
    if !progress.finished {
        let expires = httpdate::fmt_http_date(
            std::time::UNIX_EPOCH + std::time::Duration::from_millis(progress.expires.millis().max(0) as u64),
        );
        if let Ok(expires) = expires.try_into() {
            headers.insert(UPLOAD_EXPIRES, expires);
        }
    }
    headers
}
