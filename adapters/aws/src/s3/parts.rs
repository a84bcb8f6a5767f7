//! [`PartStore`] as multipart uploads that clients send straight to the bucket.

use super::{Bucket, BucketSettings, failure, timestamp};
use crate::account::Connection;
use async_trait::async_trait;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, Part as S3Part};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use services::ports::{
    BlobError, BlobKey, ByteStream, Checksum, Part, PartStore, PartsError, PartsId, SignedPart, Unfinished,
    Way,
};
use std::time::Duration;

/// Files that clients send to a bucket in numbered parts: 5 MiB to 5 GiB each but the last, at most 10,000. Every part
/// carries its SHA-256, which S3 checks and keeps: an upload with some is one where all have it.
#[derive(Clone)]
pub struct S3Parts {
    bucket: Bucket,
}

impl S3Parts {
    /// Into that bucket: the same settings as those of the [`S3Blobs`](super::S3Blobs) that the files are to be in.
    pub fn new(connection: &Connection, settings: BucketSettings) -> Self {
        Self { bucket: Bucket::new(connection, settings) }
    }

    /// Scheme, host and port that parts are sent to: a page has to be allowed to. Asks nothing of the bucket, and finds
    /// out whether there are keys to sign with.
    pub async fn origin(&self) -> Result<String, PartsError> {
        let request = self.bucket.client.upload_part().bucket(&self.bucket.name).key("part").upload_id("-");
        let config =
            PresigningConfig::expires_in(Duration::from_secs(1)).map_err(|error| internal(error.into()))?;
        let signed = request.part_number(1).presigned(config).await.map_err(failed)?;
        let url = signed.uri();
        let host = url.find("://").and_then(|at| url[at + 3..].find('/').map(|end| at + 3 + end));
        host.map(|end| url[..end].to_owned()).ok_or_else(|| internal("an address without a host".into()))
    }

    /// What the store knows of the parts, by number.
    async fn stored(&self, id: &PartsId, key: &BlobKey) -> Result<Vec<S3Part>, PartsError> {
        let mut parts: Vec<S3Part> = Vec::new();
        loop {
            let request = self.bucket.client.list_parts().bucket(&self.bucket.name);
            let request = request.key(self.bucket.object(key)).upload_id(&id.0);
            let after = parts.last().and_then(|part| part.part_number()).map(|number| number.to_string());
            let page = request.set_part_number_marker(after).send().await.map_err(failed)?;
            let last = page.is_truncated() != Some(true) || page.parts().is_empty();
            parts.extend(page.parts.unwrap_or_default());
            if last {
                parts.sort_by_key(S3Part::part_number);
                return Ok(parts);
            }
        }
    }

    async fn complete(&self, id: &PartsId, key: &BlobKey, parts: &[S3Part]) -> Result<(), PartsError> {
        let parts = parts.iter().map(|part| {
            let named =
                CompletedPart::builder().set_part_number(part.part_number()).set_e_tag(part.e_tag.clone());
            named.set_checksum_sha256(part.checksum_sha256.clone()).build()
        });
        let upload = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.bucket.client.complete_multipart_upload().bucket(&self.bucket.name);
        let request = request.key(self.bucket.object(key)).upload_id(&id.0).multipart_upload(upload);
        request.send().await.map_err(failed)?;
        Ok(())
    }

    /// An upload of nothing: S3 completes none without parts.
    async fn store_nothing(&self, id: &PartsId, key: &BlobKey) -> Result<(), PartsError> {
        let request = self.bucket.client.put_object().bucket(&self.bucket.name);
        request.key(self.bucket.object(key)).send().await.map_err(failed)?;
        self.abort(id, key).await
    }
}

#[async_trait]
impl PartStore for S3Parts {
    fn way(&self) -> Way {
        Way::Direct
    }

    async fn begin(&self, key: &BlobKey, _size: u64) -> Result<PartsId, PartsError> {
        let request = self.bucket.client.create_multipart_upload().bucket(&self.bucket.name);
        let request = request.key(self.bucket.object(key)).content_type(super::served::content_type(key));
        let begun = request.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await.map_err(failed)?;
        begun.upload_id.map(PartsId).ok_or(PartsError::Internal("an upload without a name".into()))
    }

    async fn received(&self, id: &PartsId, key: &BlobKey) -> Result<u64, PartsError> {
        let parts = self.stored(id, key).await?;
        let gapless = parts.iter().zip(1..).take_while(|(part, number)| part.part_number() == Some(*number));
        Ok(gapless.map(|(part, _)| bytes(part)).sum())
    }

    async fn append(
        &self,
        _id: &PartsId,
        _offset: u64,
        _bytes: ByteStream,
        _checksum: Option<Checksum>,
    ) -> Result<u64, PartsError> {
        Err(PartsError::Internal("parts go straight to the bucket".into()))
    }

    async fn sign(
        &self,
        id: &PartsId,
        key: &BlobKey,
        number: u32,
        checksum: Option<Checksum>,
        valid: Duration,
    ) -> Result<SignedPart, PartsError> {
        let checksum = checksum.ok_or(PartsError::ChecksumNeeded)?;
        let number = i32::try_from(number).map_err(|error| internal(error.into()))?;
        let valid = PresigningConfig::expires_in(valid).map_err(|error| internal(error.into()))?;
        let request = self.bucket.client.upload_part().bucket(&self.bucket.name).key(self.bucket.object(key));
        let request = request.upload_id(&id.0).part_number(number).checksum_sha256(BASE64.encode(checksum));
        let signed = request.presigned(valid).await.map_err(failed)?;
        // The client's own business.
        let headers = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("host"));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(SignedPart { url: signed.uri().to_owned(), headers: headers.collect() })
    }

    async fn parts(&self, id: &PartsId, key: &BlobKey) -> Result<Vec<Part>, PartsError> {
        let parts = self.stored(id, key).await?;
        let named = parts.into_iter().filter_map(|part| {
            let (number, size) = (u32::try_from(part.part_number()?).ok()?, bytes(&part));
            Some(Part { number, size, etag: part.e_tag? })
        });
        Ok(named.collect())
    }

    async fn finish(&self, id: &PartsId, key: &BlobKey, size: u64) -> Result<(), PartsError> {
        let completed = match self.stored(id, key).await {
            Ok(_) if size == 0 => self.store_nothing(id, key).await,
            Ok(parts) => match parts.iter().map(bytes).sum() {
                received if received == size => self.complete(id, key, &parts).await,
                received => Err(PartsError::Incomplete { received, size }),
            },
            Err(error) => Err(error),
        };
        let Err(PartsError::NotFound) = completed else { return completed };
        // Finished before, if the blob is there and as long.
        let head = self.bucket.head(key).await.map_err(told)?;
        let there = head.and_then(|head| head.content_length()).and_then(|size| u64::try_from(size).ok());
        if there == Some(size) { Ok(()) } else { Err(PartsError::NotFound) }
    }

    async fn abort(&self, id: &PartsId, key: &BlobKey) -> Result<(), PartsError> {
        let request = self.bucket.client.abort_multipart_upload().bucket(&self.bucket.name);
        match request.key(self.bucket.object(key)).upload_id(&id.0).send().await.map_err(failed) {
            Ok(_) | Err(PartsError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Also the uploads of the blob store that were not aborted, because their process ended.
    async fn unfinished(&self, max: usize) -> Result<Vec<Unfinished>, PartsError> {
        let mut found = Vec::new();
        let (mut key_marker, mut id_marker) = (None, None);
        loop {
            let request = self.bucket.client.list_multipart_uploads().bucket(&self.bucket.name);
            let request = request.prefix(self.bucket.prefix()).set_key_marker(key_marker);
            let page = request.set_upload_id_marker(id_marker).send().await.map_err(failed)?;
            for upload in page.uploads() {
                let key = upload.key().and_then(|name| self.bucket.key(name));
                if let (Some(key), Some(id)) = (key, upload.upload_id()) {
                    let touched = timestamp(upload.initiated());
                    found.push(Unfinished { id: PartsId(id.to_owned()), key, touched });
                }
            }
            if found.len() >= max || page.is_truncated() != Some(true) {
                found.truncate(max);
                return Ok(found);
            }
            (key_marker, id_marker) = (page.next_key_marker, page.next_upload_id_marker);
        }
    }
}

fn internal(error: Box<dyn std::error::Error + Send + Sync>) -> PartsError {
    PartsError::Internal(error)
}

fn bytes(part: &S3Part) -> u64 {
    part.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default()
}

/// An error of the bucket as this port tells it.
fn told(error: BlobError) -> PartsError {
    match error {
        BlobError::NotFound => PartsError::NotFound,
        BlobError::Full => PartsError::Full,
        BlobError::Interrupted(error) => PartsError::Interrupted(error),
        BlobError::Unavailable(error) => PartsError::Unavailable(error),
        BlobError::Internal(error) => PartsError::Internal(error),
    }
}

fn failed<E>(error: SdkError<E, HttpResponse>) -> PartsError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    told(failure(error))
}
