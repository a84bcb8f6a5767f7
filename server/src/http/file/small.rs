//! Keeps small files for a moment. Everybody who watches asks for the same playlists, and opening and reading one costs
//! more than all else of its answer.
//!
//! What is removed is answered for a second more: less than the cookies that open it live.

use super::opened::Opened;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::time::Instant;

/// The largest file that is kept, bytes.
const LARGEST: u64 = 64 * 1024;
/// The most bytes of all of them.
const CAPACITY: u64 = 16 << 20;
const FRESH: Duration = Duration::from_secs(1);

/// By paths as bytes: the hash of a `PathBuf` goes through its components.
static KEPT: LazyLock<Cache<OsString, Kept, Size>> =
    LazyLock::new(|| Cache::with_weighter(1_000, CAPACITY, Size));

#[derive(Clone)]
struct Kept {
    at: Instant,
    file: Arc<Opened>,
}

#[derive(Clone)]
struct Size;

impl Weighter<OsString, Kept> for Size {
    fn weight(&self, path: &OsString, kept: &Kept) -> u64 {
        // The path stands in the file, too; the rest is headers and the cache's own.
        kept.file.size + 2 * path.len() as u64 + 300
    }
}

/// The file, if it was read less than a second ago.
pub(super) fn get(path: &Path) -> Option<Arc<Opened>> {
    let kept = KEPT.get(path.as_os_str())?;
    (kept.at.elapsed() < FRESH).then_some(kept.file)
}

/// Keeps a file whose content was read.
pub(super) fn keep(path: PathBuf, file: Arc<Opened>) {
    KEPT.insert(path.into_os_string(), Kept { at: Instant::now(), file });
}

/// The length of a file that is small enough to be read as a whole; 0 for others.
pub(super) fn length(size: u64) -> usize {
    if size <= LARGEST { usize::try_from(size).unwrap_or_default() } else { 0 }
}
