//! Makes renditions of videos. (Shape to be settled by the pipeline.)

/// Why a video could not be made watchable.
#[derive(Debug, thiserror::Error)]
pub enum TranscodeError {
    /// A defect. Never try again.
    #[error("the transcoder failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Makes renditions of videos.
pub trait Transcoder: Send + Sync + 'static {}
