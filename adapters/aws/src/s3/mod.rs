//! Buckets: any store that speaks S3.

mod blobs;
mod list;
mod parts;
mod put;
mod served;

pub use blobs::S3Blobs;
pub use parts::S3Parts;

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use domain::time::Timestamp;
use services::ports::{BlobError, BlobKey};

/// A part of a bucket.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    /// The bucket's name. It is there already, and only this part of it is touched.
    pub bucket: String,
    /// What all keys begin with: empty, or ending in `/`.
    pub prefix: String,
    /// Whether the bucket's name is in the path of an address and not in its host, as other stores than AWS's want it.
    pub path_style: bool,
}

/// A part of a bucket, and how to reach it.
#[derive(Clone)]
pub(crate) struct Bucket {
    pub(crate) client: Client,
    pub(crate) name: String,
    prefix: String,
}

impl Bucket {
    pub(crate) fn new(connection: &Connection, settings: BucketSettings) -> Self {
        let config = aws_sdk_s3::config::Builder::from(&connection.config)
            .force_path_style(settings.path_style)
            // Not every store knows them. Part uploads of clients carry theirs, and TLS guards what is on its way.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self { client: Client::from_conf(config), name: settings.bucket, prefix: settings.prefix }
    }

    /// A blob's name in the bucket.
    pub(crate) fn object(&self, key: &BlobKey) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The blob that an object is; `None` for one that is none of ours.
    pub(crate) fn key(&self, object: &str) -> Option<BlobKey> {
        object.strip_prefix(&self.prefix).and_then(BlobKey::new)
    }

    /// What all objects of ours begin with.
    fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Address of a blob, as other services of AWS name it.
    pub(crate) fn uri(&self, key: &BlobKey) -> String {
        format!("s3://{}/{}", self.name, self.object(key))
    }
}

/// An error of the store as a port tells it.
fn failure<E>(error: SdkError<E, HttpResponse>) -> BlobError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let Fault { kind, source } = Fault::of(error);
    match kind {
        Kind::Missing => BlobError::NotFound,
        Kind::Passing => BlobError::Unavailable(source),
        Kind::Defect => BlobError::Internal(source),
    }
}

/// A defect of the store: what it answered makes no sense.
fn nonsense(what: &'static str) -> BlobError {
    BlobError::Internal(what.into())
}

fn timestamp(time: Option<&aws_sdk_s3::primitives::DateTime>) -> Timestamp {
    Timestamp::from_millis(time.and_then(|time| time.to_millis().ok()).unwrap_or_default())
}
