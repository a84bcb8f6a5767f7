//! [`PartStore`] in a folder beside the blobs: one file for each that is on its way, as long as what came of it.
//!
//! Nothing here is cleared away at a start: uploads outlast it.

mod about;
mod turns;
mod writer;

use crate::blob::place;
use about::About;
use async_trait::async_trait;
use futures::StreamExt;
use services::clock::Random;
use services::ports::{
    BlobKey, ByteStream, Checksum, Part, PartStore, PartsError, PartsId, SignedPart, Unfinished, Way,
};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use turns::{Turn, Turns};
use writer::{Append, Piece};

/// The folder, by a name that no key has, on the same file system: finishing is a rename.
const FOLDER: &str = "~parts";
/// How many pieces may wait for the disk. A piece is what one read of a socket brings: at most 400 kB.
const WAITING: usize = 8;

/// Files on their way, in a folder.
pub struct LocalParts {
    root: PathBuf,
    folder: PathBuf,
    random: Arc<dyn Random>,
    turns: Turns,
}

impl LocalParts {
    /// Opens the folder below that of the blobs, making it where it is not there.
    pub fn open(blobs: impl Into<PathBuf>, random: Arc<dyn Random>) -> io::Result<Self> {
        let root = blobs.into();
        let folder = root.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { root, folder, random, turns: Turns::default() })
    }

    /// The file of an upload. An id that is not one of ours leads nowhere.
    fn path(&self, id: &PartsId) -> Result<PathBuf, PartsError> {
        let is_ours = !id.0.is_empty() && id.0.len() <= 64 && id.0.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_ours { Ok(self.folder.join(&id.0)) } else { Err(PartsError::NotFound) }
    }

    async fn turn(&self, id: &PartsId) -> Result<Turn, PartsError> {
        self.turns.take(id).await.ok_or(PartsError::TakenOver)
    }

    /// Takes away all that is kept of an upload.
    async fn remove(&self, path: &Path) -> io::Result<()> {
        place::remove_file(path).await?;
        place::remove_file(&about::unchecked(path)).await?;
        place::remove_file(&about::path(path)).await?;
        place::sync_folder(&self.folder).await
    }
}

#[async_trait]
impl PartStore for LocalParts {
    fn way(&self) -> Way {
        Way::Appended
    }

    async fn begin(&self, key: &BlobKey, size: u64) -> Result<PartsId, PartsError> {
        let mut random = [0; 16];
        self.random.fill(&mut random);
        let id = PartsId(random.iter().map(|byte| format!("{byte:02x}")).collect());
        let (path, folder, key) = (self.path(&id)?, self.folder.clone(), key.clone());
        let begun = move || -> io::Result<()> {
            let disk = rustix::fs::statvfs(&folder)?;
            if disk.f_bavail.saturating_mul(disk.f_frsize) < size {
                return Err(ErrorKind::StorageFull.into());
            }
            File::options().write(true).create_new(true).open(&path)?.sync_all()?;
            About { key, size }.write(&path)?;
            File::open(&folder)?.sync_all()
        };
        if let Err(error) = blocking(move || begun().map_err(failure)).await {
            // Where this fails too, the cleaner finds it.
            let _ = self.remove(&self.path(&id)?).await;
            return Err(error);
        }
        Ok(id)
    }

    async fn received(&self, id: &PartsId, _: &BlobKey) -> Result<u64, PartsError> {
        let (path, turn) = (self.path(id)?, self.turn(id).await?);
        blocking(move || {
            let _turn = turn;
            About::read(&path)?;
            Ok(writer::open(&path)?.1)
        })
        .await
    }

    async fn append(
        &self,
        id: &PartsId,
        offset: u64,
        mut bytes: ByteStream,
        checksum: Option<Checksum>,
    ) -> Result<u64, PartsError> {
        let (path, turn) = (self.path(id)?, self.turn(id).await?);
        let taken_over = turn.taken_over.clone();
        let (pieces, waiting) = mpsc::channel(WAITING);
        // Goes on to a clean end by itself where the request is dropped: whoever is next waits for that.
        let writing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            Append { path, offset, checksum }.write(waiting)
        });
        let end = loop {
            let next = tokio::select! {
                biased;
                () = taken_over.cancelled() => break Some(PartsError::TakenOver),
                // The writer has ended, and says why.
                () = pieces.closed() => break None,
                next = bytes.next() => next,
            };
            let piece = match next {
                None => Piece::Whole,
                Some(Ok(bytes)) => Piece::Bytes(bytes),
                Some(Err(error)) if error.kind() == ErrorKind::InvalidData => Piece::TakeBack,
                Some(Err(error)) => break Some(PartsError::Interrupted(error)),
            };
            let is_last = !matches!(piece, Piece::Bytes(_));
            if pieces.send(piece).await.is_err() || is_last {
                break None;
            }
        };
        drop(pieces);
        let written = writing.await.map_err(|error| PartsError::Internal(error.into()))?;
        match end {
            Some(end) if matches!(written, Ok(_) | Err(PartsError::Interrupted(_))) => Err(end),
            _ => written,
        }
    }

    async fn sign(
        &self,
        _: &PartsId,
        _: &BlobKey,
        _: u32,
        _: Option<Checksum>,
        _: Duration,
    ) -> Result<SignedPart, PartsError> {
        Err(PartsError::Internal("local parts come through the server".into()))
    }

    async fn parts(&self, _: &PartsId, _: &BlobKey) -> Result<Vec<Part>, PartsError> {
        Err(PartsError::Internal("local parts have no numbers".into()))
    }

    async fn finish(&self, id: &PartsId, key: &BlobKey, size: u64) -> Result<(), PartsError> {
        let (path, _turn) = (self.path(id)?, self.turn(id).await?);
        let blob = place::of(&self.root, key);
        let (file, place) = (path.clone(), blob.clone());
        let is_done = blocking(move || match writer::open(&file) {
            Ok((_, received)) if received != size => Err(PartsError::Incomplete { received, size }),
            // What a crash left unsynced is synced with it.
            Ok((file, _)) => file.sync_all().map(|()| false).map_err(failure),
            Err(PartsError::NotFound) => match std::fs::metadata(&place) {
                Ok(there) if there.is_file() && there.len() == size => Ok(true),
                _ => Err(PartsError::NotFound),
            },
            Err(error) => Err(error),
        });
        if !is_done.await? {
            place::put(&self.root, key, &path).await.map_err(failure)?;
        }
        self.remove(&path).await.map_err(failure)
    }

    async fn abort(&self, id: &PartsId, _: &BlobKey) -> Result<(), PartsError> {
        let Ok(path) = self.path(id) else { return Ok(()) };
        let _turn = self.turn(id).await?;
        self.remove(&path).await.map_err(failure)
    }

    async fn unfinished(&self, max: usize) -> Result<Vec<Unfinished>, PartsError> {
        let folder = self.folder.clone();
        blocking(move || about::list(&folder, max)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PartsError> + Send + 'static,
) -> Result<T, PartsError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| PartsError::Internal(error.into()))?
}

fn failure(error: io::Error) -> PartsError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => PartsError::NotFound,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => PartsError::Full,
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::IsADirectory
        | ErrorKind::AlreadyExists => PartsError::Internal(error.into()),
        _ => PartsError::Unavailable(error.into()),
    }
}
