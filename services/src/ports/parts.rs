//! Large files on their way in, in parts that outlast a lost connection and a restart of either side.
//!
//! There are two ways. Where the store is this machine's, the bytes come through the server: one part after the
//! other, each appended at the offset where the last one ended (tus 1.0). Where it is a bucket, a client sends
//! numbered parts straight to it, to addresses that were signed for it (S3 user guide, "Multipart upload").

use super::{BlobKey, ByteStream};
use async_trait::async_trait;
use domain::time::Timestamp;
use std::time::Duration;

/// Which way parts take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Through the server: [`PartStore::append`].
    Appended,
    /// Straight to the store: [`PartStore::sign`].
    Direct,
}

/// Names a file that is on its way, within its store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartsId(pub String);

/// SHA-256 of the bytes of one part.
pub type Checksum = [u8; 32];

/// Where a client sends one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPart {
    /// The address, for a `PUT`.
    pub url: String,
    /// Headers that go with it, exactly so.
    pub headers: Vec<(String, String)>,
}

/// A numbered part that the store has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// From 1.
    pub number: u32,
    /// Bytes.
    pub size: u64,
    /// What the store names its content.
    pub etag: String,
}

/// A file that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its name.
    pub id: PartsId,
    /// The blob that it is to become.
    pub key: BlobKey,
    /// When the last part of it came; where the store does not know, when it was begun.
    pub touched: Timestamp,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum PartsError {
    /// There is no such file on its way: it was finished, given up, or never begun. Begin again.
    #[error("no such file is on its way")]
    NotFound,
    /// The part does not begin where the last one ended: continue there.
    #[error("the next part begins at {expected}")]
    Offset {
        /// Bytes that are there.
        expected: u64,
    },
    /// The bytes are not those that were announced. Nothing of the part was kept; send it again.
    #[error("the part does not have its checksum")]
    Checksum,
    /// The store takes no part without its checksum, and none was told.
    #[error("a part needs its checksum")]
    ChecksumNeeded,
    /// The file is not whole: [`PartStore::finish`] came too early, or a part is longer than what is missing.
    #[error("the file has {received} bytes of {size}")]
    Incomplete {
        /// Bytes that are there.
        received: u64,
        /// Bytes that were announced.
        size: u64,
    },
    /// The client went away in the midst of a part. What came before is kept, if it needs no checksum.
    #[error("the part broke off")]
    Interrupted(#[source] std::io::Error),
    /// Another connection took the upload over.
    #[error("another connection continues this upload")]
    TakenOver,
    /// There is no room. What is there stays; trying again helps once somebody made some.
    #[error("no space is left")]
    Full,
    /// The store does not answer now. Trying again may help.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect, or the other way's method. Never try again.
    #[error("the store failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Large files on their way in. They become blobs of the [`BlobStore`](super::BlobStore) beside it.
#[async_trait]
pub trait PartStore: Send + Sync + 'static {
    /// Which way parts take. Never changes.
    fn way(&self) -> Way;

    /// Begins a file of `size` bytes that is to become the blob `key`. [`PartsError::Full`] where it is plain
    /// that there is no room for it.
    async fn begin(&self, key: &BlobKey, size: u64) -> Result<PartsId, PartsError>;

    /// How many bytes are there, from the beginning without a gap. On [`Way::Appended`] a connection that still
    /// appends is ended first: whoever asks is about to continue.
    async fn received(&self, id: &PartsId, key: &BlobKey) -> Result<u64, PartsError>;

    /// [`Way::Appended`]: adds bytes at `offset`, and returns how many are there then, durably. A connection
    /// that still appends is ended first ([`PartsError::TakenOver`]). What came of a part that breaks off is
    /// kept; of one with a checksum, all or nothing. A stream that ends in an error of the kind `InvalidData` was
    /// found to be wrong on its way, and is taken back like one without its checksum. Holds no more than a few megabytes in memory.
    async fn append(
        &self,
        id: &PartsId,
        offset: u64,
        bytes: ByteStream,
        checksum: Option<Checksum>,
    ) -> Result<u64, PartsError>;

    /// [`Way::Direct`]: where a client may send the part `number` for so long; the store itself refuses bytes
    /// that do not have the checksum, and so one is needed. A part that is sent twice counts once.
    async fn sign(
        &self,
        id: &PartsId,
        key: &BlobKey,
        number: u32,
        checksum: Option<Checksum>,
        valid: Duration,
    ) -> Result<SignedPart, PartsError>;

    /// [`Way::Direct`]: the parts that are there, by number.
    async fn parts(&self, id: &PartsId, key: &BlobKey) -> Result<Vec<Part>, PartsError>;

    /// Makes the blob, durably and whole, once all `size` bytes are there. Doing it twice is fine.
    async fn finish(&self, id: &PartsId, key: &BlobKey, size: u64) -> Result<(), PartsError>;

    /// Gives a file up and takes its parts away. One that is not there is fine.
    async fn abort(&self, id: &PartsId, key: &BlobKey) -> Result<(), PartsError>;

    /// Up to `max` files that are on their way: for the cleaner, which aborts those that nobody continues.
    async fn unfinished(&self, max: usize) -> Result<Vec<Unfinished>, PartsError>;
}
