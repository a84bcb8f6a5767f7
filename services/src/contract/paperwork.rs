//! A transcoder for tests in which nobody looks at the picture.

use crate::ports::{
    BlobKey, CopyJob, TranscodeError, TranscodeJob, Transcoded, Transcoder, VideoRendition, Work,
};
use async_trait::async_trait;
use domain::video::{Bandwidth, FrameRate, Probe, Rung};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Says that it made renditions of ten minutes, and makes none.
pub struct Paperwork;

#[async_trait]
impl Transcoder for Paperwork {
    async fn probe(&self, _: &BlobKey) -> Result<Probe, TranscodeError> {
        let frame_rate = FrameRate::new(25, 1).expect("25 frames a second is a frame rate");
        let duration = Duration::from_secs(600);
        Ok(Probe::picture(640, 360, frame_rate, duration))
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        _: &(dyn Fn(u8) + Send + Sync),
        _: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let rendition = |rung: &Rung| VideoRendition {
            name: rung.name.clone(),
            width: rung.width,
            height: rung.height,
            codec: "avc1.640028".into(),
            frame_rate: job.ladder.frame_rate,
            bandwidth: Bandwidth { average: 1, peak: 1 },
        };
        let video = job.ladder.rungs.iter().map(rendition).collect();
        Ok(Work::Made(Transcoded {
            duration: job.probe.duration,
            video,
            audio: None,
            warnings: Vec::new(),
            captions: Vec::new(),
            posters: 1,
            storyboard: false,
        }))
    }

    async fn copy(&self, _: &CopyJob, _: CancellationToken) -> Result<u64, TranscodeError> {
        Ok(1)
    }
}
