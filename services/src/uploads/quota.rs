//! How much the courses of one instructor may hold.
//!
//! What counts is the newest upload of each video, each file that comes with a lesson, and what is on its way, from
//! its beginning at its full size. It is one counter an account, and it is changed in the same transactions as the
//! records it counts.

use super::error::{UploadError, UploadResult};
use crate::ports::Condition;
use crate::records::{Stored, courses, uploads as records, videos};
use crate::retry::until_written;
use crate::{Result, Stoa};
use domain::id::{AccountId, AssetId};
use domain::size::size as spoken;
use domain::upload::FailureKind;

pub(crate) use records::count;

/// How a size is counted, and how it is counted back.
pub(crate) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Refuses a file for which an instructor has no room. `own`: whether it is theirs who asks; `counted`: whether the file
/// is counted already.
pub(super) async fn check(
    stoa: &Stoa,
    owner: AccountId,
    own: bool,
    size: u64,
    counted: bool,
) -> UploadResult<()> {
    let stored = records::stored(&*stoa.table, owner).await?;
    let used = if counted { stored.saturating_sub(size) } else { stored };
    let quota = stoa.uploads.quota_bytes;
    if used.saturating_add(size) <= quota {
        return Ok(());
    }
    let whose = if own { "Your courses hold" } else { "The courses of this instructor hold" };
    Err(UploadError::refused(
        FailureKind::Quota,
        format!(
            "{whose} {} of the {} that they may, with what is being uploaded; this file has {}. Remove videos or \
             files that are not needed any more, or ask the operator for more room.",
            spoken(used as f64),
            spoken(quota as f64),
            spoken(size as f64),
        ),
    ))
}

/// Takes the record of a video away, and what it counts.
pub(crate) async fn forget_video(stoa: &Stoa, asset: AssetId) -> Result<()> {
    until_written(|| async {
        let table = &*stoa.table;
        let Some(Stored { value: video, version }) = videos::video(table, asset).await? else {
            return Ok(());
        };
        let mut writes = vec![videos::delete(asset, Condition::Version(version))];
        if let Some(course) = courses::course(table, video.course).await? {
            writes.extend(count(course.value.owner, -signed(video.upload.size)));
        }
        Ok(table.transact(writes).await?)
    })
    .await
}
