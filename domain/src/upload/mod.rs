//! Files on their way in: what may be sent, in which parts, and what can go wrong.

mod content;
mod failure;

pub use content::{MAY_BE_VIDEO, NotAVideo, check_video, check_video_name};
pub use failure::FailureKind;

use crate::id::UploadId;
use serde::{Deserialize, Serialize};

/// How an upload that was begun goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunUpload {
    /// Which.
    pub id: UploadId,
    /// Of how many bytes its parts are, all but the last.
    pub part_bytes: u64,
    /// Whether parts go straight to the store, to addresses that are signed for them; else through the server.
    pub direct: bool,
}

/// A part's address, signed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartAddress {
    /// For a `PUT`.
    pub url: String,
    /// Headers that go with it, exactly so.
    pub headers: Vec<(String, String)>,
}

/// An upload that somebody can continue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedUpload {
    /// Which.
    pub id: UploadId,
    /// What for.
    pub purpose: Purpose,
    /// The file's name where it comes from.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When the file was changed last, in milliseconds; 0 for not known.
    pub modified: i64,
    /// Bytes that are there.
    pub received: u64,
}

/// What went wrong, as it is told to the program that sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For the person.
    pub message: String,
    /// In one word.
    pub kind: FailureKind,
}

/// What a file is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It becomes the video of a lesson.
    Video,
    /// It comes with a lesson.
    Attachment,
}

impl std::str::FromStr for Purpose {
    type Err = UnknownPurpose;
    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        match text {
            "video" => Ok(Purpose::Video),
            "attachment" => Ok(Purpose::Attachment),
            _ => Err(UnknownPurpose),
        }
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Purpose::Video => "video",
            Purpose::Attachment => "attachment",
        })
    }
}

/// A text that names no purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("video or attachment is expected")]
pub struct UnknownPurpose;

const MIB: u64 = 1 << 20;

/// Of how many bytes the parts of a file are, all but the last: what is lost where a connection breaks, and what
/// a browser holds in memory. Never less than the 5 MiB, never more than the 10,000 parts of S3 (user guide,
/// "Multipart upload limits").
pub fn part_bytes(size: u64) -> u64 {
    let wanted = (size / 64).clamp(8 * MIB, 64 * MIB);
    wanted.max(size.div_ceil(10_000)).div_ceil(MIB) * MIB
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_purpose_is_its_text() {
        for purpose in [Purpose::Video, Purpose::Attachment] {
            assert_eq!(purpose.to_string().parse(), Ok(purpose));
        }
        assert_eq!("x".parse::<Purpose>(), Err(UnknownPurpose));
    }

    proptest! {
        #[test]
        fn parts_are_what_s3_takes(size in 1u64..5 << 40) {
            let part = part_bytes(size);
            prop_assert!((5 * MIB..=5 << 30).contains(&part));
            prop_assert!(size.div_ceil(part) <= 10_000);
            if size < 100 << 30 { prop_assert!(part <= 64 * MIB) }
        }
    }
}
