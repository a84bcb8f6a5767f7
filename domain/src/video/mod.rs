//! Videos: from an upload to renditions that can be watched.

mod status;

pub use status::VideoStatus;
