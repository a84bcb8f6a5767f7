//! Answers that are files for spreadsheets (RFC 4180).

use app::api::ApiError;
use app::routes;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// The file under this name; signing in on the way to `page` for who has to, and what is wrong for everybody else.
pub(super) fn answer(name: &str, page: &str, file: services::Result<impl Into<Body>>) -> Response {
    match file {
        Ok(file) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
                (
                    header::CONTENT_DISPOSITION,
                    HeaderValue::try_from(disposition).expect("a name of ours is a header"),
                ),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, file.into()).into_response()
        }
        Err(services::Error::SignInNeeded) => {
            let to = HeaderValue::try_from(routes::sign_in(page)).expect("an address of ours is a header");
            (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, format!("{error}\n")).into_response()
        }
    }
}
