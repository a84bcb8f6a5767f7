//! What a conversion has made so far: it grows, so nothing keeps it.

use super::Site;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use services::ports::BlobKey;
use services::videos::{self, PREVIEW};

/// Whether a key is of a preview: which version's, and which file of it.
pub(super) fn part(key: &BlobKey) -> Option<(&str, &str, &str)> {
    let mut parts = key.as_str().splitn(5, '/').skip(1);
    let (asset, version, marker, part) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    (marker == PREVIEW).then_some((asset, version, part))
}

/// Answers a request for a file of a preview.
pub(super) async fn send(
    site: &Site,
    (asset, version, part): (&str, &str, &str),
    content_type: HeaderValue,
) -> Response {
    let (Ok(asset), Ok(version)) = (asset.parse(), version.parse()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match videos::preview(&site.stoa, asset, version, part).await {
        Ok(Some(bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a preview cannot be shown");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_told_from_what_is_whole() {
        let key = |text: &str| BlobKey::new(text).unwrap();
        assert_eq!(part(&key("media/A/1/preview/360p/0.m4s")), Some(("A", "1", "360p/0.m4s")));
        for whole in [
            "media/A/1/preview",
            "media/A/1/360p/preview/0.m4s",
            "media/A/preview/360p/0.m4s",
            "media/A/1/master.m3u8",
        ] {
            assert_eq!(part(&key(whole)), None, "{whole}");
        }
    }
}
