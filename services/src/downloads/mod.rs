//! What learners keep of a lesson: files that its instructor adds, and a copy of its video where that is allowed.
//!
//! Both lie under `files/` and are opened by a signed URL for that one file, which is given to whoever may
//! watch the lesson, for minutes.

mod attachments;
mod copy;
mod removal;

pub(crate) use attachments::record;
pub use attachments::{remove, rename, shift};
pub use copy::allow_video;
pub(crate) use copy::{copy_video, job as copy_job};
pub(crate) use removal::{of_lessons as removal_of_lessons, remove_all, remove_all_of};

use crate::ports::{BlobKey, Write};
use crate::records::{Stored, courses, files, keys, videos};
use crate::retry::until_written;
use crate::uploads::{self, quota};
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::course::Lesson;
use domain::download::{Attachment, FilesError, LessonFiles};
use domain::edge::Statement;
use domain::id::{AttachmentId, CourseId, LessonId, UploadId};
use domain::permission::Permission;
use domain::view::{CopyStatus, Downloads, EditableDownloads, FileView};
use std::time::Duration;

/// What is taken, and how it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadSettings {
    /// The most bytes of one attachment.
    pub max_bytes: u64,
    /// The most attachments of a lesson, up to [`LessonFiles::MOST`].
    pub max_per_lesson: u32,
    /// How long a link opens its file: a download begins within it, and may take longer.
    pub link_ttl: Duration,
}

/// The address, for minutes, of a file that comes with a lesson.
pub async fn attachment_link(
    stoa: &Stoa,
    actor: Actor,
    slug: &str,
    lesson: LessonId,
    id: AttachmentId,
) -> Result<String> {
    watchable(stoa, actor, slug, lesson).await?;
    let files = files::of(&*stoa.table, lesson).await?.value;
    let attachment = files.attachment(id).ok_or(Error::NotFound)?;
    signed(stoa, &files::attachment(attachment))
}

/// The address, for minutes, of the copy of a lesson's video.
pub async fn video_link(stoa: &Stoa, actor: Actor, slug: &str, lesson: LessonId) -> Result<String> {
    let lesson = watchable(stoa, actor, slug, lesson).await?;
    let files = files::of(&*stoa.table, lesson.id).await?.value;
    match current_copy(stoa, &lesson, &files).await? {
        CopyState::There(key, _) => signed(stoa, &key),
        CopyState::NotAllowed | CopyState::ToBeMade => Err(Error::NotFound),
    }
}

/// What learners can keep of a lesson.
pub(crate) async fn offered(stoa: &Stoa, lesson: &Lesson) -> Result<Downloads> {
    let files = files::of(&*stoa.table, lesson.id).await?.value;
    let video = match current_copy(stoa, lesson, &files).await? {
        CopyState::There(_, size) => Some(size),
        CopyState::NotAllowed | CopyState::ToBeMade => None,
    };
    Ok(Downloads { attachments: files.attachments.iter().map(file).collect(), video })
}

/// The same for the lesson's instructor, with what may be added.
pub(crate) async fn editable(stoa: &Stoa, lesson: &Lesson) -> Result<EditableDownloads> {
    let files = files::of(&*stoa.table, lesson.id).await?.value;
    let video = match current_copy(stoa, lesson, &files).await? {
        CopyState::NotAllowed => CopyStatus::NotAllowed,
        CopyState::ToBeMade => CopyStatus::ToBeMade,
        CopyState::There(_, size) => CopyStatus::There { size },
    };
    let attachments = files.attachments.iter().map(file).collect();
    let DownloadSettings { max_bytes, max_per_lesson, .. } = stoa.downloads;
    Ok(EditableDownloads { attachments, max_bytes, max_count: max_per_lesson, video })
}

enum CopyState {
    NotAllowed,
    ToBeMade,
    There(BlobKey, u64),
}

/// How the copy of a lesson's video is doing: it counts only where it is of what learners watch.
async fn current_copy(stoa: &Stoa, lesson: &Lesson, files: &LessonFiles) -> Result<CopyState> {
    if !files.video {
        return Ok(CopyState::NotAllowed);
    }
    let Some(asset) = lesson.video else { return Ok(CopyState::ToBeMade) };
    let video = videos::video(&*stoa.table, asset).await?;
    let copy = video.and_then(|Stored { value: video, .. }| {
        let current = video.current?.version;
        video.copy.filter(|copy| copy.version == current)
    });
    Ok(copy.map_or(CopyState::ToBeMade, |copy| CopyState::There(files::copy(asset, copy.version), copy.size)))
}

/// The lesson, where the actor may watch it.
async fn watchable(stoa: &Stoa, actor: Actor, slug: &str, lesson: LessonId) -> Result<Lesson> {
    let course = access::course_by_slug(stoa, actor, slug, Permission::WatchLesson).await?.course.value;
    let outline = courses::outline(&*stoa.table, course.id).await?.value;
    outline.lesson(lesson).cloned().ok_or(Error::NotFound)
}

/// A canned policy: this file and no other, until the link ends.
fn signed(stoa: &Stoa, key: &BlobKey) -> Result<String> {
    let url = format!("{}/{key}", stoa.playback.url_base);
    let expires = stoa.clock.now().plus(stoa.downloads.link_ttl);
    Ok(stoa.media.issue(&Statement::Canned { url: url.clone(), expires })?.url(&url))
}

fn file(attachment: &Attachment) -> FileView {
    let Attachment { id, ref name, size, .. } = *attachment;
    FileView { id, name: name.clone(), size }
}

/// Changes the files of a lesson where the actor may edit it, from the start again when somebody else was
/// quicker. `change` returns what is to be written with it.
async fn change(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    change: impl Fn(&mut LessonFiles, &Lesson) -> Result<Vec<Write>>,
) -> Result<()> {
    change_and_close(stoa, actor, course, lesson, None, change).await
}

/// The same, and in the same transaction the end of the upload that the change came by; where that has ended before,
/// nothing is changed.
async fn change_and_close(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    from: Option<UploadId>,
    change: impl Fn(&mut LessonFiles, &Lesson) -> Result<Vec<Write>>,
) -> Result<()> {
    until_written(|| async {
        let (closes, counted) = match from {
            None => (None, 0),
            Some(from) => match uploads::closing(stoa, from).await? {
                None => return Ok(()),
                Some((write, counted)) => (Some(write), quota::signed(counted)),
            },
        };
        let owner = access::course(stoa, actor, course, Permission::EditCourse).await?.course.value.owner;
        let outline = courses::outline(&*stoa.table, course).await?;
        let place = outline.value.lesson(lesson).ok_or(Error::NotFound)?;
        let found = files::of(&*stoa.table, lesson).await?;
        let mut files = found.value.clone();
        let mut writes = change(&mut files, place)?;
        if files == found.value {
            return Ok(());
        }
        let grown = quota::signed(files.bytes()) - quota::signed(found.value.bytes()) - counted;
        writes.extend(quota::count(owner, grown));
        writes.extend(closes);
        writes.push(files::put(lesson, &files, found.unchanged)?);
        // The lesson is still there: what is removed with it is what was found with it.
        writes.push(Write::Check(keys::outline(course), crate::ports::Condition::Version(outline.version)));
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
        Ok(())
    })
    .await
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Name(error) => Error::invalid("Name", error),
            FilesError::NoSuchFile | FilesError::TooMany { .. } => Error::Refused(error.to_string()),
        }
    }
}
