//! What a page asks of uploads. The bytes are no server function's: see [`crate::uploads`].

use super::Answer;
use domain::id::{CourseId, LessonId, UploadId};
use domain::upload::{BegunUpload, PartAddress, Purpose};
use domain::view::UploadKeys;
use leptos::prelude::*;

/// Begins an upload.
#[server(name = Begin, endpoint = "uploads/begin")]
pub async fn begin(
    course: CourseId,
    lesson: LessonId,
    purpose: Purpose,
    name: String,
    media_type: String,
    size: u64,
    modified: i64,
) -> Answer<BegunUpload> {
    use super::request;
    use services::uploads::{self, NewUpload};
    let new = NewUpload { purpose, name: &name, media_type: &media_type, size, modified };
    let begun = uploads::begin(&request::stoa(), request::actor(), course, lesson, new).await;
    Ok(begun.map(|(_, begun)| begun)?)
}

/// How an upload that was begun goes on.
#[server(name = Continue, endpoint = "uploads/continue")]
pub async fn continued(upload: UploadId) -> Answer<BegunUpload> {
    use super::request;
    Ok(services::uploads::continued(&request::stoa(), request::actor(), upload).await?)
}

/// An address for a part, signed for what has this SHA-256 in base64 (none where the browser knows none).
#[server(name = Sign, endpoint = "uploads/sign")]
pub async fn sign(upload: UploadId, number: u32, sha256: String) -> Answer<PartAddress> {
    use super::request;
    use services::uploads;
    let checksum = uploads::checksum(&sha256);
    let signed = uploads::sign(&request::stoa(), request::actor(), upload, number, checksum).await?;
    Ok(PartAddress { url: signed.url, headers: signed.headers })
}

/// Makes an upload whose bytes are all there what it was sent for; again, where that is not known to have happened.
#[server(name = Finish, endpoint = "uploads/finish")]
pub async fn finish(upload: UploadId) -> Answer<()> {
    use super::request;
    services::uploads::finish(&request::stoa(), request::actor(), upload).await?;
    Ok(())
}

/// Lends keys for uploads by tools of one's own.
#[server(name = BorrowKeys, endpoint = "uploads/keys")]
pub async fn borrow_keys() -> Answer<UploadKeys> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::borrow_upload_keys(&request::stoa(), request::actor(), &token).await?)
}

/// Gives an upload up.
#[server(name = Abort, endpoint = "uploads/abort")]
pub async fn abort(upload: UploadId) -> Answer<()> {
    use super::request;
    Ok(services::uploads::abort(&request::stoa(), request::actor(), upload).await?)
}
