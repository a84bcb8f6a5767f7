//! The transcoder on this machine: ffmpeg and ffprobe, as child processes.
//!
//! An upload is hostile until proven otherwise. ffmpeg reads it by an absolute `file:` address with every other
//! protocol switched off, and only through demuxers of single files: a playlist that names `/etc/passwd` is
//! not a video. No shell is involved, the environment is empty, and metadata (where a phone stood) is dropped.

mod command;
mod copy;
mod measure;
mod probe;
mod process;
mod staging;

use async_trait::async_trait;
use domain::video::Probe;
use process::{Launcher, Stopped};
use services::ports::{BlobKey, CopyJob, TranscodeError, TranscodeJob, Transcoded, Transcoder, Work};
use staging::Staging;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// ffmpeg, working on the files of a [`LocalBlobs`](crate::LocalBlobs) folder.
pub struct Ffmpeg {
    root: PathBuf,
    launcher: Launcher,
}

/// Why ffmpeg cannot be used here.
#[derive(Debug, thiserror::Error)]
pub enum FfmpegError {
    /// A program is not on `PATH`.
    #[error("{0} is not installed: install ffmpeg 5.1 or newer")]
    Missing(&'static str),
    /// The folder of blobs cannot be used.
    #[error("the folder {0} cannot be used")]
    Folder(PathBuf, #[source] std::io::Error),
}

impl Ffmpeg {
    /// Looks for the programs, and clears away what an earlier run of the server left half done. `root` is
    /// the folder of the blobs; no other `Ffmpeg` may work in it.
    pub fn open(root: &Path) -> Result<Self, FfmpegError> {
        let folder = |error| FfmpegError::Folder(root.to_owned(), error);
        std::fs::create_dir_all(root).map_err(folder)?;
        let root = root.canonicalize().map_err(folder)?;
        Staging::clear_all(&root).map_err(folder)?;
        Ok(Self { launcher: Launcher::find()?, root })
    }

    /// The file of a key. A [`BlobKey`] holds nothing that could lead out of the folder.
    fn path(&self, key: &BlobKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    async fn source(&self, key: &BlobKey) -> Result<PathBuf, TranscodeError> {
        let path = self.path(key);
        match tokio::fs::metadata(&path).await {
            Ok(found) if found.is_file() => Ok(path),
            Ok(_) => Err(TranscodeError::SourceGone),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(TranscodeError::SourceGone),
            Err(error) => Err(internal(error)),
        }
    }
}

#[async_trait]
impl Transcoder for Ffmpeg {
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError> {
        let path = self.source(source).await?;
        probe::probe(&self.launcher, &path).await
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let source = self.source(&job.source).await?;
        let target = self.path(&job.target);
        let work = self.work(&source, &target, job, progress);
        // Dropping the work ends its process and removes its folder.
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TranscodeError::Cancelled),
            done = work => done.map(Work::Made),
        }
    }

    async fn copy(&self, job: &CopyJob, cancel: CancellationToken) -> Result<u64, TranscodeError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TranscodeError::Cancelled),
            done = copy::copy(&self.launcher, &self.root, job) => done,
        }
    }
}

impl Ffmpeg {
    async fn work(
        &self,
        source: &Path,
        target: &Path,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
    ) -> Result<Transcoded, TranscodeError> {
        if is_dir(target).await? {
            // Output appears whole: somebody did this job before.
            match measure::measure(target, &job.ladder).await {
                Ok(found) => {
                    progress(100);
                    return Ok(found);
                }
                Err(error) => {
                    tracing::warn!(output = %job.target, %error, "replacing unusable output");
                    tokio::fs::remove_dir_all(target).await.map_err(storage)?;
                }
            }
        }
        let staging = Staging::create(&self.root, &job.target).await.map_err(storage)?;
        let total = job.probe.duration;
        let limit = time_limit(total);
        let arguments = command::renditions(source, job);
        let percent = |done: Duration| progress(percent(done, total));
        let run = self.launcher.ffmpeg(&arguments, staging.path(), limit, &percent).await;
        run.map_err(judge)?;
        let arguments = command::poster(source, &job.probe);
        let run = self.launcher.ffmpeg(&arguments, staging.path(), limit, &|_| ()).await;
        run.map_err(judge)?;
        let made = measure::measure(staging.path(), &job.ladder).await.map_err(internal)?;
        if made.duration < shortest_whole(total) {
            let (found, expected) = (made.duration.as_secs(), total.as_secs());
            return Err(TranscodeError::Damaged(format!("it ends after {found} s of {expected} s")));
        }
        staging.publish(target).await.map_err(storage)?;
        progress(100);
        measure::measure(target, &job.ladder).await.map_err(internal)
    }
}

/// 100 is said once the output is there.
fn percent(done: Duration, total: Duration) -> u8 {
    let share = done.as_secs_f64() / total.as_secs_f64().max(0.001);
    (share * 100.0).clamp(0.0, 99.0) as u8
}

/// A loaded small machine takes some thirty times as long as a 4K film lasts. A process that takes longer hangs.
fn time_limit(duration: Duration) -> Duration {
    duration * 40 + Duration::from_secs(600)
}

/// What a container says and what its frames add up to differ a little; a file that was cut short differs more.
fn shortest_whole(duration: Duration) -> Duration {
    duration.mul_f64(0.95).saturating_sub(Duration::from_secs(1))
}

/// What it means that ffmpeg did not transcode a source that ffprobe could read.
fn judge(stopped: Stopped) -> TranscodeError {
    let Stopped::Failed { stderr } = &stopped else { return stopped.into() };
    let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
    if says(&["No space left on device"]) {
        TranscodeError::Full
    } else if says(&[
        "Decoder (codec",
        "not implemented",
        "Could not find codec parameters",
        "Decoder not found",
    ]) {
        TranscodeError::Unsupported(stderr.clone())
    } else if says(&[
        "Invalid data found",
        "moov atom not found",
        "Output file is empty",
        "Cannot determine format",
    ]) {
        TranscodeError::Damaged(stderr.clone())
    } else {
        stopped.into()
    }
}

impl From<Stopped> for TranscodeError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Killed | Stopped::TimedOut => TranscodeError::Interrupted(stopped.to_string()),
            Stopped::Failed { .. } | Stopped::Io(_) => internal(stopped),
        }
    }
}

async fn is_dir(path: &Path) -> Result<bool, TranscodeError> {
    match tokio::fs::metadata(path).await {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

fn storage(error: std::io::Error) -> TranscodeError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => TranscodeError::Full,
        _ => internal(error),
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> TranscodeError {
    TranscodeError::Internal(Box::new(error))
}
