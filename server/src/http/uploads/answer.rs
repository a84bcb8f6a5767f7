//! What is answered where something was not taken: a status of the protocol, and JSON for the program and the person.

use app::api::ApiError;
use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::upload::{Failure, FailureKind};
use http::StatusCode;
use services::uploads::UploadError;

/// The answer to a step of an upload.
pub(super) type Answer = Result<Response, Refusal>;

/// Why something was not taken.
pub(super) struct Refusal {
    status: StatusCode,
    failure: Failure,
}

impl Refusal {
    /// The request is not as the protocol has it: no fault of the person.
    pub(super) fn malformed(message: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            FailureKind::Other,
            format!("The request is malformed: {message}."),
        )
    }

    /// The body is not marked as a part.
    pub(super) fn not_a_part(expected: &str) -> Self {
        let message = format!("A part has the content type {expected}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, FailureKind::Other, message)
    }

    fn new(status: StatusCode, kind: FailureKind, message: String) -> Self {
        Self { status, failure: Failure { message, kind } }
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        let kind = error.kind();
        let status = match kind {
            FailureKind::SignedOut => 401,
            FailureKind::Forbidden => 403,
            FailureKind::Gone => match error {
                UploadError::Gone => 410,
                _ => 404,
            },
            FailureKind::Offset => 409,
            FailureKind::Size => 413,
            FailureKind::Type | FailureKind::Quota => 422,
            // Locked: tus clients ask again.
            FailureKind::TakenOver => 423,
            // tus 1.0.0, "Checksum".
            FailureKind::Checksum => 460,
            FailureKind::Full => 507,
            FailureKind::Network | FailureKind::Unavailable => 503,
            FailureKind::Other => 422,
        };
        let (status, message) = match error {
            UploadError::Other(error) => {
                let error = ApiError::from(error);
                (if kind == FailureKind::Other { error.status() } else { status }, error.to_string())
            }
            error => (status, error.to_string()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, kind, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.failure)).into_response()
    }
}
