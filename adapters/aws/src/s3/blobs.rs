//! [`BlobStore`] in a bucket: one object a blob.

use super::{Bucket, BucketSettings, failure, nonsense, put, served};
use crate::account::Connection;
use async_trait::async_trait;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use futures::StreamExt;
use futures::stream;
use services::ports::{BlobError, BlobInfo, BlobKey, BlobReader, BlobStore, ByteStream, ServedAs};
use std::io;
use std::ops::Range;
use tokio_util::io::ReaderStream;

/// How much is read at a time.
const BUFFER: usize = 256 * 1024;

/// Blobs in a bucket. A blob on its way there takes up to two parts of memory, 8 MB each for all but huge ones: a bucket takes
/// parts of known sizes only.
#[derive(Clone)]
pub struct S3Blobs {
    pub(crate) bucket: Bucket,
}

impl S3Blobs {
    /// In that bucket. Asks nothing of it yet.
    pub fn new(connection: &Connection, settings: BucketSettings) -> Self {
        Self { bucket: Bucket::new(connection, settings) }
    }

    /// The blob that an object of the bucket is; `None` for one that is none of ours.
    pub fn key(&self, object: &str) -> Option<BlobKey> {
        self.bucket.key(object)
    }

    async fn head(&self, key: &BlobKey) -> Result<Option<HeadObjectOutput>, BlobError> {
        self.bucket.head(key).await
    }
}

impl Bucket {
    /// What is known of an object; `None` where there is none.
    pub(super) async fn head(&self, key: &BlobKey) -> Result<Option<HeadObjectOutput>, BlobError> {
        let asked = self.client.head_object().bucket(&self.name).key(self.object(key)).send().await;
        match asked.map_err(failure) {
            Ok(head) => Ok(Some(head)),
            Err(BlobError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The size that a store told.
pub(super) fn size(length: Option<i64>) -> Result<u64, BlobError> {
    length.and_then(|length| u64::try_from(length).ok()).ok_or(nonsense("an object without a size"))
}

#[async_trait]
impl BlobStore for S3Blobs {
    async fn put(&self, key: &BlobKey, bytes: ByteStream) -> Result<u64, BlobError> {
        put::put(&self.bucket, key, bytes).await
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<BlobReader, BlobError> {
        let wanted = match range {
            None => None,
            // HTTP has no way to ask for no bytes at all (RFC 9110 §14.1.2).
            Some(range) if range.start >= range.end => return self.nothing(key).await,
            Some(range) => Some(format!("bytes={}-{}", range.start, range.end.min(i64::MAX as u64) - 1)),
        };
        let bucket = &self.bucket;
        let asked =
            bucket.client.get_object().bucket(&bucket.name).key(bucket.object(key)).set_range(wanted).send();
        match asked.await {
            Ok(found) => Ok(BlobReader { size: whole(&found)?, bytes: bytes(found) }),
            Err(error) if error.code() == Some("InvalidRange") => self.nothing(key).await,
            Err(error) => Err(failure(error)),
        }
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        self.head(key).await?.map(|head| size(head.content_length())).transpose()
    }

    async fn list(
        &self,
        prefix: &BlobKey,
        after: Option<&BlobKey>,
        max: usize,
    ) -> Result<Vec<BlobInfo>, BlobError> {
        self.bucket.list(prefix, after, max).await
    }

    async fn serve_as(&self, key: &BlobKey, told: &ServedAs) -> Result<(), BlobError> {
        served::serve_as(&self.bucket, key, told).await
    }

    async fn served_as(&self, key: &BlobKey) -> Result<Option<ServedAs>, BlobError> {
        Ok(self.head(key).await?.and_then(|head| served::served_as(&head)))
    }

    async fn delete(&self, prefix: &BlobKey) -> Result<(), BlobError> {
        self.bucket.delete(prefix).await
    }
}

impl S3Blobs {
    /// A blob of which no bytes are read.
    async fn nothing(&self, key: &BlobKey) -> Result<BlobReader, BlobError> {
        let size = self.size(key).await?.ok_or(BlobError::NotFound)?;
        Ok(BlobReader { size, bytes: stream::empty().boxed() })
    }
}

/// The whole size of an object of which a range was read: after the slash (RFC 9110 §14.4).
fn whole(found: &GetObjectOutput) -> Result<u64, BlobError> {
    match found.content_range().map(|range| range.rsplit_once('/')) {
        None => size(found.content_length()),
        Some(Some((_, whole))) => whole.parse().map_err(|_| nonsense("a range without a size")),
        Some(None) => Err(nonsense("a range without a size")),
    }
}

fn bytes(found: GetObjectOutput) -> ByteStream {
    let reader = ReaderStream::with_capacity(found.body.into_async_read(), BUFFER);
    reader.map(|chunk| chunk.map_err(|error| io::Error::new(error.kind(), error))).boxed()
}
