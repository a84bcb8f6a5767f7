//! How a video is doing, for people.

use crate::time::Seconds;
use serde::{Deserialize, Serialize};

/// How a lesson's video is doing, in the words of its instructor's page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VideoStatus {
    /// None was uploaded.
    #[default]
    Missing,
    /// Uploaded; waits for its turn.
    Waiting,
    /// Renditions are being made.
    Processing {
        /// How much is done, 0 to 100.
        percent: u8,
    },
    /// Can be watched.
    Ready {
        /// How long it is.
        length: Seconds,
        /// Heights of the renditions, tallest first, as in 1080p.
        heights: Vec<u32>,
        /// Address of the poster image.
        poster: String,
    },
    /// Could not be made watchable.
    Failed {
        /// What happened and what to do, in a sentence.
        message: String,
        /// Whether trying again with the same file can help.
        retryable: bool,
    },
}

impl VideoStatus {
    /// Whether it will change by itself.
    pub fn in_progress(&self) -> bool {
        matches!(self, VideoStatus::Waiting | VideoStatus::Processing { .. })
    }
}
