//! The built-in media edge: opens files to signed cookies, and to nothing else.

use super::{Site, file};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::edge::{Denied, SignedCookies, decide};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use services::Stoa;
use services::ports::BlobKey;

/// A version never changes: whoever may have a file may keep it. Only the browser: a shared cache would open
/// it to others.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Answers a request for a playlist, a segment or a poster.
pub(super) async fn get(State(site): State<Site>, request: Request) -> Response {
    let Some((key, content_type)) = media(request.uri()) else { return refused("AccessDenied") };
    if let Err(reason) = allowed(&site.stoa, &key, request.uri(), request.headers()) {
        metrics::counter!("edge_denied_total", "reason" => label(reason)).increment(1);
        tracing::debug!(%reason, key = key.as_str(), "media denied");
        return refused(if matches!(reason, Denied::MissingCookie(_)) {
            "MissingKey"
        } else {
            "AccessDenied"
        });
    }
    let path = crate::compose::blobs(&site.config).join(key.as_str());
    let mut response = file::send(path, request.method(), request.headers(), content_type).await;
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

/// The blob and its type, if the path is one that we publish. It is taken as it came: a percent sign is no
/// part of any key, so there is one spelling of each address, and it is the one that the policy is held against.
fn media(uri: &Uri) -> Option<(BlobKey, HeaderValue)> {
    let key = BlobKey::new(uri.path().strip_prefix('/')?)?;
    let content_type = match key.as_str().rsplit_once('.')?.1 {
        "m3u8" => "application/vnd.apple.mpegurl",
        "m4s" | "mp4" => "video/mp4",
        "jpg" => "image/jpeg",
        "vtt" => "text/vtt; charset=utf-8",
        _ => return None,
    };
    Some((key, HeaderValue::from_static(content_type)))
}

fn allowed(stoa: &Stoa, key: &BlobKey, uri: &Uri, headers: &HeaderMap) -> Result<(), Denied> {
    let cookies =
        SignedCookies::read(headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok()))?;
    let mut url = format!("{}/{key}", stoa.playback.url_base);
    if let Some(query) = uri.query() {
        url.push('?');
        url.push_str(query);
    }
    decide(&url, stoa.clock.now(), &cookies, |key, message, signature| {
        stoa.media.verify(key, message, signature)
    })
}

fn label(reason: Denied) -> &'static str {
    match reason {
        Denied::MissingCookie(_) => "missing-cookie",
        Denied::DuplicateCookie => "duplicate-cookie",
        Denied::Oversize => "oversize",
        Denied::UnsupportedAlgorithm => "unsupported-algorithm",
        Denied::BadEncoding(_) => "bad-encoding",
        Denied::UnknownKey => "unknown-key",
        Denied::BadSignature => "bad-signature",
        Denied::BadPolicy => "bad-policy",
        Denied::ResourceMismatch => "resource-mismatch",
        Denied::Expired => "expired",
        Denied::NotYet => "not-yet",
    }
}

/// As CloudFront words it, with nothing that helps to guess.
fn refused(code: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>Access denied</Message></Error>"
    );
    let headers = [(header::CONTENT_TYPE, "text/xml"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::FORBIDDEN, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_to_media_are_looked_at() {
        for path in ["/media/A/1/master.m3u8", "/media/A/1/720p/0.m4s?x=1", "/media/A/1/poster.jpg"] {
            assert!(media(&path.parse().unwrap()).is_some(), "{path}");
        }
        for path in [
            "/media/A/1/../2/0.m4s",
            "/media/A/1/..%2f2/0.m4s",
            "/media/A/1/%2e%2e/0.m4s",
            "/media//A/1/0.m4s",
            "/media/A/1/.m4s/",
            "/media/A/1/0.m4s%00.jpg",
            "/media/A/1/source",
            "/media/A/1/0.m4s.part",
            "/media/A/1/",
        ] {
            assert!(media(&path.parse().unwrap()).is_none(), "{path}");
        }
    }
}
