//! One file of a rendition and its sound, for whoever keeps a video.

use super::process::Launcher;
use super::staging::Staging;
use super::{command, judge, storage};
use services::ports::{CopyJob, TranscodeError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// Copying is as quick as the disk: a minute is much. A process that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(3600);

/// The file's name while it is made.
const DRAFT: &str = "copy.mp4";

/// Makes the file of a job; one that is there already is kept. Returns its size.
pub(super) async fn copy(launcher: &Launcher, root: &Path, job: &CopyJob) -> Result<u64, TranscodeError> {
    let target = root.join(job.target.as_str());
    if let Some(size) = size(&target).await? {
        return Ok(size);
    }
    let renditions = root.join(job.renditions.as_str());
    let picture = command::playlist(&renditions.join(&job.rendition));
    let sound = command::playlist(&renditions.join("audio"));
    if size(&picture).await?.is_none() {
        return Err(TranscodeError::SourceGone);
    }
    let sound = size(&sound).await?.map(|_| sound);
    let staging = Staging::create(root, &job.target).await.map_err(storage)?;
    let arguments = command::copy(&picture, sound.as_deref(), DRAFT);
    let run = launcher.ffmpeg(&arguments, staging.path(), LIMIT, &|_| ()).await;
    run.map_err(judge)?;
    let made = size(&staging.path().join(DRAFT)).await?;
    staging.publish_file(DRAFT, &target).await.map_err(storage)?;
    made.ok_or(TranscodeError::SourceGone)
}

/// The size of a file; `None` where there is none.
async fn size(path: &Path) -> Result<Option<u64>, TranscodeError> {
    match tokio::fs::metadata(path).await {
        Ok(found) if found.is_file() => Ok(Some(found.len())),
        Ok(_) => Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(storage(error)),
    }
}
