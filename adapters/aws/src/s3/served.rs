//! How objects are answered: what S3 keeps beside each, and CloudFront passes on.

use super::blobs::size;
use super::put::Upload;
use super::{Bucket, failure, nonsense};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::MetadataDirective;
use services::ports::{BlobError, BlobKey, ServedAs};

/// The most that one request copies (S3 user guide, "Copying objects").
const COPY_AT_ONCE: u64 = 5 << 30;
/// How much of a larger one a request copies.
const COPY_PART: u64 = 1 << 30;

/// An object's metadata is changed by copying it onto itself.
pub(super) async fn serve_as(bucket: &Bucket, key: &BlobKey, told: &ServedAs) -> Result<(), BlobError> {
    let object = bucket.object(key);
    // No character of a key needs escaping; a bucket's prefix is as plain.
    let source = format!("{}/{object}", bucket.name);
    let head = bucket.head(key).await?.ok_or(BlobError::NotFound)?;
    let whole = size(head.content_length())?;
    if whole <= COPY_AT_ONCE {
        let request = bucket.client.copy_object().bucket(&bucket.name).key(object).copy_source(source);
        let request = request.metadata_directive(MetadataDirective::Replace);
        let request = request.content_type(&told.content_type).content_disposition(&told.disposition);
        request.send().await.map_err(failure)?;
        return Ok(());
    }
    let etag = head.e_tag.ok_or(nonsense("an object without an ETag"))?;
    let request = bucket.client.create_multipart_upload().bucket(&bucket.name).key(&object);
    let request = request.content_type(&told.content_type).content_disposition(&told.disposition);
    let id = request.send().await.map_err(failure)?.upload_id.ok_or(nonsense("an upload without a name"))?;
    let mut upload = Upload::known(bucket, object, id);
    for start in (0..whole).step_by(COPY_PART as usize) {
        let last = whole.min(start + COPY_PART) - 1;
        upload.copy(&source, &etag, format!("bytes={start}-{last}")).await?;
    }
    upload.complete().await
}

/// What an object was told; only [`serve_as`] says a disposition.
pub(super) fn served_as(head: &HeadObjectOutput) -> Option<ServedAs> {
    let disposition = head.content_disposition()?.to_owned();
    Some(ServedAs { content_type: head.content_type()?.to_owned(), disposition })
}

/// What an object is by its key, where nobody says otherwise: players ask a bucket itself.
pub(super) fn content_type(key: &BlobKey) -> &'static str {
    match key.as_str().rsplit_once('.').map(|(_, ending)| ending) {
        Some("m3u8") => "application/vnd.apple.mpegurl",
        Some("mp4" | "m4s" | "cmfv") => "video/mp4",
        Some("m4a" | "cmfa") => "audio/mp4",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}
