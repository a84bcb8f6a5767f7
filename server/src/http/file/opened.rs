//! Files that are being sent. Who asks for one that is being sent to somebody else shares its handle.
//!
//! So ten thousand who watch the same lesson need no more open files than one, and a file is closed once nobody
//! is sent it: what was removed does not stay on the disk. Small files ([`super::small`]) are not held open at all.

use super::cached;
use super::conditions::Validators;
use super::small;
use bytes::Bytes;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

/// A file that never changes.
pub(super) struct Opened {
    pub(super) content: Content,
    pub(super) is_file: bool,
    /// Bytes.
    pub(super) size: u64,
    pub(super) state: Validators,
    path: PathBuf,
}

/// Where the bytes are.
pub(super) enum Content {
    Disk(Arc<File>),
    Memory(Bytes),
}

/// Like the handles themselves, of this process.
static BEING_SENT: LazyLock<Mutex<HashMap<PathBuf, Weak<Opened>>>> = LazyLock::new(Mutex::default);

/// What is in memory is opened at once; where a disk must be waited for, another thread does.
pub(super) async fn open(path: PathBuf) -> io::Result<Arc<Opened>> {
    if let Some(opened) = small::get(&path) {
        return Ok(opened);
    }
    if let Some(opened) = being_sent().get(&path).and_then(Weak::upgrade) {
        return Ok(opened);
    }
    let opened = match cached::open(&path) {
        Some(file) => Opened::new(file, &path, |file, all| cached::read(file, all, 0) == Some(all.len()))?,
        None => {
            let path = path.clone();
            let opening = tokio::task::spawn_blocking(move || {
                Opened::new(File::open(&path)?, &path, |file, all| file.read_exact_at(all, 0).is_ok())
            });
            opening.await.unwrap_or_else(|panicked| Err(io::Error::other(panicked)))?
        }
    };
    let opened = Arc::new(opened);
    match &opened.content {
        Content::Memory(_) => small::keep(path, opened.clone()),
        Content::Disk(_) => drop(being_sent().insert(path, Arc::downgrade(&opened))),
    }
    Ok(opened)
}

impl Opened {
    /// `read` fills a buffer with the whole file, and tells whether it could.
    fn new(file: File, path: &Path, read: impl Fn(&File, &mut [u8]) -> bool) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let (is_file, size, state) = (metadata.is_file(), metadata.len(), Validators::of(&metadata));
        let mut all = vec![0; if is_file { small::length(size) } else { 0 }];
        let content = match !all.is_empty() && read(&file, &mut all) {
            true => Content::Memory(all.into()),
            false => Content::Disk(Arc::new(file)),
        };
        Ok(Self { content, is_file, size, state, path: path.to_owned() })
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Content::Memory(_) = self.content {
            return;
        }
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
