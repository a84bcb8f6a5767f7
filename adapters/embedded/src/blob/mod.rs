//! [`BlobStore`] in a folder: one file a blob, at the path that its key says, and beside it how it is served
//! where that was said.

mod list;
pub(crate) mod place;

use async_trait::async_trait;
use futures::StreamExt;
use services::ports::{BlobError, BlobInfo, BlobKey, BlobReader, BlobStore, ByteStream, ServedAs};
use std::fs::File as Lock;
use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio_util::io::ReaderStream;

/// Where blobs arrive and from where they go: a name that no key has, on the same file system.
const TRANSIT: &str = "~transit";
/// How much is written or read at a time: all that a blob on its way has in memory.
const BUFFER: usize = 256 * 1024;
/// How much may be written before it is forced to the disk: the last sync, for which somebody waits, is short,
/// and a large upload does not push everything else out of the page cache.
const SYNC_EVERY: u64 = 64 << 20;

/// Blobs in a folder. A key cannot be the folder of another: with `a/b` there, `a/b/c` cannot be stored.
pub struct LocalBlobs {
    root: PathBuf,
    transit: PathBuf,
    next: AtomicU64,
    _lock: Option<Lock>,
}

impl LocalBlobs {
    /// Opens the folder, making it where it is not there, and clears away what a crash left half-stored.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        let transit = root.join(TRANSIT);
        std::fs::create_dir_all(&transit)?;
        // A second process (a command run beside the server) must not clear away what the first receives.
        let lock = Lock::options().create(true).truncate(false).write(true).open(root.join("~lock"))?;
        let lock = lock.try_lock().is_ok().then_some(lock);
        if lock.is_some() {
            std::fs::remove_dir_all(&transit)?;
            std::fs::create_dir(&transit)?;
        }
        Ok(Self { root, transit, next: AtomicU64::new(0), _lock: lock })
    }

    /// Where a blob lies, if it is there: for a reader of files. Nobody may write there.
    pub fn path(&self, key: &BlobKey) -> PathBuf {
        place::of(&self.root, key)
    }

    fn served_as_path(&self, key: &BlobKey) -> PathBuf {
        place::of_served_as(&self.root, key)
    }

    fn transit(&self) -> InTransit {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        InTransit(Some(self.transit.join(format!("{}-{number}", std::process::id()))))
    }
}

#[async_trait]
impl BlobStore for LocalBlobs {
    async fn put(&self, key: &BlobKey, bytes: ByteStream) -> Result<u64, BlobError> {
        let mut transit = self.transit();
        let size = receive(transit.path(), bytes).await?;
        place::put(&self.root, key, transit.path()).await.map_err(failure)?;
        transit.0 = None;
        Ok(size)
    }

    async fn get(&self, key: &BlobKey, range: Option<std::ops::Range<u64>>) -> Result<BlobReader, BlobError> {
        let mut file = File::open(self.path(key)).await.map_err(failure)?;
        let metadata = file.metadata().await.map_err(failure)?;
        if !metadata.is_file() {
            return Err(BlobError::NotFound);
        }
        let size = metadata.len();
        let range = range.unwrap_or(0..size);
        let (start, end) = (range.start.min(size), range.end.min(size));
        if start > 0 {
            file.seek(SeekFrom::Start(start)).await.map_err(failure)?;
        }
        file.set_max_buf_size(BUFFER);
        let bytes = ReaderStream::with_capacity(file.take(end.saturating_sub(start)), BUFFER);
        Ok(BlobReader { size, bytes: bytes.boxed() })
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match fs::metadata(self.path(key)).await.map_err(failure) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
            Ok(_) => Ok(None),
            Err(BlobError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn list(
        &self,
        prefix: &BlobKey,
        after: Option<&BlobKey>,
        max: usize,
    ) -> Result<Vec<BlobInfo>, BlobError> {
        let (root, prefix, after) = (self.root.clone(), prefix.clone(), after.cloned());
        let listing = move || list::list(&root, &prefix, after.as_ref(), max);
        tokio::task::spawn_blocking(listing).await.map_err(io::Error::other).flatten().map_err(failure)
    }

    async fn serve_as(&self, key: &BlobKey, served: &ServedAs) -> Result<(), BlobError> {
        if self.size(key).await?.is_none() {
            return Err(BlobError::NotFound);
        }
        let json = serde_json::to_vec(served).map_err(|error| BlobError::Internal(error.into()))?;
        let mut transit = self.transit();
        receive(transit.path(), futures::stream::iter([Ok(json.into())]).boxed()).await?;
        place::settle(&self.root, transit.path(), &self.served_as_path(key)).await.map_err(failure)?;
        transit.0 = None;
        Ok(())
    }

    async fn served_as(&self, key: &BlobKey) -> Result<Option<ServedAs>, BlobError> {
        let json = match fs::read(self.served_as_path(key)).await.map_err(failure) {
            Ok(json) => json,
            Err(BlobError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        serde_json::from_slice(&json).map(Some).map_err(|error| BlobError::Internal(error.into()))
    }

    async fn delete(&self, prefix: &BlobKey) -> Result<(), BlobError> {
        // Out of sight at once and as a whole; what a crash leaves in transit is cleared away at the next start.
        let (path, transit) = (self.path(prefix), self.transit());
        match fs::rename(&path, transit.path()).await.map_err(failure) {
            Ok(()) => {}
            Err(BlobError::NotFound) => return Ok(()),
            Err(error) => return Err(error),
        }
        place::remove_file(&self.served_as_path(prefix)).await.map_err(failure)?;
        place::sync_folder(path.parent().unwrap_or(&self.root)).await.map_err(failure)?;
        let removed = match fs::metadata(transit.path()).await.map_err(failure)?.is_dir() {
            true => fs::remove_dir_all(transit.path()).await,
            false => fs::remove_file(transit.path()).await,
        };
        removed.map_err(failure)
    }
}

/// A path that nobody else uses; the file there is removed unless it was moved on.
struct InTransit(Option<PathBuf>);

impl InTransit {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }
}

impl Drop for InTransit {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, ?path, "a broken upload stays until the next start");
        }
    }
}

/// Writes a stream into a new file, to the disk; returns its size.
async fn receive(path: &Path, mut bytes: ByteStream) -> Result<u64, BlobError> {
    let mut file = File::options().write(true).create_new(true).open(path).await.map_err(failure)?;
    file.set_max_buf_size(BUFFER);
    let mut file = tokio::io::BufWriter::with_capacity(BUFFER, file);
    let (mut size, mut synced) = (0, 0);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(BlobError::Interrupted)?;
        file.write_all(&chunk).await.map_err(failure)?;
        size += chunk.len() as u64;
        if size - synced >= SYNC_EVERY {
            file.flush().await.map_err(failure)?;
            file.get_ref().sync_data().await.map_err(failure)?;
            synced = size;
        }
    }
    file.flush().await.map_err(failure)?;
    file.get_ref().sync_all().await.map_err(failure)?;
    Ok(size)
}

fn failure(error: io::Error) -> BlobError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => BlobError::NotFound,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => BlobError::Full,
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::IsADirectory
        | ErrorKind::AlreadyExists => BlobError::Internal(error.into()),
        _ => BlobError::Unavailable(error.into()),
    }
}
