//! Makes renditions of videos: ffmpeg on this machine, or a transcoding service.

use super::BlobKey;
use async_trait::async_trait;
use bytes::Bytes;
use domain::id::{AssetId, VersionId};
use domain::video::{Bandwidth, CaptionFile, FrameRate, Ladder, Probe, RemoteJob, Warning};
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
    /// Which of them, as in [`domain::video::Rung::name`]; `audio` for the sound alone.
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
    /// How long it plays.
    pub duration: Duration,
    /// One for each rung of the ladder, in its order.
    pub video: Vec<VideoRendition>,
    /// The sound, for a source that has some that can be decoded.
    pub audio: Option<AudioRendition>,
    /// What the instructor should know of it.
    pub warnings: Vec<Warning>,
    /// The subtitles of the source that are text.
    pub captions: Vec<CaptionFile>,
    /// How many posters there are: `poster.jpg`, `poster-1.jpg` and so on. At least one.
    pub posters: u32,
    /// Whether there are small pictures for the seek bar.
    pub storyboard: bool,
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

/// The rendition of the sound, under `{target}/audio/`: mono where the source is, else stereo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioRendition {
    /// As playlists name it (RFC 6381 §3.3): `mp4a.40.2`.
    pub codec: String,
    /// 1 or 2.
    pub channels: u32,
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
    /// The source holds neither a moving picture nor sound. Never try again.
    #[error("the source has neither picture nor sound")]
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
    /// - `{target}/poster.jpg`, and `poster-1.jpg` and so on, to choose from;
    /// - `{target}/storyboard/storyboard.vtt` and the pictures it names, for the seek bar, where it can;
    /// - `{target}/captions/{n}.vtt`, from 1, for subtitles of the source that are text.
    ///
    /// A source that breaks off, or that is damaged in places, gives what is there, and a [`Warning`].
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

    /// A file of what a running job has made so far, as in `360p/index.m3u8`: playlists name what can be played
    /// already, and grow. `None` where there is no such file (yet, or any more), and from transcoders that do
    /// not show their work.
    async fn preview(&self, _target: &BlobKey, _part: &str) -> Result<Option<Bytes>, TranscodeError> {
        Ok(None)
    }

    /// Makes one MP4 of a rendition and the sound that goes with it, as they are: nothing is encoded again.
    /// Its index comes first, so that it plays while it arrives. Returns its size, bytes.
    ///
    /// The file appears whole or not at all; one that is there already is kept. Renditions that are gone are
    /// [`TranscodeError::SourceGone`]. Cancelling and dropping are as with [`Transcoder::transcode`].
    async fn copy(&self, job: &CopyJob, cancel: CancellationToken) -> Result<u64, TranscodeError>;
}
