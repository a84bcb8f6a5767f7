//! The protocol's own manners: its version on every request and answer, and what the server can do.

use super::checksum::ALGORITHMS;
use crate::http::Site;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use std::sync::Arc;

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";

/// Refuses another version of the protocol before anything is read.
pub(super) async fn agree(request: Request, next: Next) -> Response {
    let asked = request.headers().get(TUS_RESUMABLE);
    let mut response = if request.method() != Method::OPTIONS && asked != Some(&VERSION) {
        (StatusCode::PRECONDITION_FAILED, [(TUS_VERSION, VERSION)]).into_response()
    } else {
        next.run(request).await
    };
    response.headers_mut().insert(TUS_RESUMABLE, VERSION);
    response
}

/// What the server can do.
pub(super) async fn capabilities(State(site): State<Arc<Site>>) -> Response {
    let most = site.stoa.max_upload_bytes.max(site.stoa.downloads.max_bytes).to_string();
    let headers = [
        (TUS_VERSION, VERSION),
        (HeaderName::from_static("tus-extension"), HeaderValue::from_static(EXTENSIONS)),
        (HeaderName::from_static("tus-checksum-algorithm"), HeaderValue::from_static(ALGORITHMS)),
        (HeaderName::from_static("tus-max-size"), HeaderValue::try_from(most).unwrap_or(VERSION)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
