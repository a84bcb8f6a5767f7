//! Storing a stream whose size nobody knows yet: in one request if it is small, else as a multipart upload (S3 user
//! guide, "Uploading and copying objects using multipart upload"), which appears whole or not at all.

use super::{Bucket, failure, nonsense, served};
use aws_sdk_s3::primitives::ByteStream as Body;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use services::ports::{BlobError, BlobKey, ByteStream};

/// The size of the first parts: above the 5 MiB that S3 asks for.
const PART: usize = 8 << 20;
/// Parts double so often: an upload has at most 10,000, and so one of 8 TB fits.
const DOUBLE_EVERY: usize = 1000;

/// Stores a stream; see [`services::ports::BlobStore::put`].
pub(super) async fn put(bucket: &Bucket, key: &BlobKey, bytes: ByteStream) -> Result<u64, BlobError> {
    let mut chunks = Chunks { bytes, rest: Bytes::new() };
    let first = chunks.next(PART).await?;
    if first.len() < PART {
        return put_small(bucket, key, first).await;
    }
    let mut upload = Upload::begin(bucket, key).await?;
    let mut part = first;
    let mut size = 0;
    loop {
        let length = part.len();
        let wanted = upload.part_size();
        upload.part(part).await?;
        size += length as u64;
        part = if length < wanted { Bytes::new() } else { chunks.next(upload.part_size()).await? };
        if part.is_empty() {
            upload.complete().await?;
            return Ok(size);
        }
    }
}

async fn put_small(bucket: &Bucket, key: &BlobKey, bytes: Bytes) -> Result<u64, BlobError> {
    let size = bytes.len() as u64;
    let request = bucket.client.put_object().bucket(&bucket.name).key(bucket.object(key));
    let request = request.content_type(served::content_type(key)).body(Body::from(bytes));
    request.send().await.map_err(failure)?;
    Ok(size)
}

/// A stream, cut anew.
struct Chunks {
    bytes: ByteStream,
    rest: Bytes,
}

impl Chunks {
    /// The next `size` bytes; fewer at the end alone.
    async fn next(&mut self, size: usize) -> Result<Bytes, BlobError> {
        let mut part = BytesMut::new();
        loop {
            let wanted = size - part.len();
            part.extend_from_slice(&self.rest.split_to(wanted.min(self.rest.len())));
            if part.len() == size {
                return Ok(part.freeze());
            }
            match self.bytes.next().await {
                Some(chunk) => self.rest = chunk.map_err(BlobError::Interrupted)?,
                None => return Ok(part.freeze()),
            }
        }
    }
}

/// A multipart upload on its way. Dropped before it is complete, it is aborted: otherwise its parts would stay, and be
/// paid for, until the bucket's lifecycle rule takes them away.
pub(super) struct Upload {
    bucket: Bucket,
    object: String,
    id: Option<String>,
    parts: Vec<CompletedPart>,
}

impl Upload {
    async fn begin(bucket: &Bucket, key: &BlobKey) -> Result<Self, BlobError> {
        let object = bucket.object(key);
        let request = bucket.client.create_multipart_upload().bucket(&bucket.name).key(&object);
        let begun = request.content_type(served::content_type(key)).send().await.map_err(failure)?;
        let id = begun.upload_id.ok_or(nonsense("an upload without a name"))?;
        Ok(Self::known(bucket, object, id))
    }

    /// One that was begun elsewhere.
    pub(super) fn known(bucket: &Bucket, object: String, id: String) -> Self {
        Self { bucket: bucket.clone(), object, id: Some(id), parts: Vec::new() }
    }

    /// How large the next part is, if it is not the last.
    fn part_size(&self) -> usize {
        PART << (self.parts.len() / DOUBLE_EVERY)
    }

    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    fn next_number(&self) -> i32 {
        i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX)
    }

    async fn part(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        let number = self.next_number();
        let request = self.bucket.client.upload_part().bucket(&self.bucket.name).key(&self.object);
        let request = request.upload_id(self.id()).part_number(number).body(Body::from(bytes));
        let sent = request.send().await.map_err(failure)?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
        Ok(())
    }

    /// A part that is a range of an object that is there: `bytes=0-9`.
    pub(super) async fn copy(&mut self, source: &str, etag: &str, range: String) -> Result<(), BlobError> {
        let number = self.next_number();
        let request = self.bucket.client.upload_part_copy().bucket(&self.bucket.name).key(&self.object);
        let request = request.copy_source(source).copy_source_if_match(etag).copy_source_range(range);
        let copied = request.upload_id(self.id()).part_number(number).send().await.map_err(failure)?;
        let etag = copied.copy_part_result.and_then(|part| part.e_tag);
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
        Ok(())
    }

    pub(super) async fn complete(mut self) -> Result<(), BlobError> {
        let parts =
            CompletedMultipartUpload::builder().set_parts(Some(std::mem::take(&mut self.parts))).build();
        let request = self.bucket.client.complete_multipart_upload().bucket(&self.bucket.name);
        let request = request.key(&self.object).upload_id(self.id()).multipart_upload(parts);
        request.send().await.map_err(failure)?;
        self.id = None;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let request = self.bucket.client.abort_multipart_upload().bucket(&self.bucket.name);
        let request = request.key(std::mem::take(&mut self.object)).upload_id(id);
        runtime.spawn(async move {
            if let Err(error) = request.send().await.map_err(failure) {
                tracing::warn!(%error, "an upload that broke off could not be aborted");
            }
        });
    }
}
