//! Beginning: everything that can be judged before a byte is sent.

use super::error::{UploadError, UploadResult, signed_in};
use super::{Progress, allowed, clean, quota};
use crate::ports::{Condition, PartsError, Way};
use crate::records::uploads::{self as records, Target, Upload};
use crate::records::videos::kept_name;
use crate::records::{courses, files};
use crate::{Error, Stoa, access};
use domain::account::Actor;
use domain::course::Lesson;
use domain::download::{FileName, FileType};
use domain::id::{AssetId, AttachmentId, CourseId, LessonId, UploadId, VersionId};
use domain::permission::Permission;
use domain::size::size as spoken;
use domain::upload::{BegunUpload, FailureKind, Purpose, check_video_name, part_bytes};

/// A file that somebody wants to send.
#[derive(Debug, Clone, Copy)]
pub struct NewUpload<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Its name where it comes from.
    pub name: &'a str,
    /// What the browser takes it for; may be empty.
    pub media_type: &'a str,
    /// Bytes.
    pub size: u64,
    /// When it was changed last, in milliseconds; 0 for not known.
    pub modified: i64,
}

/// Begins an upload: permission, name, size, type, number, room. When this returns, it can be continued.
pub async fn begin(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    new: NewUpload<'_>,
) -> UploadResult<(Progress, BegunUpload)> {
    signed_in(actor)?;
    let owner = access::course(stoa, actor, course, Permission::EditCourse).await?.course.value.owner;
    let outline = courses::outline(&*stoa.table, course).await?.value;
    let place = outline.lesson(lesson).ok_or(Error::NotFound)?;
    check_size(stoa, new)?;
    let target = target(stoa, place, new).await?;
    let own = actor.account() == Some(owner);
    quota::check(stoa, owner, own, new.size, false).await?;

    let now = stoa.clock.now();
    let mut upload = Upload {
        id: UploadId::new(now, stoa.random.bits()),
        course,
        lesson,
        owner,
        target,
        file_name: kept_name(new.name),
        size: new.size,
        modified: new.modified,
        parts: String::new(),
        received: 0,
        touched: now,
        finished: false,
    };
    let begun = stoa.parts.begin(&upload.key(), new.size).await.map_err(|error| match error {
        PartsError::Full => UploadError::refused(
            FailureKind::Full,
            format!("There is no room for {} on the server. Tell its operator.", spoken(new.size as f64)),
        ),
        error => error.into(),
    })?;
    upload.parts = begun.0;
    let mut writes = vec![records::put(&upload, Condition::Absent, None)?];
    writes.extend(quota::count(owner, quota::signed(new.size)));
    if let Err(error) = stoa.table.transact(writes).await {
        // Where it was written nevertheless, the cleaner finds it: nobody knows of it.
        let _ = stoa.parts.abort(&upload.parts(), &upload.key()).await;
        return Err(Error::from(error).into());
    }
    // Once more: two may have begun in the same moment.
    if let Err(error) = quota::check(stoa, owner, own, new.size, true).await {
        clean::give_up(stoa, upload.id).await?;
        return Err(error);
    }
    tracing::info!(upload = %upload.id, size = new.size, %lesson, "an upload was begun");
    Ok((Progress::of(stoa, &upload), how_on(stoa, upload.id, upload.size)))
}

/// How an upload goes on that was begun before.
pub async fn continued(stoa: &Stoa, actor: Actor, id: UploadId) -> UploadResult<BegunUpload> {
    let upload = allowed(stoa, actor, id).await?.value;
    Ok(how_on(stoa, id, upload.size))
}

fn how_on(stoa: &Stoa, id: UploadId, size: u64) -> BegunUpload {
    BegunUpload { id, part_bytes: part_bytes(size), direct: stoa.parts.way() == Way::Direct }
}

fn check_size(stoa: &Stoa, new: NewUpload<'_>) -> UploadResult<()> {
    let (most, help) = match new.purpose {
        Purpose::Video => (stoa.max_upload_bytes, "Export it with a lower bit rate."),
        Purpose::Attachment => (stoa.downloads.max_bytes, "Make it smaller, or split it into several files."),
    };
    let refused = |message| Err(UploadError::refused(FailureKind::Size, message));
    match new.size {
        0 => refused("This file is empty. Choose another one.".to_owned()),
        size if size > most => refused(format!(
            "The file has {}; at most {} are taken. {help}",
            spoken(size as f64),
            spoken(most as f64)
        )),
        _ => Ok(()),
    }
}

/// What the file is to become, where its name allows that.
async fn target(stoa: &Stoa, place: &Lesson, new: NewUpload<'_>) -> UploadResult<Target> {
    let (now, bits) = (stoa.clock.now(), stoa.random.bits());
    let kind =
        |error: &dyn std::fmt::Display| UploadError::refused(FailureKind::Type, format!("The file {error}."));
    match new.purpose {
        Purpose::Video => {
            check_video_name(new.name, new.media_type).map_err(|error| kind(&error))?;
            // Those that are begun at the same time become versions of one video.
            let others = records::unfinished(&*stoa.table, place.id).await?;
            let other = others.iter().find_map(|other| match other.target {
                Target::Video { asset, .. } => Some(asset),
                Target::Attachment { .. } => None,
            });
            let asset = place.video.or(other).unwrap_or_else(|| AssetId::new(now, bits));
            Ok(Target::Video { asset, version: VersionId::new(now, bits) })
        }
        Purpose::Attachment => {
            let name = FileName::clean(new.name).map_err(|_| kind(&"has no name"))?;
            FileType::of(&name).map_err(|error| kind(&error))?;
            files::of(&*stoa.table, place.id)
                .await?
                .value
                .check_room(stoa.downloads.max_per_lesson)
                .map_err(|error| UploadError::refused(FailureKind::Other, capital(&format!("{error}."))))?;
            Ok(Target::Attachment { attachment: AttachmentId::new(now, bits), name })
        }
    }
}

fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}
