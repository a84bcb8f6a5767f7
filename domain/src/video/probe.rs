//! What an uploaded file holds.

use super::FrameRate;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What an uploaded file holds, as far as its renditions depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// How wide the picture is as shown: after rotation, in square pixels. At least 1.
    pub width: u32,
    /// How high the picture is as shown. At least 1.
    pub height: u32,
    /// The average frame rate. It may vary within the file.
    pub frame_rate: FrameRate,
    /// Whether frames are made of two fields, as on old tapes and in broadcasts.
    pub interlaced: bool,
    /// How long the picture lasts.
    pub duration: Duration,
    /// How many channels the sound has; `None` without sound.
    pub audio_channels: Option<u32>,
}

impl Probe {
    /// The shorter side of the picture: what "1080p" counts, whichever way the camera was held.
    pub fn short_side(&self) -> u32 {
        self.width.min(self.height)
    }
}
