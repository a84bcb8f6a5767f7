//! The built-in media edge: opens files to signed cookies and signed URLs, and to nothing else.

mod explained;
mod kept;
mod place;
mod preview;
mod refused;

use super::{Site, client, file};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::edge::{self, Denied, Presented};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use place::{Kind, Place};
use refused::refused;
use services::ports::BlobKey;
use std::borrow::Cow;
use std::sync::Arc;

/// A version never changes: whoever may have a file may keep it. Only the browser: a shared cache would open
/// it to others.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Answers a request for a playlist, a segment or a poster, or for a file to keep.
pub(super) async fn get(State(site): State<Arc<Site>>, request: Request) -> Response {
    let place = match admit(&site, &request) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    if let (Kind::Media(content_type), Some(part)) = (&place.kind, preview::part(&place.key)) {
        return preview::send(&site, part, content_type.clone()).await;
    }
    let (asked, _) = request.into_parts();
    let mut response = match place.kind {
        Kind::Media(content_type) => send(&site, &place.key, &asked, content_type).await,
        Kind::Kept => match site.stoa.blobs.served_as(&place.key).await {
            Ok(Some(served)) => {
                let mut response = send(&site, &place.key, &asked, kept::content_type(&served)).await;
                kept::save(&served, &mut response);
                response
            }
            Ok(None) => StatusCode::NOT_FOUND.into_response(),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot tell how a file is served");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        },
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, IMMUTABLE);
    }
    if let Some(length) =
        response.headers().get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok())
    {
        metrics::counter!("edge_bytes_total").increment(length);
    }
    response
}

/// Answers with a file, from this machine's disk or from the bucket that is in its place.
async fn send(site: &Site, key: &BlobKey, asked: &Parts, content_type: HeaderValue) -> Response {
    let (method, headers) = (&asked.method, &asked.headers);
    if site.config.aws.bucket.is_some() {
        return file::send_stored(&*site.stoa.blobs, key, method, headers, content_type).await;
    }
    let path = crate::compose::blobs(&site.config).join(key.as_str());
    file::send(path, method, headers, content_type).await
}

/// What was asked for, or what to answer if the pure decision is no. It is asked at the start of the request, and
/// never again while that is answered.
fn admit(site: &Site, request: &Request) -> Result<Place, Box<Response>> {
    let stoa = &site.stoa;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let url = format!("{}{target}", stoa.playback.url_base);
    // A header that is no text is kept apart: what is in it is none of ours.
    let cookies = request.headers().get_all(header::COOKIE).iter();
    let cookies: Vec<Cow<'_, str>> = cookies.map(|line| text(line.as_bytes())).collect();
    let presented = Presented::read(&url, cookies.iter().map(Cow::as_ref));
    let now = stoa.clock.now();
    let client = client::address(request.extensions());
    let asked = edge::Request { presented: &presented, client, now };
    let place = Place::of(request.uri()).ok_or(Denied::Unpublished);
    let admitted =
        place.and_then(|place| edge::decide(&asked, |ticket| stoa.media.open(ticket, now)).map(|_| place));
    admitted.map_err(|reason| {
        metrics::counter!("edge_denied_total", "reason" => reason.label()).increment(1);
        tracing::debug!(%reason, path = request.uri().path(), "media denied");
        let explained =
            site.config.explains().then(|| explained::explained(&asked, request.headers(), reason)).flatten();
        Box::new(explained.unwrap_or_else(|| refused(reason.refusal())))
    })
}

/// As `String::from_utf8_lossy`, which is slow where nothing is lost.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
