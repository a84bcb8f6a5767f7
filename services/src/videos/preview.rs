//! What a conversion has made so far, for whoever may edit the lesson.
//!
//! It has addresses below those of its version, and is opened by signed cookies like all media. Learners never get
//! such cookies: they watch a version once it is whole.

use super::{packaging, video_of};
use crate::records::Stored;
use crate::records::videos as records;
use crate::{Result, Stoa};
use bytes::Bytes;
use domain::account::Actor;
use domain::id::{AssetId, CourseId, LessonId, VersionId};
use domain::video::{Ladder, State};

/// The part of an address that tells a preview from what is whole.
pub const PREVIEW: &str = "preview";

/// The version of a lesson's video that is being converted; `None` where none is.
pub(crate) async fn being_converted(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
) -> Result<Option<(AssetId, VersionId)>> {
    let found = video_of(stoa, actor, course, lesson).await?;
    Ok(found.and_then(|Stored { value: video, .. }| match video.upload.processing.state {
        State::Transcoding { .. } => Some((video.asset, video.upload.version)),
        _ => None,
    }))
}

/// A file of the preview of a version, as `master.m3u8` or `360p/1.m4s`; `None` where there is none (yet, or any more).
pub async fn preview(stoa: &Stoa, asset: AssetId, version: VersionId, part: &str) -> Result<Option<Bytes>> {
    let target = records::media(asset, version);
    if part != packaging::PLAYLIST {
        return Ok(stoa.transcoder.preview(&target, part).await?);
    }
    let Some(Stored { value: video, .. }) = records::video(&*stoa.table, asset).await? else {
        return Ok(None);
    };
    Ok(match video.upload.processing.state {
        State::Transcoding { probe, .. } if video.upload.version == version => {
            let playlist =
                packaging::preview_playlist(&Ladder::for_source(&probe), probe.audio_channels.unwrap_or(0));
            Some(playlist.into())
        }
        _ => None,
    })
}
