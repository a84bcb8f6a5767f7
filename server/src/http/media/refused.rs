//! A refusal as CloudFront words it, with nothing that helps to guess.

use axum::response::{IntoResponse, Response};
use domain::edge::Refusal;
use http::{StatusCode, header};

/// The answer to somebody who may not have the file.
pub(super) fn refused(refusal: Refusal) -> Response {
    let Refusal { status, code, message } = refusal;
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let headers = [(header::CONTENT_TYPE, "text/xml"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
