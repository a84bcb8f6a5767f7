//! Videos: from an upload to renditions that can be watched.

mod bandwidth;
mod failure;
mod frame_rate;
mod ladder;
mod log;
mod probe;
mod processing;
mod status;

pub use bandwidth::{Bandwidth, Segment};
pub use failure::FailureReason;
pub use frame_rate::FrameRate;
pub use ladder::{Ladder, Rung};
pub use log::{Log, LogLine};
pub use probe::Probe;
pub use processing::{Event, Package, Processing, RemoteJob, State, Step};
pub use status::VideoStatus;
