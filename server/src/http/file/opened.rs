//! Files that are being sent. Who asks for one that is being sent to somebody else shares its handle.
//!
//! So ten thousand who watch the same lesson need no more open files than one, and a file is closed once nobody
//! is sent it: what was removed does not stay on the disk.

use super::cached;
use super::conditions::Validators;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

/// An open file that never changes.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) is_file: bool,
    /// Bytes.
    pub(super) size: u64,
    pub(super) state: Validators,
    path: PathBuf,
}

/// Like the handles themselves, of this process.
static BEING_SENT: LazyLock<Mutex<HashMap<PathBuf, Weak<Opened>>>> = LazyLock::new(Mutex::default);

/// What is in memory is opened at once; where a disk must be waited for, another thread does.
pub(super) async fn open(path: PathBuf) -> io::Result<Arc<Opened>> {
    if let Some(opened) = being_sent().get(&path).and_then(Weak::upgrade) {
        return Ok(opened);
    }
    let opened = match cached::open(&path) {
        Some(file) => Opened::new(file, &path)?,
        None => {
            let path = path.clone();
            let opening = tokio::task::spawn_blocking(move || Opened::new(File::open(&path)?, &path));
            opening.await.unwrap_or_else(|panicked| Err(io::Error::other(panicked)))?
        }
    };
    let opened = Arc::new(opened);
    being_sent().insert(path, Arc::downgrade(&opened));
    Ok(opened)
}

impl Opened {
    fn new(file: File, path: &Path) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let (is_file, size, state) = (metadata.is_file(), metadata.len(), Validators::of(&metadata));
        Ok(Self { file, is_file, size, state, path: path.to_owned() })
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut being_sent = being_sent();
        // Somebody may have opened it again in between.
        if being_sent.get(&self.path).is_some_and(|opened| opened.strong_count() == 0) {
            being_sent.remove(&self.path);
        }
    }
}

/// The map is whole between any two of its operations, so a panic elsewhere does not spoil it.
fn being_sent() -> MutexGuard<'static, HashMap<PathBuf, Weak<Opened>>> {
    BEING_SENT.lock().unwrap_or_else(PoisonError::into_inner)
}
