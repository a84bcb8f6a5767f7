//! What a cloud's services tell by themselves, in our terms. Such messages are hints: doubled, late, out of order or
//! lost ones must be harmless, and whoever hears one asks the port it is about for the truth.

use super::BlobKey;
use domain::id::{AssetId, VersionId};
use domain::video::RemoteJob;

/// What a service told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A blob was stored, by whomever.
    Stored {
        /// Its name.
        key: BlobKey,
        /// Bytes.
        size: u64,
    },
    /// A transcoding job went on.
    Job {
        /// The video that it is for.
        asset: AssetId,
        /// The upload that it is for.
        version: VersionId,
        /// Which attempt of the upload it is.
        attempt: u32,
        /// The service's name for it.
        job: RemoteJob,
        /// How it stands.
        what: Fate,
    },
    /// Something that concerns nobody here.
    Other,
}

/// How a transcoding job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// So many percent are done.
    Progress(u8),
    /// It is done.
    Complete,
    /// It failed there: why, for the log. [`Transcoder::look`](super::Transcoder::look) says what that means.
    Failed(String),
    /// It was cancelled there.
    Cancelled,
}
