//! Leads to the files that learners keep: whoever may have one is sent to its signed address.
//!
//! These are plain links of a page. Whatever stands in the way of one, the lesson's page says.

use super::Site;
use app::api::ApiError;
use app::routes;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::account::Actor;
use domain::id::{AttachmentId, LessonId};
use domain::text::Slug;
use http::{StatusCode, header};
use services::{Error, downloads};
use std::sync::Arc;

/// Leads to a file that comes with a lesson.
pub(super) async fn attachment(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson, id)): Path<(Slug, LessonId, AttachmentId)>,
) -> Response {
    let link = downloads::attachment_link(&site.stoa, actor, course.as_str(), lesson, id).await;
    lead(link, &routes::lesson(&course, lesson))
}

/// Leads to the copy of a lesson's video.
pub(super) async fn video(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    Path((course, lesson)): Path<(Slug, LessonId)>,
) -> Response {
    let link = downloads::video_link(&site.stoa, actor, course.as_str(), lesson).await;
    lead(link, &routes::lesson(&course, lesson))
}

/// To the file, or to the page that says why not. The address of the file is a secret for as long as it is
/// valid: no cache keeps it, and no other site hears of it.
fn lead(link: services::Result<String>, lesson: &str) -> Response {
    let to = match link {
        Ok(address) => address,
        Err(Error::SignInNeeded) => routes::sign_in(lesson),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, format!("{error}\n")).into_response();
        }
        Err(_) => lesson.to_owned(),
    };
    let headers = [
        (header::LOCATION, to.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
