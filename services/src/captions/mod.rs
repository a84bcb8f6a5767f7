//! Captions that instructors upload for a video, one file a language.
//!
//! A file is stored once, whatever becomes of the video's versions; a job puts a copy beside the version that
//! learners watch, where their cookies open it.

mod place;

pub(crate) use place::place;

use crate::intake::discard;
use crate::ports::{Condition, Write};
use crate::records::{Stored, videos as records};
use crate::retry::until_written;
use crate::worker::Job;
use crate::{Error, Result, Stoa, outbox, videos};
use bytes::Bytes;
use domain::account::Actor;
use domain::caption::{Caption, CaptionError, Captions, Language, MAX_LANGUAGES};
use domain::course::Lesson;
use domain::id::{AssetId, CaptionId, CourseId, LessonId};
use domain::view::CaptionView;
use futures::StreamExt as _;
use records::Video;

/// Adds captions, or puts them in the place of those in the same language.
///
/// What is wrong with the file is told as a sentence. When this returns, file and record are durable; when it
/// fails, neither is there.
pub async fn add(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    language: &str,
    file: &str,
) -> Result<CaptionId> {
    let asset = editable(stoa, actor, course, lesson).await?.value.asset;
    let language: Language = language.parse().map_err(|error| Error::invalid("The language", error))?;
    let captions = Captions::parse(file)?;
    let added = Caption::new(CaptionId::new(stoa.clock.now(), stoa.random.bits()), language);
    let key = records::caption(asset, added.id);
    let (cues, file) = (captions.cues().len(), Bytes::from(captions.to_webvtt()));
    stoa.blobs.put(&key, futures::stream::once(async { Ok(file) }).boxed()).await?;
    let recorded = change(stoa, actor, course, lesson, |video| {
        if video.asset != asset {
            return Err(Error::Conflict);
        }
        video.captions.retain(|caption| caption.language != added.language);
        if video.captions.len() >= MAX_LANGUAGES {
            return Err(CaptionError::TooManyLanguages.into());
        }
        video.captions.push(added.clone());
        video.captions.sort_by(|one, other| one.label.cmp(&other.label));
        Ok(())
    });
    match recorded.await {
        Ok(()) => {
            tracing::info!(%asset, caption = %added.id, language = %added.language, cues, "captions were added");
            Ok(added.id)
        }
        // They may have been recorded nevertheless; the file must then be there.
        Err(error @ Error::Unavailable(_)) => Err(error),
        Err(error) => {
            discard(stoa, &key).await;
            Err(error)
        }
    }
}

/// Takes captions away.
pub async fn remove(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    id: CaptionId,
) -> Result<()> {
    change(stoa, actor, course, lesson, |video| {
        let before = video.captions.len();
        video.captions.retain(|caption| caption.id != id);
        if video.captions.len() == before {
            return Err(Error::Refused("These captions are no longer there.".to_owned()));
        }
        Ok(())
    })
    .await
}

/// All captions of a lesson's video, for its instructor; `None` where there is no video to add any to.
pub(crate) async fn listed(stoa: &Stoa, lesson: &Lesson) -> Result<Option<Vec<CaptionView>>> {
    let Some(asset) = lesson.video else { return Ok(None) };
    let video = records::video(&*stoa.table, asset).await?;
    let view = |track: domain::caption::Track| {
        let domain::caption::Track { id, language, label, .. } = track;
        CaptionView { id, language, label }
    };
    Ok(video.map(|video| video.value.all_tracks().into_iter().map(view).collect()))
}

/// The outbox entry of the job that brings the captions beside the version that learners watch in line with the
/// record.
pub(crate) fn job(stoa: &Stoa, asset: AssetId) -> Result<Write> {
    outbox::job(stoa, &Job::PlaceCaptions { asset })
}

/// Changes the captions of a lesson's video where the actor may edit it, from the start again when somebody else was
/// quicker. What is not named any more is removed.
async fn change(
    stoa: &Stoa,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    change: impl Fn(&mut Video) -> Result<()>,
) -> Result<()> {
    let dropped = until_written(|| async {
        let Stored { value: before, version } = editable(stoa, actor, course, lesson).await?;
        let mut video = before.clone();
        change(&mut video)?;
        let writes = vec![records::put(&video, Condition::Version(version))?, job(stoa, video.asset)?];
        stoa.table.transact(writes).await?;
        stoa.wake.notify_one();
        let dropped = before.captions.iter().filter(|caption| !video.captions.contains(caption));
        Ok(dropped.map(|caption| records::caption(video.asset, caption.id)).collect::<Vec<_>>())
    })
    .await?;
    for key in dropped {
        // What a crash leaves here, the cleaner takes away.
        discard(stoa, &key).await;
    }
    Ok(())
}

async fn editable(stoa: &Stoa, actor: Actor, course: CourseId, lesson: LessonId) -> Result<Stored<Video>> {
    let video = videos::video_of(stoa, actor, course, lesson).await?;
    let missing = || Error::Refused("Upload the video first: captions are added to it.".to_owned());
    video.ok_or_else(missing)
}

impl From<CaptionError> for Error {
    fn from(error: CaptionError) -> Self {
        Error::Refused(error.to_string())
    }
}
