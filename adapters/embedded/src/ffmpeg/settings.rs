//! What ffmpeg may take of the machine.

use std::num::NonZeroUsize;
use std::time::Duration;

/// What ffmpeg may take of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FfmpegSettings {
    /// How many cores each run may use; `None`: all of them.
    pub cores: Option<NonZeroUsize>,
    /// How much it gives way to others, 0 to 19: pages come before renditions.
    pub niceness: u8,
    /// The longest video that is taken.
    pub max_duration: Duration,
}

impl Default for FfmpegSettings {
    /// All cores, and videos of up to twelve hours.
    fn default() -> Self {
        Self { cores: None, niceness: 10, max_duration: Duration::from_secs(12 * 3600) }
    }
}
