//! Uploads, renditions, posters, files to download: bytes under keys. The shape is an S3 bucket's.

use async_trait::async_trait;
use bytes::Bytes;
use domain::time::Timestamp;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

/// A blob's name: parts of `[A-Za-z0-9._-]` joined by `/`, no part empty or of dots alone, at most 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// Parses a key; `None` where a part could mean another place in some store.
    pub fn new(key: impl Into<String>) -> Option<Self> {
        let key = key.into();
        let part_ok = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
                && !part.bytes().all(|b| b == b'.')
        };
        (key.len() <= 512 && key.split('/').all(part_ok)).then_some(Self(key))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes on their way.
pub type ByteStream = BoxStream<'static, std::io::Result<Bytes>>;

/// A blob that is being read.
pub struct BlobReader {
    /// The blob's whole size, bytes.
    pub size: u64,
    /// The bytes that were asked for.
    pub bytes: ByteStream,
}

/// A blob among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Its name.
    pub key: BlobKey,
    /// Bytes.
    pub size: u64,
    /// When it was stored.
    pub stored: Timestamp,
}

/// How a blob is answered to a browser that asks for it, where its key alone does not say so: what an S3
/// bucket keeps beside an object, and CloudFront passes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedAs {
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Disposition` (RFC 6266).
    pub disposition: String,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("no such blob")]
    NotFound,
    /// There is no room. Trying again helps once somebody made some.
    #[error("no space is left")]
    Full,
    /// The stream that was to be stored broke off: its error. Nothing was stored.
    #[error("the upload broke off")]
    Interrupted(#[source] std::io::Error),
    /// The store does not answer now. Trying again may help.
    #[error("the blob store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the blob store failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Uploads, renditions, posters.
#[async_trait]
pub trait BlobStore: Send + Sync + 'static {
    /// Stores a stream, durably, and returns its size. The blob appears whole or not at all; one that was
    /// there is replaced, and with it how it was served. Holds no more than a few hundred kilobytes in memory, whatever the size.
    async fn put(&self, key: &BlobKey, bytes: ByteStream) -> Result<u64, BlobError>;

    /// Reads a blob, from `start` (inclusive) to `end` (exclusive, cut at its size); all of it for `None`.
    async fn get(&self, key: &BlobKey, range: Option<std::ops::Range<u64>>) -> Result<BlobReader, BlobError>;

    /// A blob's size, bytes; `None` where there is none.
    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// Up to `max` (at least 1, at most 1,000) blobs whose keys are `prefix` or start with `prefix/`, by key (as
    /// bytes), those after `after` where it is given. Fewer than `max` are the last ones.
    async fn list(
        &self,
        prefix: &BlobKey,
        after: Option<&BlobKey>,
        max: usize,
    ) -> Result<Vec<BlobInfo>, BlobError>;

    /// Says how a blob is answered from now on, durably.
    async fn serve_as(&self, key: &BlobKey, served: &ServedAs) -> Result<(), BlobError>;

    /// What [`BlobStore::serve_as`] was told last; `None` where it was told nothing, or there is no such blob.
    async fn served_as(&self, key: &BlobKey) -> Result<Option<ServedAs>, BlobError>;

    /// Takes away every blob whose key is `prefix` or starts with `prefix/`. None is fine.
    async fn delete(&self, prefix: &BlobKey) -> Result<(), BlobError>;
}
