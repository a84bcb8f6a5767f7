//! What is known of a file that is on its way: it stands beside it.

use super::failure;
use domain::time::Timestamp;
use services::ports::{BlobKey, PartsError, PartsId, Unfinished};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const ABOUT: &str = "~about";
const UNCHECKED: &str = "~unchecked";

/// What a file is to become.
pub(super) struct About {
    pub(super) key: BlobKey,
    /// Bytes.
    pub(super) size: u64,
}

impl About {
    pub(super) fn read(file: &Path) -> Result<Self, PartsError> {
        let text = std::fs::read_to_string(path(file)).map_err(failure)?;
        let (size, key) = text.split_once(' ').unwrap_or_default();
        match (size.parse(), BlobKey::new(key)) {
            (Ok(size), Some(key)) => Ok(Self { key, size }),
            _ => Err(PartsError::Internal(format!("{} is damaged", path(file).display()).into())),
        }
    }

    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let mut about = std::fs::File::options().write(true).create_new(true).open(path(file))?;
        about.write_all(format!("{} {}", self.size, self.key).as_bytes())?;
        about.sync_all()
    }
}

/// The file that says what another is to become.
pub(super) fn path(file: &Path) -> PathBuf {
    beside(file, ABOUT)
}

/// The file that says from where on another holds bytes that were not held against their checksum yet.
pub(super) fn unchecked(file: &Path) -> PathBuf {
    beside(file, UNCHECKED)
}

fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(what);
    name.into()
}

/// The files that are on their way. One that a crash left before it had begun is among them.
pub(super) fn list(folder: &Path, max: usize) -> Result<Vec<Unfinished>, PartsError> {
    let mut touched: BTreeMap<String, Timestamp> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let at = match entry.metadata().and_then(|found| found.modified()) {
            Ok(at) => timestamp(at),
            // Finished while we looked.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(failure(error)),
        };
        let id = name.split('~').next().unwrap_or_default().to_owned();
        touched.entry(id).and_modify(|newest| *newest = at.max(*newest)).or_insert(at);
    }
    let found = touched.into_iter().take(max).map(|(id, touched)| {
        let key = About::read(&folder.join(&id)).map_or_else(|_| unknown(), |about| about.key);
        Unfinished { id: PartsId(id), key, touched }
    });
    Ok(found.collect())
}

/// The key of what nobody knows what it was to become.
fn unknown() -> BlobKey {
    BlobKey::new("unknown").expect("a word is a key")
}

fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
