//! `Upload-Metadata`: keys, each with a value in base64. It comes from anybody.

use super::UPLOAD_METADATA;
use super::answer::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use std::collections::HashMap;

/// What a client says of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata(HashMap<String, String>);

impl Metadata {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = headers.get(UPLOAD_METADATA).map_or(Some(""), |value| value.to_str().ok());
        text.and_then(Self::parse).ok_or_else(|| Refusal::malformed("Upload-Metadata does not parse"))
    }

    /// The value of a key; empty where there is none.
    pub(super) fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Pairs apart by commas, key and value by a space; a key stands once, and its value may be missing.
    fn parse(text: &str) -> Option<Self> {
        let mut found = HashMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            if found.insert(key.to_owned(), value).is_some() {
                return None;
            }
        }
        Some(Self(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_the_protocol_writes_them() {
        let metadata =
            Metadata::parse("filename dmlkw6lvLm1wNA==, purpose dmlkZW8=,is_confidential").unwrap();
        assert_eq!(metadata.text("filename"), "vidéo.mp4");
        assert_eq!(metadata.text("purpose"), "video");
        assert_eq!((metadata.text("is_confidential"), metadata.text("nothing")), ("", ""));
        assert_eq!(Metadata::parse(""), Some(Metadata(HashMap::new())));
    }

    #[test]
    fn what_is_not_like_that_is_refused() {
        for text in ["filename %%%", "filename /w==", "a Yg==,a Yw==", "filename dmlkZW8= x"] {
            assert_eq!(Metadata::parse(text), None, "{text}");
        }
    }
}
