//! Videos: from an upload to renditions that can be watched.

mod bandwidth;
mod caption;
mod complexity;
mod failure;
mod frame_rate;
mod ladder;
mod log;
mod media_playlist;
mod poster;
mod probe;
mod processing;
mod status;
mod storyboard;
mod warning;

pub use bandwidth::{Bandwidth, Segment};
pub use caption::{CaptionFile, language_tag};
pub use complexity::Complexity;
pub use failure::FailureReason;
pub use frame_rate::FrameRate;
pub use ladder::{Ladder, Rung};
pub use log::{Log, LogLine};
pub use media_playlist::{MediaPlaylist, avc_codec};
pub use poster::poster_file;
pub use probe::{Colour, Hdr, Matrix, Probe, SubtitleTrack};
pub use processing::{Event, Package, Processing, RemoteJob, State, Step};
pub use status::VideoStatus;
pub use storyboard::{Scene, Storyboard, Tile};
pub use warning::Warning;
