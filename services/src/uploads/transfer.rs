//! Parts on their way, and how far they are.

use super::error::{UploadError, UploadResult};
use super::{Progress, allowed, clean};
use crate::ports::{ByteStream, Checksum, Condition, SignedPart, Way};
use crate::records::Stored;
use crate::records::uploads::{self as records, Target, Upload};
use crate::{Error, Stoa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::account::Actor;
use domain::download::{FileType, HEAD_BYTES};
use domain::id::UploadId;
use domain::upload::{FailureKind, check_video, part_bytes};
use futures::{StreamExt as _, stream};
use std::time::Duration;

/// How long a client has to begin with a part that was signed for it.
const SIGNED_FOR: Duration = Duration::from_secs(3600);

/// How far an upload is. A connection that still sends is ended: whoever asks is about to continue.
pub async fn status(stoa: &Stoa, actor: Actor, id: UploadId) -> UploadResult<Progress> {
    let found = allowed(stoa, actor, id).await?;
    if found.value.finished {
        return Ok(Progress::of(stoa, &found.value));
    }
    let upload = &found.value;
    let received = match stoa.parts.received(&upload.parts(), &upload.key()).await {
        Ok(received) => received,
        // Whole in its place, and not recorded yet: a crash came between. Finishing is what is left to do.
        Err(_) if is_in_its_place(stoa, upload).await => upload.size,
        Err(error) => return Err(error.into()),
    };
    Ok(touch(stoa, found, received).await)
}

/// Adds a part at `offset`; the first one must begin as such files do. Returns how far the upload is then.
pub async fn append(
    stoa: &Stoa,
    actor: Actor,
    id: UploadId,
    offset: u64,
    bytes: ByteStream,
    checksum: Option<Checksum>,
) -> UploadResult<Progress> {
    let found = allowed(stoa, actor, id).await?;
    if found.value.finished {
        return Err(UploadError::Gone);
    }
    let bytes = if offset == 0 {
        let (head, bytes) = peek(bytes).await;
        if let Err(error) = check_head(&found.value.target, &head) {
            clean::give_up(stoa, found.value.id).await?;
            return Err(error);
        }
        bytes
    } else {
        bytes
    };
    let received = stoa.parts.append(&found.value.parts(), offset, bytes, checksum).await?;
    Ok(touch(stoa, found, received).await)
}

/// Where a client may send a numbered part straight to the store.
pub async fn sign(
    stoa: &Stoa,
    actor: Actor,
    id: UploadId,
    number: u32,
    checksum: Option<Checksum>,
) -> UploadResult<SignedPart> {
    let found = allowed(stoa, actor, id).await?;
    if stoa.parts.way() == Way::Appended {
        return Err(UploadError::refused(FailureKind::Other, "Parts of files are sent through this server."));
    }
    let upload = &found.value;
    let most = upload.size.div_ceil(part_bytes(upload.size));
    if upload.finished || !(1..=most).contains(&u64::from(number)) {
        return Err(UploadError::Gone);
    }
    let signed = stoa.parts.sign(&upload.parts(), &upload.key(), number, checksum, SIGNED_FOR).await?;
    let received = u64::from(number - 1) * part_bytes(upload.size);
    touch(stoa, found, received).await;
    Ok(signed)
}

/// The checksum that a text in base64 holds.
pub fn checksum(base64: &str) -> Option<Checksum> {
    STANDARD.decode(base64).ok()?.try_into().ok()
}

/// Holds the beginning of a file against what it is to become.
pub(super) fn check_head(target: &Target, head: &[u8]) -> UploadResult<()> {
    let refused = |error: &dyn std::fmt::Display| {
        Err(UploadError::refused(FailureKind::Type, format!("The file {error}.")))
    };
    match target {
        Target::Video { .. } => check_video(head).or_else(|error| refused(&error)),
        Target::Attachment { name, .. } => match FileType::of(name) {
            Ok(kind) => kind.check(name, head).or_else(|error| refused(&error)),
            Err(error) => refused(&error),
        },
    }
}

pub(super) async fn is_in_its_place(stoa: &Stoa, upload: &Upload) -> bool {
    matches!(stoa.blobs.size(&upload.key()).await, Ok(Some(size)) if size == upload.size)
}

/// The first bytes, and all of them, with the error that they may end in.
async fn peek(bytes: ByteStream) -> (Vec<u8>, ByteStream) {
    // What has ended within the first bytes is asked once more.
    let mut bytes = bytes.fuse();
    let (mut head, mut read): (Vec<u8>, Vec<std::io::Result<Bytes>>) = Default::default();
    while head.len() < HEAD_BYTES {
        match bytes.next().await {
            None => break,
            Some(Ok(chunk)) => {
                head.extend_from_slice(&chunk[..chunk.len().min(HEAD_BYTES)]);
                read.push(Ok(chunk));
            }
            Some(Err(error)) => {
                read.push(Err(error));
                break;
            }
        }
    }
    (head, stream::iter(read).chain(bytes).boxed())
}

/// Remembers that somebody is at it, and how far it is. Nothing depends on that being written: what counts is what the
/// store has.
async fn touch(stoa: &Stoa, found: Stored<Upload>, received: u64) -> Progress {
    let now = stoa.clock.now();
    let upload = Upload { received, touched: now, ..found.value };
    let write = records::put(&upload, Condition::Version(found.version), None);
    let written = match write {
        Ok(write) => stoa.table.write(write).await.map_err(Error::from),
        Err(error) => Err(error),
    };
    match written {
        Ok(()) | Err(Error::Conflict) => {}
        Err(error) => {
            tracing::warn!(%error, upload = %upload.id, "the progress of an upload could not be written")
        }
    }
    Progress::of(stoa, &upload)
}
