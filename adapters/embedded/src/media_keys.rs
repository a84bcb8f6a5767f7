//! The keys that sign media, in a folder of files: one file a key.
//!
//! Keys are added and taken away by adding and taking away files, while the program runs.

use services::signing::{InvalidKey, Key, KeyKind, SignError};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder, in the folder of all data.
const FOLDER: &str = "media-keys";
/// The one key of earlier versions, beside it.
const FORMER: &str = "media-key.pk8";
/// What the names of keys end in. Other files may lie beside them.
const ENDINGS: [&str; 4] = ["pem", "der", "pk8", "key"];
/// No key is larger.
const MAX_BYTES: u64 = 64 * 1024;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MediaKeysError {
    /// A file cannot be read or written.
    #[error("{0} cannot be used: {1}")]
    File(PathBuf, #[source] io::Error),
    /// A file holds no key.
    #[error("{0} is damaged: {1}")]
    Damaged(PathBuf, #[source] InvalidKey),
    /// A key cannot be made.
    #[error("a media key cannot be made: {0}")]
    New(#[from] SignError),
}

/// The folder of keys.
#[derive(Debug, Clone)]
pub struct MediaKeys {
    folder: PathBuf,
}

/// Which files there were, and in which state: another stamp means that there is something to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<(SystemTime, PathBuf, u64)>);

impl MediaKeys {
    /// Opens the folder in the folder of all data. Where it is not there it is made, takes in the key of
    /// earlier versions, and gets a first key if it has none.
    pub fn open(data: &Path) -> Result<Self, MediaKeysError> {
        let keys = Self { folder: data.join(FOLDER) };
        let failed = |error| MediaKeysError::File(keys.folder.clone(), error);
        DirBuilder::new().recursive(true).mode(0o700).create(&keys.folder).map_err(failed)?;
        match fs::rename(data.join(FORMER), keys.folder.join(FORMER)) {
            // Another process may have been first.
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        if keys.stamp()?.0.is_empty() {
            keys.add(KeyKind::Rsa)?;
        }
        Ok(keys)
    }

    /// All keys, from the oldest file to the newest.
    ///
    /// A file that is named as CloudFront names keys (`K2JCJMDEHXQW5F.pem`) gives its key that id; any other
    /// key has the id that follows from its public half.
    pub fn load(&self) -> Result<Vec<Key>, MediaKeysError> {
        self.stamp()?.0.iter().map(|(_, path, _)| read(path)).collect()
    }

    /// Makes a key and keeps it, in a file that its owner alone may read.
    pub fn add(&self, kind: KeyKind) -> Result<Key, MediaKeysError> {
        let key = Key::generate(kind)?;
        let path = self.folder.join(format!("{}.pem", key.id()));
        keep_secret(&path, key.private_pem()?.as_bytes())
            .map_err(|error| MediaKeysError::File(path, error))?;
        Ok(key)
    }

    /// Which files there are now, from the oldest to the newest.
    pub fn stamp(&self) -> Result<Stamp, MediaKeysError> {
        let list = || -> io::Result<_> {
            let mut files = Vec::new();
            for entry in fs::read_dir(&self.folder)? {
                let path = entry?.path();
                let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                // Through a link, too: that is how secrets are mounted into containers.
                let metadata = fs::metadata(&path)?;
                if ENDINGS.contains(&ending) && metadata.is_file() {
                    files.push((metadata.modified()?, path, metadata.len()));
                }
            }
            files.sort();
            Ok(Stamp(files))
        };
        list().map_err(|error| MediaKeysError::File(self.folder.clone(), error))
    }
}

fn read(path: &Path) -> Result<Key, MediaKeysError> {
    let failed = |error| MediaKeysError::File(path.to_owned(), error);
    let bytes = if fs::metadata(path).map_err(failed)?.len() <= MAX_BYTES {
        fs::read(path).map_err(failed)?
    } else {
        Vec::new()
    };
    let key = Key::parse(&bytes).map_err(|error| MediaKeysError::Damaged(path.to_owned(), error))?;
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    Ok(if is_cloudfronts_id(name) { key.named(name) } else { key })
}

/// Ids of public keys as CloudFront gives them (`K2JCJMDEHXQW5F`), or of an account's key pairs (`APKA…`).
fn is_cloudfronts_id(name: &str) -> bool {
    (12..=32).contains(&name.len())
        && (name.starts_with('K') || name.starts_with("APKA"))
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Writes a file that its owner alone may read: whole or not at all, and never over one that is there.
fn keep_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written =
        file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn ids(keys: &MediaKeys) -> Vec<String> {
        keys.load().unwrap().iter().map(|key| key.id().to_owned()).collect()
    }

    /// Sets when a file was last changed: seconds since the epoch.
    fn touch(path: &Path, seconds: u64) {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn the_first_key_is_made_once_and_for_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let keys = MediaKeys::open(data.path()).unwrap();
        let [id] = ids(&keys).try_into().unwrap();
        let path = keys.folder.join(format!("{id}.pem"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&keys.folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(ids(&MediaKeys::open(data.path()).unwrap()), [id]);
        assert_eq!(fs::read_dir(&keys.folder).unwrap().count(), 1);
    }

    #[test]
    fn the_one_key_of_earlier_versions_goes_on_signing() {
        let data = tempfile::tempdir().unwrap();
        let former = Key::generate(KeyKind::Rsa).unwrap();
        fs::write(data.path().join(FORMER), former.private_pem().unwrap()).unwrap();
        for _ in 0..2 {
            assert_eq!(ids(&MediaKeys::open(data.path()).unwrap()), [former.id()]);
        }
        assert!(!data.path().join(FORMER).exists());
    }

    #[test]
    fn keys_come_in_the_order_in_which_they_were_added() {
        let data = tempfile::tempdir().unwrap();
        let keys = MediaKeys::open(data.path()).unwrap();
        let [first] = ids(&keys).try_into().unwrap();
        let [second, third] = [KeyKind::Ecdsa, KeyKind::Rsa].map(|kind| keys.add(kind).unwrap());
        for (n, id) in [first.as_str(), second.id(), third.id()].into_iter().enumerate() {
            touch(&keys.folder.join(format!("{id}.pem")), 1000 + n as u64);
        }
        assert_eq!(ids(&keys), [first.as_str(), second.id(), third.id()]);
    }

    #[test]
    fn a_file_named_as_cloudfront_names_keys_gives_its_key_that_name() {
        let data = tempfile::tempdir().unwrap();
        let keys = MediaKeys::open(data.path()).unwrap();
        let [own] = ids(&keys).try_into().unwrap();
        let key = fs::read(keys.folder.join(format!("{own}.pem"))).unwrap();
        for (name, id) in [
            ("K2JCJMDEHXQW5F.pem", "K2JCJMDEHXQW5F"),
            ("APKAIOSFODNN7EXAMPLE.key", "APKAIOSFODNN7EXAMPLE"),
            ("KEY.pem", own.as_str()),
            ("2026-11.pem", own.as_str()),
        ] {
            let path = keys.folder.join(name);
            fs::write(&path, &key).unwrap();
            assert_eq!(read(&path).unwrap().id(), id, "{name}");
        }
    }

    #[test]
    fn a_change_of_the_folder_shows_in_its_stamp_and_other_files_do_not() {
        let data = tempfile::tempdir().unwrap();
        let keys = MediaKeys::open(data.path()).unwrap();
        let before = keys.stamp().unwrap();
        fs::write(keys.folder.join("README.txt"), "the keys").unwrap();
        assert_eq!(keys.stamp().unwrap(), before);
        keys.add(KeyKind::Ecdsa).unwrap();
        assert_ne!(keys.stamp().unwrap(), before);
    }

    #[test]
    fn a_damaged_key_is_named_with_its_path() {
        let data = tempfile::tempdir().unwrap();
        let keys = MediaKeys::open(data.path()).unwrap();
        for bytes in [b"damaged".to_vec(), vec![b'A'; MAX_BYTES as usize + 1]] {
            fs::write(keys.folder.join("other.pem"), bytes).unwrap();
            let error = keys.load().unwrap_err().to_string();
            assert!(error.contains("other.pem is damaged"), "{error}");
        }
    }
}
