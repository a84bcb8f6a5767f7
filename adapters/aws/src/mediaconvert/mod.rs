//! [`Transcoder`] on MediaConvert: jobs in AWS, which read from a bucket and write to it.

mod faults;
mod output;
mod probe;
mod settings;

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use crate::s3::S3Blobs;
use async_trait::async_trait;
use aws_sdk_mediaconvert::Client;
use aws_sdk_mediaconvert::config::http::HttpResponse;
use aws_sdk_mediaconvert::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_mediaconvert::types::{JobStatus, ProbeInputFile, StatusUpdateInterval};
use domain::video::{Probe, RemoteJob};
use services::ports::{
    BlobError, BlobKey, BlobStore, CopyJob, Remote, TranscodeError, TranscodeJob, Transcoder, Work,
};
use tokio_util::sync::CancellationToken;

/// What MediaConvert is told beside the job.
#[derive(Debug, Clone)]
pub struct MediaConvertSettings {
    /// ARN of the role that MediaConvert takes on: it may read and write the bucket.
    pub role: String,
    /// ARN of the queue; the account's default one for `None`.
    pub queue: Option<String>,
    /// Name of a job template, for what is not said here (acceleration, tags). What is said here wins.
    pub template: Option<String>,
}

/// Has MediaConvert make renditions, in the bucket that the blobs are in.
///
/// Each rendition is an output group of its own, because only groups have folders: the destination `…/in` and the name
/// modifier `dex` make its playlist `index.m3u8`, as the port wants it. (The `in.m3u8` beside it, which names that one
/// playlist, is not used.) Posters are pictures taken after every fifth; they get their names when the job is seen to be
/// complete, `poster.jpg` last, and so tell that all of the output is there. There are no storyboards and no captions, and
/// sources of sound alone are refused: nothing would be their poster.
pub struct MediaConvert {
    client: Client,
    blobs: S3Blobs,
    settings: MediaConvertSettings,
}

impl MediaConvert {
    /// With blobs in a bucket of AWS. Asks nothing yet.
    pub fn new(connection: &Connection, blobs: S3Blobs, settings: MediaConvertSettings) -> Self {
        Self { client: Client::new(&connection.config), blobs, settings }
    }

    fn uri(&self, key: &BlobKey) -> String {
        self.blobs.bucket.uri(key)
    }

    async fn create(&self, job: &TranscodeJob) -> Result<RemoteJob, TranscodeError> {
        let request = self
            .client
            .create_job()
            .client_request_token(format!("{}-{}", job.version, job.attempt))
            .role(&self.settings.role)
            .set_queue(self.settings.queue.clone())
            .set_job_template(self.settings.template.clone())
            .status_update_interval(StatusUpdateInterval::Seconds10)
            .user_metadata("asset", job.asset.to_string())
            .user_metadata("version", job.version.to_string())
            .user_metadata("attempt", job.attempt.to_string())
            .settings(settings::job_settings(job, |key| self.uri(key)));
        let created = request.send().await.map_err(failure)?;
        let id = created.job.and_then(|job| job.id);
        id.map(RemoteJob).ok_or(TranscodeError::Internal("a job without a name".into()))
    }

    async fn status(&self, remote: &RemoteJob) -> Result<Option<Status>, TranscodeError> {
        let asked = self.client.get_job().id(&remote.0).send().await;
        let job = match asked {
            Ok(found) => found.job,
            Err(error) => match Fault::of(error) {
                Fault { kind: Kind::Missing, .. } => None,
                fault => return Err(fault.into()),
            },
        };
        Ok(job.map(|job| Status {
            percent: job
                .job_percent_complete
                .and_then(|percent| percent.try_into().ok())
                .unwrap_or(0u8)
                .min(99),
            code: job.error_code.unwrap_or_default(),
            message: job.error_message.unwrap_or_default(),
            status: job.status,
        }))
    }
}

/// How a job stands.
struct Status {
    status: Option<JobStatus>,
    percent: u8,
    code: i32,
    message: String,
}

#[async_trait]
impl Transcoder for MediaConvert {
    /// By MediaConvert's Probe, which reads the head of a file. It does not tell interlaced pictures: the job
    /// recognises them by itself.
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError> {
        if self.blobs.size(source).await.map_err(from_store)?.is_none() {
            return Err(TranscodeError::SourceGone);
        }
        let file = ProbeInputFile::builder().file_url(self.uri(source)).build();
        let probed = self.client.probe().input_files(file).send().await.map_err(probe::failure)?;
        probe::read(probed.probe_results())
    }

    /// Returns as soon as MediaConvert has the job: asking twice for the same attempt makes one. It goes on when
    /// `cancel` fires; [`Transcoder::stop`] ends it.
    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let ask = async {
            match output::whole(&self.blobs, job).await? {
                Some(made) => {
                    progress(100);
                    Ok(Work::Made(made))
                }
                None => self.create(job).await.map(Work::Elsewhere),
            }
        };
        tokio::select! {
            () = cancel.cancelled() => Err(TranscodeError::Cancelled),
            asked = ask => asked,
        }
    }

    async fn look(&self, job: &TranscodeJob, remote: &RemoteJob) -> Result<Remote, TranscodeError> {
        let Some(Status { status, percent, code, message }) = self.status(remote).await? else {
            return Ok(Remote::Unknown);
        };
        match status {
            Some(JobStatus::Submitted) => Ok(Remote::Running(0)),
            Some(JobStatus::Progressing) => Ok(Remote::Running(percent)),
            Some(JobStatus::Complete) => output::finish(&self.blobs, job).await.map(Remote::Made),
            Some(JobStatus::Canceled) => Err(TranscodeError::Interrupted("cancelled in MediaConvert".into())),
            Some(JobStatus::Error) => Err(faults::of_job(code, &message)),
            other => Err(TranscodeError::Internal(format!("a job that is {other:?}").into())),
        }
    }

    async fn stop(&self, remote: &RemoteJob) -> Result<(), TranscodeError> {
        let refused = match self.client.cancel_job().id(&remote.0).send().await {
            Ok(_) => return Ok(()),
            Err(error) => failure(error),
        };
        // A job that is not running any more, or never was, needs no ending.
        match self.status(remote).await?.and_then(|found| found.status) {
            Some(JobStatus::Submitted | JobStatus::Progressing) => Err(refused),
            _ => Ok(()),
        }
    }

    /// MediaConvert encodes what it writes, and takes minutes for it: a copy of the segments as they are is not its
    /// work, so there is none. Whoever wants copies makes them beside it, from the segments in the bucket.
    async fn copy(&self, _job: &CopyJob, _cancel: CancellationToken) -> Result<u64, TranscodeError> {
        Err(TranscodeError::Unsupported("MediaConvert makes no copies of renditions".into()))
    }
}

fn failure<E>(error: SdkError<E, HttpResponse>) -> TranscodeError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    Fault::of(error).into()
}

/// A request that MediaConvert did not do: a job, a role or a queue that is missing is a defect like others.
impl From<Fault> for TranscodeError {
    fn from(fault: Fault) -> Self {
        match fault.kind {
            Kind::Passing => TranscodeError::Interrupted(fault.to_string()),
            Kind::Missing | Kind::Defect => TranscodeError::Internal(fault.source),
        }
    }
}

fn from_store(error: BlobError) -> TranscodeError {
    match error {
        BlobError::Internal(_) | BlobError::NotFound => TranscodeError::Internal(error.into()),
        BlobError::Full => TranscodeError::Full,
        BlobError::Interrupted(_) | BlobError::Unavailable(_) => {
            TranscodeError::Interrupted(error.to_string())
        }
    }
}
