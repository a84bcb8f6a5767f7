//! Sends a file that never changes: whole, or the part that was asked for, or word that the client has it.

mod body;
mod cached;
mod conditions;
mod opened;
mod small;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use body::FileBody;
use conditions::{Selection, Validators, select};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use services::ports::{BlobError, BlobKey, BlobStore};
use std::io;
use std::ops::Range;
use std::path::PathBuf;

/// Answers GET and HEAD for a regular file.
pub(super) async fn send(
    path: PathBuf,
    method: &Method,
    headers: &HeaderMap,
    content_type: HeaderValue,
) -> Response {
    let file = match opened::open(path).await {
        Ok(opened) if !opened.is_file => return StatusCode::NOT_FOUND.into_response(),
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => {
            tracing::error!(%error, "cannot open a media file");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let (mut response, range) = head(method, headers, &file.state, file.size, content_type);
    if let Some(range) = range {
        *response.body_mut() = Body::new(FileBody::new(file, range));
    }
    response
}

/// The same for a file that is not on this machine.
pub(super) async fn send_stored(
    blobs: &dyn BlobStore,
    key: &BlobKey,
    method: &Method,
    headers: &HeaderMap,
    content_type: HeaderValue,
) -> Response {
    match stored(blobs, key, method, headers, content_type).await {
        Ok(response) => response,
        Err(BlobError::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, %key, "cannot read a media file");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn stored(
    blobs: &dyn BlobStore,
    key: &BlobKey,
    method: &Method,
    headers: &HeaderMap,
    content_type: HeaderValue,
) -> Result<Response, BlobError> {
    let found = blobs.list(key, None, 1).await?.pop().filter(|found| found.key == *key);
    let found = found.ok_or(BlobError::NotFound)?;
    let state = Validators::stored(found.size, found.stored);
    let (mut response, range) = head(method, headers, &state, found.size, content_type);
    if let Some(range) = range {
        *response.body_mut() = Body::from_stream(blobs.get(key, Some(range)).await?.bytes);
    }
    Ok(response)
}

/// An answer without its body, and which bytes are to be in that.
fn head(
    method: &Method,
    headers: &HeaderMap,
    state: &Validators,
    size: u64,
    content_type: HeaderValue,
) -> (Response, Option<Range<u64>>) {
    let mut response = Response::new(Body::empty());
    let range = match select(method, headers, state, size) {
        Selection::PreconditionFailed => return (StatusCode::PRECONDITION_FAILED.into_response(), None),
        Selection::Unsatisfiable => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return ((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response(), None);
        }
        // RFC 9110 §15.4.5: what the client may need to find its copy, and nothing more.
        Selection::NotModified => {
            let tag = [(header::ETAG, state.etag.clone())];
            return ((StatusCode::NOT_MODIFIED, tag).into_response(), None);
        }
        Selection::Whole => 0..size,
        Selection::Part(part) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            part
        }
    };
    let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
    let answer = response.headers_mut();
    // As many as an answer has in the end; growing on the way, the map would be made three times.
    answer.reserve(16);
    answer.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    if is_part {
        let place = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        answer.insert(header::CONTENT_RANGE, text(&place));
    }
    answer.insert(header::CONTENT_TYPE, content_type);
    answer.insert(header::ETAG, state.etag.clone());
    answer.insert(header::LAST_MODIFIED, state.modified.clone());
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    (response, (*method != Method::HEAD).then_some(range))
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("digits, letters and punctuation are a header's value")
}
