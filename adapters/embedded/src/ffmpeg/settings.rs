//! What ffmpeg may take of the machine.

use std::num::NonZeroUsize;
use std::time::Duration;

/// What ffmpeg may take of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FfmpegSettings {
    /// Threads of each decoder, filter graph and encoder; `None`: as many as there are cores.
    pub threads: Option<NonZeroUsize>,
    /// How many videos are transcoded at the same time. The others wait.
    pub jobs: NonZeroUsize,
    /// How much it gives way to others, 0 to 19: pages come before renditions.
    pub niceness: u8,
    /// The longest video that is taken.
    pub max_duration: Duration,
}

impl Default for FfmpegSettings {
    /// All cores, two videos at a time, so that a clip does not wait for a film, and up to twelve hours each.
    fn default() -> Self {
        const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();
        Self { threads: None, jobs: TWO, niceness: 10, max_duration: Duration::from_secs(12 * 3600) }
    }
}
