//! Videos: the newest upload of each, and the version that learners watch.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{BlobKey, Condition, Key, Table, Write};
use domain::download::FileName;
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use domain::video::{Package, Processing, State, VideoStatus};
use serde::{Deserialize, Serialize};

/// The video of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Video {
    pub(crate) asset: AssetId,
    pub(crate) course: CourseId,
    pub(crate) lesson: LessonId,
    /// What learners watch: the newest version that became ready, whatever happens to later ones.
    pub(crate) current: Option<Watchable>,
    /// The newest upload. Once it is ready it is the current version too.
    pub(crate) upload: Upload,
    /// What learners may keep of it, where they may.
    #[serde(default)]
    pub(crate) copy: Option<OfflineCopy>,
}

/// A version that can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watchable {
    pub(crate) version: VersionId,
    pub(crate) package: Package,
}

/// A file of a version, for learners to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfflineCopy {
    pub(crate) version: VersionId,
    /// Under which name it is saved.
    pub(crate) name: FileName,
    /// Bytes.
    pub(crate) size: u64,
}

/// An upload, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) version: VersionId,
    /// As its instructor named the file, for the log.
    pub(crate) file_name: String,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) processing: Processing,
}

impl Video {
    /// How it is doing, for its instructor.
    pub(crate) fn status(&self) -> VideoStatus {
        match &self.upload.processing.state {
            State::Uploaded | State::Probed { .. } => VideoStatus::Waiting,
            State::Transcoding { percent, .. } => VideoStatus::Processing { percent: *percent },
            State::Packaged { .. } => VideoStatus::Processing { percent: 100 },
            State::Ready { package } => ready(self.asset, self.upload.version, package),
            State::Failed { reason, .. } => {
                VideoStatus::Failed { message: reason.to_string(), retryable: reason.retryable() }
            }
        }
    }

    /// How it is doing, for its learners, who have nothing to do with failures.
    pub(crate) fn watchable(&self) -> VideoStatus {
        match &self.current {
            Some(current) => ready(self.asset, current.version, &current.package),
            None if self.status().in_progress() => self.status(),
            None => VideoStatus::Missing,
        }
    }
}

fn ready(asset: AssetId, version: VersionId, package: &Package) -> VideoStatus {
    VideoStatus::Ready {
        length: package.length,
        heights: package.heights.clone(),
        poster: format!("/{}/poster.jpg", media(asset, version)),
    }
}

/// The blob of an upload as it came.
pub(crate) fn source(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("{}/source", upload(asset, version)))
}

/// Prefix of all blobs of an upload.
pub(crate) fn upload(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("uploads/{asset}/{version}"))
}

/// Prefix of all blobs that players may fetch of a version.
pub(crate) fn media(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("media/{asset}/{version}"))
}

/// Prefixes of all blobs of all versions.
pub(crate) fn all_blobs(asset: AssetId) -> [BlobKey; 3] {
    [key(format!("media/{asset}")), key(format!("uploads/{asset}")), super::files::copies(asset)]
}

/// A blob below a prefix.
pub(crate) fn below(prefix: &BlobKey, name: &str) -> BlobKey {
    key(format!("{prefix}/{name}"))
}

fn key(text: String) -> BlobKey {
    BlobKey::new(text).expect("identifiers and names of renditions are letters and digits")
}

pub(crate) async fn video(table: &dyn Table, asset: AssetId) -> Result<Option<Stored<Video>>> {
    load(table, &keys::video(asset)).await
}

/// Videos by id; those that are gone are left out.
pub(crate) async fn videos(table: &dyn Table, assets: &[AssetId]) -> Result<Vec<Video>> {
    let keys: Vec<Key> = assets.iter().map(|asset| keys::video(*asset)).collect();
    let mut found = Vec::with_capacity(assets.len());
    for some in keys.chunks(100) {
        for item in table.batch_get(some).await? {
            found.push(parse::<Video>(&item)?.value);
        }
    }
    Ok(found)
}

pub(crate) fn put(video: &Video, condition: Condition) -> Result<Write> {
    Ok(Write::Put(item(keys::video(video.asset), video)?, condition))
}

pub(crate) fn delete(asset: AssetId) -> Write {
    Write::Delete(keys::video(asset), Condition::None)
}
