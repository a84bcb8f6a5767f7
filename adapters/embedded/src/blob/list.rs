//! The blobs of a folder, in the order of their keys.

use domain::time::Timestamp;
use services::ports::{BlobInfo, BlobKey};
use std::fs::{DirEntry, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Up to `max` blobs at or below `prefix`, after `after`.
pub(super) fn list(
    root: &Path,
    prefix: &BlobKey,
    after: Option<&BlobKey>,
    max: usize,
) -> io::Result<Vec<BlobInfo>> {
    let mut listing = Listing { after: after.map_or("", BlobKey::as_str), max, found: Vec::new() };
    let path = root.join(prefix.as_str());
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => listing.folder(&path, prefix.as_str())?,
        Ok(found) => listing.file(prefix.as_str().to_owned(), &found),
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(listing.found)
}

struct Listing<'a> {
    after: &'a str,
    max: usize,
    found: Vec<BlobInfo>,
}

impl Listing<'_> {
    fn folder(&mut self, path: &Path, key: &str) -> io::Result<()> {
        let mut entries = match entries(path) {
            Err(error) if is_missing(&error) => return Ok(()),
            entries => entries?,
        };
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (name, entry) in entries {
            if self.found.len() >= self.max {
                return Ok(());
            }
            let key = format!("{key}/{name}");
            // A folder's name ends with a slash here: that is how its keys compare with a file beside it.
            let nothing_after = key.as_str() < self.after && !self.after.starts_with(&key);
            if nothing_after {
                continue;
            }
            match key.strip_suffix('/') {
                Some(folder) => self.folder(&entry.path(), folder)?,
                None => match entry.metadata() {
                    Ok(found) => self.file(key, &found),
                    // Deleted in the meantime.
                    Err(error) if is_missing(&error) => {}
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(())
    }

    fn file(&mut self, key: String, found: &Metadata) {
        if key.as_str() <= self.after && !self.after.is_empty() {
            return;
        }
        let stored = found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let millis = stored.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default();
        // What is no key lies beside a blob, and is none.
        if let Some(key) = BlobKey::new(key) {
            self.found.push(BlobInfo { key, size: found.len(), stored: Timestamp::from_millis(millis) });
        }
    }
}

/// Names as they are compared, with their entries.
fn entries(path: &Path) -> io::Result<Vec<(String, DirEntry)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        if entry.file_type()?.is_dir() {
            name.push('/');
        }
        found.push((name, entry));
    }
    Ok(found)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
