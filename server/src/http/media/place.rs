//! Which address leads to which file. Nothing outside of the media that we publish has one.

use http::{HeaderValue, Uri};
use services::ports::BlobKey;

/// A file that can be asked for.
pub(super) struct Place {
    /// Where it lies.
    pub(super) key: BlobKey,
    /// What it is.
    pub(super) kind: Kind,
}

/// What can be asked for.
pub(super) enum Kind {
    /// Part of a video, which players show: its type.
    Media(HeaderValue),
    /// A file to keep, which browsers save: its type and name were said when it was stored.
    Kept,
}

impl Place {
    /// The file, if the path is one that we publish. It is taken as it came: a percent sign is no part of any
    /// key, so there is one spelling of each address, and it is the one that a policy is held against.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let key = BlobKey::new(uri.path().strip_prefix('/')?)?;
        let kind = match key.as_str().split_once('/')?.0 {
            "media" => Kind::Media(Self::media_type(&key)?),
            "files" => Kind::Kept,
            _ => return None,
        };
        Some(Self { key, kind })
    }

    fn media_type(key: &BlobKey) -> Option<HeaderValue> {
        let (path, extension) = key.as_str().rsplit_once('.')?;
        // Where transcoders leave the rendition of the sound.
        let sound = path.rsplit('/').nth(1) == Some("audio");
        let content_type = match extension {
            "m3u8" => "application/vnd.apple.mpegurl",
            // What MediaConvert calls segments of CMAF.
            "cmfa" => "audio/mp4",
            "cmfv" => "video/mp4",
            "m4s" | "mp4" if sound => "audio/mp4",
            "m4s" | "mp4" => "video/mp4",
            "jpg" => "image/jpeg",
            "vtt" => "text/vtt; charset=utf-8",
            _ => return None,
        };
        Some(HeaderValue::from_static(content_type))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_told_from_video() {
        let content_type = |path: &'static str| match Place::of(&Uri::from_static(path)).unwrap().kind {
            Kind::Media(content_type) => content_type,
            Kind::Kept => panic!("{path} is shown"),
        };
        assert_eq!(content_type("/media/A/1/audio/0.m4s"), "audio/mp4");
        assert_eq!(content_type("/media/A/1/audio/index.m3u8"), "application/vnd.apple.mpegurl");
        assert_eq!(content_type("/media/A/1/720p/0.m4s"), "video/mp4");
        assert_eq!(content_type("/media/audio/1/0.m4s"), "video/mp4");
        assert_eq!(content_type("/media/A/1/audio/index_1.cmfa"), "audio/mp4");
        assert_eq!(content_type("/media/A/1/720p/index_1.cmfv"), "video/mp4");
    }

    #[test]
    fn only_plain_paths_to_media_are_looked_at() {
        for path in
            ["/media/A/1/master.m3u8", "/media/A/1/720p/0.m4s?x=1", "/media/A/1/poster.jpg", "/files/A/notes"]
        {
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
            "/files/../uploads/A/1/source",
            "/files/A/a.pdf~served-as",
            "/files",
        ] {
            assert!(Place::of(&path.parse().unwrap()).is_none(), "{path}");
        }
    }
}
