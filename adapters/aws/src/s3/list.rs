//! What is below a prefix.

use super::blobs::size;
use super::{Bucket, failure, timestamp};
use aws_sdk_s3::types::{Delete, Error as Refused, ObjectIdentifier};
use services::ports::{BlobError, BlobInfo, BlobKey};

/// The most that S3 lists, or takes away, in one request.
const BATCH: usize = 1000;

impl Bucket {
    /// See [`services::ports::BlobStore::list`]. S3 lists by key as UTF-8, so by bytes.
    pub(super) async fn list(
        &self,
        prefix: &BlobKey,
        after: Option<&BlobKey>,
        max: usize,
    ) -> Result<Vec<BlobInfo>, BlobError> {
        let mut found = Vec::new();
        // The blob that is the prefix comes before those below it.
        if after.is_none_or(|after| after < prefix)
            && let Some(head) = self.head(prefix).await?
        {
            let stored = timestamp(head.last_modified());
            found.push(BlobInfo { key: prefix.clone(), size: size(head.content_length())?, stored });
        }
        let mut after = after.map(|key| self.object(key));
        while found.len() < max {
            let wanted = (max - found.len()).min(BATCH);
            let request = self.client.list_objects_v2().bucket(&self.name);
            let request = request.prefix(format!("{}/", self.object(prefix))).set_start_after(after);
            let page = request.max_keys(wanted as i32).send().await.map_err(failure)?;
            for object in page.contents() {
                if let Some(key) = object.key().and_then(|name| self.key(name)) {
                    let stored = timestamp(object.last_modified());
                    found.push(BlobInfo { key, size: size(object.size())?, stored });
                }
            }
            after = page.contents().last().and_then(|object| object.key()).map(str::to_owned);
            if after.is_none() || page.is_truncated() != Some(true) {
                break;
            }
        }
        found.truncate(max);
        Ok(found)
    }

    /// See [`services::ports::BlobStore::delete`].
    pub(super) async fn delete(&self, prefix: &BlobKey) -> Result<(), BlobError> {
        let object = self.object(prefix);
        self.client.delete_object().bucket(&self.name).key(&object).send().await.map_err(failure)?;
        loop {
            let request = self.client.list_objects_v2().bucket(&self.name).prefix(format!("{object}/"));
            let page = request.max_keys(BATCH as i32).send().await.map_err(failure)?;
            let names = page.contents().iter().filter_map(|object| object.key());
            let names: Result<Vec<_>, _> =
                names.map(|name| ObjectIdentifier::builder().key(name).build()).collect();
            let names = names.map_err(|error| BlobError::Internal(error.into()))?;
            if names.is_empty() {
                return Ok(());
            }
            let delete = Delete::builder().set_objects(Some(names)).quiet(true).build();
            let delete = delete.map_err(|error| BlobError::Internal(error.into()))?;
            let request = self.client.delete_objects().bucket(&self.name).delete(delete);
            let deleted = request.send().await.map_err(failure)?;
            if let Some(refused) = deleted.errors().first() {
                return Err(kept(refused));
            }
        }
    }
}

/// An object that stayed.
fn kept(refused: &Refused) -> BlobError {
    let code = refused.code().unwrap_or_default();
    let error = format!("an object was not deleted: {code}").into();
    match code {
        "InternalError" | "SlowDown" | "ServiceUnavailable" => BlobError::Unavailable(error),
        _ => BlobError::Internal(error),
    }
}
