//! Why a video could not be made watchable, for the instructor who uploaded it.

use serde::{Deserialize, Serialize};

/// Why a video could not be made watchable. Its `Display` is what the instructor reads: what happened, and
/// what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum FailureReason {
    /// No demuxer reads it.
    #[error(
        "This file is not a video we can read. Upload a video file such as MP4, MOV, WebM or MKV, and check first that it plays on your computer."
    )]
    NotAVideo,
    /// Neither a moving picture nor sound.
    #[error(
        "This file holds neither picture nor sound. Check that you chose the right file, then upload it again."
    )]
    NoVideoTrack,
    /// A video, but in a codec or of a size that the transcoder cannot take.
    #[error(
        "This video is in a format we cannot convert. Export it as MP4 with H.264 video, then upload it again."
    )]
    Unsupported,
    /// It begins well and then breaks off.
    #[error(
        "This file is damaged or was cut short. Check that it plays to the end on your computer, then upload it again."
    )]
    Damaged,
    /// The upload is not there any more.
    #[error("The uploaded file is no longer there. Upload it again.")]
    SourceGone,
    /// It was begun again and again and never finished.
    #[error(
        "Converting this video was interrupted too often. Nothing is wrong with your file: try again in a while."
    )]
    Interrupted,
    /// The disk was full for too long.
    #[error(
        "There was no room left on the server to convert this video. Your file is kept: tell the operator, then try again."
    )]
    Full,
    /// Somebody who may edit the course stopped it.
    #[error("You stopped this conversion. Try again, or upload another file.")]
    Cancelled,
    /// A defect of ours.
    #[error(
        "Something went wrong on our side while this video was converted. Try again; if it fails once more, tell us."
    )]
    Internal,
}

impl FailureReason {
    /// Every reason.
    pub const ALL: [FailureReason; 9] = [
        FailureReason::NotAVideo,
        FailureReason::NoVideoTrack,
        FailureReason::Unsupported,
        FailureReason::Damaged,
        FailureReason::SourceGone,
        FailureReason::Interrupted,
        FailureReason::Full,
        FailureReason::Cancelled,
        FailureReason::Internal,
    ];

    /// Whether trying again with the same file can help.
    pub fn retryable(self) -> bool {
        matches!(self, Self::Interrupted | Self::Full | Self::Cancelled | Self::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_happened_and_what_to_do() {
        for reason in FailureReason::ALL {
            let text = reason.to_string();
            assert!(text.matches(['.', ':']).count() >= 2 && text.ends_with('.'), "{text}");
            assert_eq!(text.contains("ry again"), reason.retryable(), "{text}");
        }
    }
}
