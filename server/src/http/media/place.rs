//! Which address leads to which file. Nothing outside of the media that we publish has one.

use http::{HeaderValue, Uri};
use services::ports::BlobKey;

/// A file that can be asked for.
pub(super) struct Place {
    /// Where it lies.
    pub(super) key: BlobKey,
    /// What it is.
    pub(super) content_type: HeaderValue,
}

impl Place {
    /// The file, if the path is one that we publish. It is taken as it came: a percent sign is no part of any
    /// key, so there is one spelling of each address, and it is the one that a policy is held against.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let path = uri.path().strip_prefix('/').filter(|path| path.starts_with("media/"))?;
        let key = BlobKey::new(path)?;
        let content_type = match key.as_str().rsplit_once('.')?.1 {
            "m3u8" => "application/vnd.apple.mpegurl",
            "m4s" | "mp4" => "video/mp4",
            "jpg" => "image/jpeg",
            "vtt" => "text/vtt; charset=utf-8",
            _ => return None,
        };
        Some(Self { key, content_type: HeaderValue::from_static(content_type) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_to_media_are_looked_at() {
        for path in ["/media/A/1/master.m3u8", "/media/A/1/720p/0.m4s?x=1", "/media/A/1/poster.jpg"] {
            assert!(Place::of(&path.parse().unwrap()).is_some(), "{path}");
        }
        for path in [
            "/media/A/1/../2/0.m4s",
            "/media/A/1/./0.m4s",
            "/media/A/1/.../0.m4s",
            "/media/../uploads/A/1/0.m4s",
            "/media/A/1/..%2f2/0.m4s",
            "/media/A/1/%2e%2e/0.m4s",
            "/media/A/1/%252e%252e/0.m4s",
            "/media/A/1/..%5c0.m4s",
            "/media/A/1%2F0.m4s",
            "/media//A/1/0.m4s",
            "//media/A/1/0.m4s",
            "/media/A/1/.m4s/",
            "/media/A/1/0.m4s/",
            "/media/A/1/0.m4s.",
            "/media/A/1/0.m4s..",
            "/media/A/1/0.m4s%00.jpg",
            "/media/A/1/0.m4s%20",
            "/media/A/1/source",
            "/media/A/1/0.m4s.part",
            "/media/A/1/",
            "/media",
            "/uploads/A/1/0.m4s",
        ] {
            assert!(Place::of(&path.parse().unwrap()).is_none(), "{path}");
        }
    }
}
