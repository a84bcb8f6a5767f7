//! How much a form or call may hold. Uploads are none of these: they are limited where they are stored.

use app::api::captions::AddCaptions;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use http_body_util::Limited;
use leptos::server_fn::ServerFn;

/// The most bytes of a form or call.
const MAX_BODY: usize = 256 * 1024;
/// Captions are posted as a form, where one byte of Arabic or Chinese is written as three.
const MAX_CAPTIONS: usize = 3 * domain::caption::MAX_BYTES + 4096;

/// Refuses a body that says that it is too large, and breaks off one that does not say so.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let most = if request.uri().path() == AddCaptions::PATH { MAX_CAPTIONS } else { MAX_BODY };
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > most as u64) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, most)))).await
}
