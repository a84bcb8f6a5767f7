//! Files on their way in: stored whole within their limit, or not at all, with a sentence for whoever sent them.

use crate::ports::{BlobError, BlobKey, ByteStream};
use crate::{Error, Result, Stoa};
use bytes::Bytes;
use futures::StreamExt as _;

/// What is taken, and how it is spoken of.
pub(crate) struct Intake {
    /// What people call it: the beginning of every message.
    pub(crate) field: &'static str,
    /// The most bytes.
    pub(crate) most: u64,
    /// What helps where it is larger.
    pub(crate) if_too_large: &'static str,
}

impl Intake {
    /// Refuses a size that was declared, before anything is read.
    pub(crate) fn check_declared(&self, size: Option<u64>) -> Result<()> {
        match size {
            Some(0) => Err(self.empty()),
            Some(size) if size > self.most => Err(self.too_large()),
            _ => Ok(()),
        }
    }

    /// Stores the file, and returns its size. Afterwards there is a blob only where that is `Ok`.
    pub(crate) async fn store(&self, stoa: &Stoa, key: &BlobKey, bytes: ByteStream) -> Result<u64> {
        match stoa.blobs.put(key, at_most(bytes, self.most)).await {
            Ok(0) => {
                discard(stoa, key).await;
                Err(self.empty())
            }
            Ok(size) => Ok(size),
            Err(BlobError::Interrupted(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                Err(self.too_large())
            }
            Err(BlobError::Interrupted(_)) => Err(broken_off()),
            Err(BlobError::Full) => Err(Error::Refused(
                "There is no room for this file on the server. Tell its operator.".to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }

    fn empty(&self) -> Error {
        Error::invalid(self.field, "is an empty file: choose another one")
    }

    fn too_large(&self) -> Error {
        let (limit, unit) = match self.most as f64 {
            most if most >= 1e9 => (most / 1e9, "GB"),
            most => (most / 1e6, "MB"),
        };
        Error::invalid(self.field, format_args!("is larger than {limit:.1} {unit}: {}", self.if_too_large))
    }
}

/// Takes away what is not needed after all. What cannot be removed costs room, and is named in the log.
pub(crate) async fn discard(stoa: &Stoa, key: &BlobKey) {
    if let Err(error) = stoa.blobs.delete(key).await {
        tracing::warn!(%key, %error, "a file that is not needed could not be removed");
    }
}

fn broken_off() -> Error {
    Error::Refused("The upload broke off. Start it again.".to_owned())
}

/// The stream, ended by an error where it is longer than allowed: a browser need not declare a size.
fn at_most(bytes: ByteStream, most: u64) -> ByteStream {
    let mut left = most;
    bytes
        .map(move |chunk: std::io::Result<Bytes>| {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len() as u64).ok_or(std::io::ErrorKind::FileTooLarge)?;
            Ok(chunk)
        })
        .boxed()
}
