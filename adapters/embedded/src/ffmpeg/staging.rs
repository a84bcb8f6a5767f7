//! A folder of its own for each run, renamed into place when it is whole.

use services::ports::BlobKey;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Beside the blobs, on the same file system: a rename is then one step. No key has such a name.
const FOLDER: &str = "~transcoding";

/// A run's folder. Dropped before it is published, it is removed.
pub(super) struct Staging {
    path: PathBuf,
}

impl Staging {
    /// Removes the folders of runs that a killed server left behind.
    pub(super) fn clear_all(root: &Path) -> io::Result<()> {
        missing_is_fine(std::fs::remove_dir_all(root.join(FOLDER)))
    }

    /// Makes an empty folder.
    pub(super) async fn create(root: &Path, target: &BlobKey) -> io::Result<Self> {
        // Unique in this process; folders of earlier ones were removed at its start.
        static RUN: AtomicU64 = AtomicU64::new(0);
        let path = runs(root, target).join(RUN.fetch_add(1, Ordering::Relaxed).to_string());
        match tokio::fs::create_dir_all(&path).await {
            // The last of the other runs took the folder of them all with it, just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => tokio::fs::create_dir_all(&path).await?,
            made => made?,
        }
        Ok(Self { path })
    }

    /// The folder of the newest run for a target; `None` where none is at work.
    pub(super) fn newest(root: &Path, target: &BlobKey) -> io::Result<Option<PathBuf>> {
        let runs = match std::fs::read_dir(runs(root, target)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            runs => runs?,
        };
        let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u64>().ok();
        let folders: io::Result<Vec<PathBuf>> = runs.map(|entry| Ok(entry?.path())).collect();
        Ok(folders?.into_iter().filter(|path| number(path).is_some()).max_by_key(number))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder durable and renames it to `target`. Where somebody who did the same job came first,
    /// theirs is kept: learners may be watching it.
    pub(super) async fn publish(self, target: &Path) -> io::Result<()> {
        let target = target.to_owned();
        // The folder stays this run's until it is renamed, even where the caller stops waiting.
        blocking(move || {
            sync_all(&self.path)?;
            let parent = target.parent().ok_or_else(|| io::Error::other("a target lies in a folder"))?;
            std::fs::create_dir_all(parent)?;
            match std::fs::rename(&self.path, &target) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
                Err(error) => Err(error),
                Ok(()) => std::fs::File::open(parent)?.sync_all(),
            }
        })
        .await
    }

    /// Makes one file of the folder durable and renames it to `target`, over one that somebody who did the same
    /// job put there. The folder goes.
    pub(super) async fn publish_file(self, name: &'static str, target: &Path) -> io::Result<()> {
        let target = target.to_owned();
        blocking(move || {
            let file = self.path.join(name);
            std::fs::File::open(&file)?.sync_all()?;
            let parent = target.parent().ok_or_else(|| io::Error::other("a target lies in a folder"))?;
            std::fs::create_dir_all(parent)?;
            std::fs::rename(&file, &target)?;
            std::fs::File::open(parent)?.sync_all()
        })
        .await
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A few hundred files at most, in a folder that nobody else looks at; gone already where published.
        if let Err(error) = missing_is_fine(std::fs::remove_dir_all(&self.path)) {
            tracing::warn!(path = %self.path.display(), %error, "a transcoding folder could not be removed");
        }
        // Another run for the same target may be at work beside it: the folder of them all goes with the last.
        if let Some(runs) = self.path.parent() {
            let _ = std::fs::remove_dir(runs);
        }
    }
}

/// The folder of all runs for a target.
fn runs(root: &Path, target: &BlobKey) -> PathBuf {
    let version = target.as_str().rsplit('/').next().unwrap_or_default();
    root.join(FOLDER).join(version)
}

/// After a power cut, what was published is there: the rename alone does not promise its content.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            std::fs::File::open(entry.path())?.sync_all()?;
        }
    }
    std::fs::File::open(folder)?.sync_all()
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn missing_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
