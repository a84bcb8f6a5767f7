//! Sends a file that never changes: whole, or the part that was asked for, or word that the client has it.

mod body;
mod cached;
mod conditions;
mod opened;
mod small;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use body::FileBody;
use conditions::{Selection, select};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use opened::Opened;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

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
    let size = file.size;
    let mut response = match select(method, headers, &file.state, size) {
        Selection::PreconditionFailed => return StatusCode::PRECONDITION_FAILED.into_response(),
        Selection::Unsatisfiable => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response();
        }
        // RFC 9110 §15.4.5: what the client may need to find its copy, and nothing more.
        Selection::NotModified => {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, file.state.etag.clone())]).into_response();
        }
        Selection::Whole => content(method, &file, 0..size),
        Selection::Part(part) => {
            let place = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            let mut response = content(method, &file, part);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            response.headers_mut().insert(header::CONTENT_RANGE, text(&place));
            response
        }
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, content_type);
    answer.insert(header::ETAG, file.state.etag.clone());
    answer.insert(header::LAST_MODIFIED, file.state.modified.clone());
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

fn content(method: &Method, file: &Arc<Opened>, range: Range<u64>) -> Response {
    let length = range.end - range.start;
    let body =
        if *method == Method::HEAD { Body::empty() } else { Body::new(FileBody::new(file.clone(), range)) };
    let mut response = Response::new(body);
    // As many as an answer has in the end; growing on the way, the map would be made three times.
    response.headers_mut().reserve(16);
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("digits, letters and punctuation are a header's value")
}
