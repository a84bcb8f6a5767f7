//! `Upload-Checksum`: what the bytes of a part must come to. SHA-256 goes with them to the store; SHA-1, which the
//! protocol demands, is held against them on their way.

use super::UPLOAD_CHECKSUM;
use super::answer::Refusal;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use http::HeaderMap;
use services::ports::{ByteStream, Checksum};
use std::io;

/// The algorithms, as `Tus-Checksum-Algorithm` names them.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// What was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    Nothing,
    Sha1([u8; 20]),
    Sha256(Checksum),
}

impl Announced {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let Some(value) = headers.get(UPLOAD_CHECKSUM) else { return Ok(Self::Nothing) };
        let parsed = value.to_str().ok().and_then(Self::parse);
        parsed.ok_or_else(|| Refusal::malformed("Upload-Checksum is sha1 or sha256, and the sum in base64"))
    }

    fn parse(text: &str) -> Option<Self> {
        let (algorithm, sum) = text.trim().split_once(' ')?;
        let sum = STANDARD.decode(sum.trim()).ok()?;
        match algorithm {
            "sha1" => Some(Self::Sha1(sum.try_into().ok()?)),
            "sha256" => Some(Self::Sha256(sum.try_into().ok()?)),
            _ => None,
        }
    }

    /// For the store.
    pub(super) fn sha256(self) -> Option<Checksum> {
        match self {
            Self::Sha256(sum) => Some(sum),
            Self::Nothing | Self::Sha1(_) => None,
        }
    }

    /// The same bytes; where they do not come to what was announced, or break off before, they end in the error that
    /// has the store take them back.
    pub(super) fn watch(self, bytes: ByteStream) -> ByteStream {
        let Self::Sha1(expected) = self else { return bytes };
        let digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "not the checksum that was announced");
        futures::stream::unfold((bytes, Some(digest)), move |(mut bytes, digest)| async move {
            let mut digest = digest?;
            match bytes.next().await {
                Some(Ok(piece)) => {
                    digest.update(&piece);
                    Some((Ok(piece), (bytes, Some(digest))))
                }
                None if digest.finish().as_ref() == expected => None,
                None | Some(Err(_)) => Some((Err(wrong()), (bytes, None))),
            }
        })
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_held_against_bytes_is_taken() {
        let sha1 = Announced::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
        assert!(matches!(sha1, Some(Announced::Sha1(_))));
        let sha256 = format!("sha256 {}", STANDARD.encode([7; 32]));
        assert_eq!(Announced::parse(&sha256), Some(Announced::Sha256([7; 32])));
        for text in ["", "sha1", "sha1 AAAA", "md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha256 %%%"] {
            assert_eq!(Announced::parse(text), None, "{text}");
        }
    }
}
