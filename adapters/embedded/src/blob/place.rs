//! Where blobs lie, and how a file that is on the disk comes to its place, so that it stays there.

use services::ports::BlobKey;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tokio::fs::{self, File};

/// What the file that says how a blob is served adds to the blob's name: no key ends so.
const SERVED_AS: &str = "~served-as";

/// The file of a blob.
pub(crate) fn of(root: &Path, key: &BlobKey) -> PathBuf {
    root.join(key.as_str())
}

/// The file that says how a blob is served.
pub(super) fn of_served_as(root: &Path, key: &BlobKey) -> PathBuf {
    root.join(format!("{key}{SERVED_AS}"))
}

/// Makes a file the blob: one that was there is replaced, and with it how it was served.
pub(crate) async fn put(root: &Path, key: &BlobKey, from: &Path) -> io::Result<()> {
    remove_file(&of_served_as(root, key)).await?;
    settle(root, from, &of(root, key)).await
}

/// Moves a file that is on the disk to its place, so that it stays there.
pub(super) async fn settle(root: &Path, from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(root);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let synced = make_folder(root, folder).await?;
        match fs::rename(from, to).await {
            Ok(()) => {
                for folder in synced {
                    sync_folder(folder).await?;
                }
                return Ok(());
            }
            // A delete took the folder away in between.
            Err(error) if error.kind() == ErrorKind::NotFound && attempts < 5 => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes a folder and those above it; returns those that must be synced for what is put in it to last.
async fn make_folder<'a>(root: &Path, folder: &'a Path) -> io::Result<Vec<&'a Path>> {
    let mut changed = vec![folder];
    for above in folder.ancestors().take_while(|above| *above != root) {
        if fs::try_exists(above).await? {
            break;
        }
        changed.extend(above.parent());
    }
    fs::create_dir_all(folder).await?;
    Ok(changed)
}

/// Removes a file; none is fine.
pub(crate) async fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(()),
        removed => removed,
    }
}

/// Makes what was put into a folder, or taken out, last.
pub(crate) async fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).await {
        Ok(folder) => folder.sync_all().await,
        // Deleted in the meantime, with what was in it.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
