//! Makes renditions of videos: ffmpeg on this machine, or a transcoding service.

use super::BlobKey;
use async_trait::async_trait;
use domain::id::{AssetId, VersionId};
use domain::video::{Bandwidth, FrameRate, Ladder, Probe, RemoteJob};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A transcoding to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscodeJob {
    /// The video that it is for, which a service gives back with every event.
    pub asset: AssetId,
    /// The upload that it is for.
    pub version: VersionId,
    /// Which attempt of the upload it is, from 1. Together they name the job: asking a service twice for one job
    /// makes one.
    pub attempt: u32,
    /// The uploaded file.
    pub source: BlobKey,
    /// Prefix of all keys of the output.
    pub target: BlobKey,
    /// What the source holds.
    pub probe: Probe,
    /// The renditions to make.
    pub ladder: Ladder,
}

/// A copy to make for whoever keeps a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyJob {
    /// Prefix of the renditions: the target of their [`TranscodeJob`].
    pub renditions: BlobKey,
    /// Which of them, as in [`domain::video::Rung::name`].
    pub rendition: String,
    /// The file to make.
    pub target: BlobKey,
}

/// What became of asking for a transcoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// The output is there.
    Made(Transcoded),
    /// A service does it, and it takes its time. [`Transcoder::look`] tells how far it is.
    Elsewhere(RemoteJob),
}

/// How far a job is that a service does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// So many percent are done.
    Running(u8),
    /// The output is there.
    Made(Transcoded),
    /// The service knows no such job (any more): ask for it again. One that was cancelled there is an
    /// [`TranscodeError::Interrupted`].
    Unknown,
}

/// What was made, measured on the output itself: what the multivariant playlist declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcoded {
    /// How long the picture is.
    pub duration: Duration,
    /// One for each rung of the ladder, in its order.
    pub video: Vec<VideoRendition>,
    /// The sound, for a source that has some.
    pub audio: Option<AudioRendition>,
}

/// A rendition of the picture, under `{target}/{name}/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoRendition {
    /// As in [`domain::video::Rung::name`].
    pub name: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// As playlists name it (RFC 6381 §3.3): `avc1.640028`.
    pub codec: String,
    /// Constant.
    pub frame_rate: FrameRate,
    /// Of its segments.
    pub bandwidth: Bandwidth,
}

/// The rendition of the sound, under `{target}/audio/`: stereo, whatever the source's channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioRendition {
    /// As playlists name it (RFC 6381 §3.3): `mp4a.40.2`.
    pub codec: String,
    /// Of its segments.
    pub bandwidth: Bandwidth,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum TranscodeError {
    /// There is no such source. Never try again.
    #[error("the source is not there")]
    SourceGone,
    /// The source is nothing that is played. Never try again.
    #[error("the source is not a video")]
    NotAVideo,
    /// The source holds no moving picture. Never try again.
    #[error("the source has no video track")]
    NoVideoTrack,
    /// The source is a video in a format that cannot be read. Never try again.
    #[error("the source is in an unsupported format: {0}")]
    Unsupported(String),
    /// The source breaks off, or cannot be decoded to its end. Never try again.
    #[error("the source is damaged: {0}")]
    Damaged(String),
    /// The work was cancelled by its token. Trying again is what is expected.
    #[error("the transcoding was cancelled")]
    Cancelled,
    /// The work stopped for a reason that does not lie in the source: a process was killed, the service did
    /// not answer. Trying again may help.
    #[error("the transcoding was interrupted: {0}")]
    Interrupted(String),
    /// There is no room for the output. Trying again helps once somebody made some.
    #[error("no space is left for the output")]
    Full,
    /// A defect. Never try again.
    #[error("the transcoder failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Makes renditions of videos.
#[async_trait]
pub trait Transcoder: Send + Sync + 'static {
    /// Looks at a source. Reads no more of it than needed, and follows no reference in it to other files or
    /// to the network.
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError>;

    /// Makes the renditions of a job, or has a service make them, as CMAF (fMP4) HLS:
    ///
    /// - `{target}/{rung}/index.m3u8` and the files it names, for each rung of the ladder;
    /// - `{target}/audio/…` likewise, where the ladder has sound;
    /// - `{target}/poster.jpg`.
    ///
    /// Every segment starts with a key frame, on the same frame in all rungs. There is no multivariant
    /// playlist: whoever publishes the output writes it.
    ///
    /// The output appears under `target` whole or not at all. Whole output that is there already is
    /// kept and measured: doing a job twice, even at the same time, is fine. `progress` is told percents,
    /// which never fall. After `cancel` the call returns within seconds, [`TranscodeError::Cancelled`]; a call
    /// that is dropped stops too. Nothing runs on, and what was half done takes no room for longer than until
    /// the next start.
    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError>;

    /// The truth about a job that a service does: an error where it failed there. A transcoder that does the
    /// work itself knows none.
    async fn look(&self, _job: &TranscodeJob, _remote: &RemoteJob) -> Result<Remote, TranscodeError> {
        Ok(Remote::Unknown)
    }

    /// Ends a job that a service does. One that ended already is fine.
    async fn stop(&self, _remote: &RemoteJob) -> Result<(), TranscodeError> {
        Ok(())
    }

    /// Makes one MP4 of a rendition and the sound that goes with it, as they are: nothing is encoded again.
    /// Its index comes first, so that it plays while it arrives. Returns its size, bytes.
    ///
    /// The file appears whole or not at all; one that is there already is kept. Renditions that are gone are
    /// [`TranscodeError::SourceGone`]. Cancelling and dropping are as with [`Transcoder::transcode`].
    async fn copy(&self, job: &CopyJob, cancel: CancellationToken) -> Result<u64, TranscodeError>;
}
