//! One file of a rendition and its sound, for whoever keeps a video.

use super::input::{quiet, words};
use super::process::{Launcher, Limits};
use super::staging::Staging;
use super::{judge, renditions, storage};
use services::ports::{CopyJob, TranscodeError};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// Copying is as quick as the disk: a minute is much. A process that takes longer hangs. No copy is larger than
/// the whole of what it is made of, which was measured.
const LIMITS: Limits = Limits { time: Duration::from_secs(3600), file: 1 << 40 };

/// The file's name while it is made.
const DRAFT: &str = "copy.mp4";

/// The rendition that is sound.
const SOUND: &str = "audio";

/// How much earlier than the picture ffmpeg's AAC encoder starts: one frame of 1,024 samples at 48 kHz, which
/// nobody hears. Every input is taken from zero on, so that has to be said for the sound to stay in its place.
const PRIMING: &str = "-0.021333";

/// Makes the file of a job; one that is there already is kept. Returns its size.
pub(super) async fn copy(launcher: &Launcher, root: &Path, job: &CopyJob) -> Result<u64, TranscodeError> {
    let target = root.join(job.target.as_str());
    if let Some(size) = size(&target).await? {
        return Ok(size);
    }
    let folder = root.join(job.renditions.as_str());
    let rendition = renditions::playlist(&folder.join(&job.rendition));
    let sound = renditions::playlist(&folder.join(SOUND));
    if size(&rendition).await?.is_none() {
        return Err(TranscodeError::SourceGone);
    }
    let sound = size(&sound).await?.map(|_| sound);
    let arguments = match (&sound, job.rendition == SOUND) {
        (_, true) => arguments(None, Some(&rendition)),
        (sound, false) => arguments(Some(&rendition), sound.as_deref()),
    };
    let staging = Staging::create(root, &job.target).await.map_err(storage)?;
    launcher.ffmpeg(&arguments, staging.path(), LIMITS).await.map_err(judge)?;
    let made = size(&staging.path().join(DRAFT)).await?;
    staging.publish_file(DRAFT, &target).await.map_err(storage)?;
    made.ok_or(TranscodeError::SourceGone)
}

/// Puts renditions of ours into one MP4 as they are, with its index in front (`faststart`). To be run in the
/// folder of the output.
fn arguments(picture: Option<&Path>, sound: Option<&Path>) -> Vec<OsString> {
    let mut arguments = quiet();
    for (playlist, offset) in
        picture.map(|path| (path, None)).into_iter().chain(sound.map(|path| (path, picture)))
    {
        if offset.is_some() {
            arguments.extend(words(&format!("-itsoffset {PRIMING}")));
        }
        // Playlists name further files: ours alone are read so, and nothing but files.
        arguments.extend(words("-protocol_whitelist file -format_whitelist hls,mov -f hls -i"));
        let mut file = OsString::from("file:");
        file.push(playlist);
        arguments.push(file);
    }
    let maps = match (picture, sound) {
        (Some(_), Some(_)) => "-map 0:v:0 -map 1:a:0",
        (Some(_), None) => "-map 0:v:0",
        (None, _) => "-map 0:a:0",
    };
    arguments.extend(words(&format!("{maps} -c copy -map_metadata -1 -movflags +faststart {DRAFT}")));
    arguments
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
