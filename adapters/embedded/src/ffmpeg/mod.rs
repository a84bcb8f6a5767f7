//! The transcoder on this machine: ffmpeg and ffprobe, as child processes.
//!
//! An upload is hostile until proven otherwise. ffmpeg reads it by an absolute `file:` address with every other
//! protocol switched off, and only through demuxers of single files: a playlist that names `/etc/passwd` is
//! not a video. No shell is involved, the environment is empty, there is no network where the machine lets us
//! take it away, and metadata (where a phone stood) is dropped. Time, sizes and the length of a video are limited.

mod captions;
mod copy;
mod cores;
mod errors;
mod input;
mod loudness;
mod measure;
mod picture;
mod posters;
mod probe;
mod process;
mod renditions;
mod settings;
mod sound;
mod staging;
mod storyboard;
mod work;

pub use settings::FfmpegSettings;

use async_trait::async_trait;
use bytes::Bytes;
use domain::video::Probe;
use errors::{internal, judge, storage};
use process::Launcher;
use services::ports::{BlobKey, CopyJob, TranscodeError, TranscodeJob, Transcoder, Work};
use staging::Staging;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// ffmpeg, working on the files of a [`LocalBlobs`](crate::LocalBlobs) folder.
pub struct Ffmpeg {
    root: PathBuf,
    launcher: Launcher,
    settings: FfmpegSettings,
}

/// Why ffmpeg cannot be used here.
#[derive(Debug, thiserror::Error)]
pub enum FfmpegError {
    /// A program is not on `PATH`.
    #[error("{0} is not installed: install ffmpeg 5.1 or newer")]
    Missing(&'static str),
    /// Cores are to be shared out, and the program that does it is not on `PATH`.
    #[error("taskset, which holds ffmpeg to some of the cores, is not installed: install util-linux")]
    NoTaskset,
    /// The kernel does not say which cores there are.
    #[error("the cores of this machine cannot be shared out")]
    Cores(#[source] std::io::Error),
    /// The folder of blobs cannot be used.
    #[error("the folder {0} cannot be used")]
    Folder(PathBuf, #[source] std::io::Error),
}

impl Ffmpeg {
    /// Looks for the programs, and clears away what an earlier run of the server left half done. `root` is
    /// the folder of the blobs; no other `Ffmpeg` may work in it.
    pub fn open(root: &Path, settings: FfmpegSettings) -> Result<Self, FfmpegError> {
        let folder = |error| FfmpegError::Folder(root.to_owned(), error);
        std::fs::create_dir_all(root).map_err(folder)?;
        let root = root.canonicalize().map_err(folder)?;
        Staging::clear_all(&root).map_err(folder)?;
        Ok(Self { launcher: Launcher::find(&settings)?, root, settings })
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
        probe::probe(&self.launcher, &self.settings, &path, &self.root).await
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let source = self.source(&job.source).await?;
        // Dropping the work ends its processes and removes its folder.
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TranscodeError::Cancelled),
            done = self.work(&source, job, progress) => done.map(Work::Made),
        }
    }

    async fn preview(&self, target: &BlobKey, part: &str) -> Result<Option<Bytes>, TranscodeError> {
        let Some(part) = BlobKey::new(part) else { return Ok(None) };
        let Some(folder) = Staging::newest(&self.root, target).map_err(storage)? else { return Ok(None) };
        match tokio::fs::read(folder.join(part.as_str())).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if is_nothing(error.kind()) => Ok(None),
            Err(error) => Err(storage(error)),
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

fn is_nothing(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(kind, NotFound | NotADirectory | IsADirectory)
}
