//! The job that makes an upload watchable: the rim around the state machine of [`domain::video`].
//!
//! It looks at the record, does the step that the state asks for, writes what happened, and looks again.
//! So it goes on where another run of it stopped, wherever that was, and a second run beside it does no harm:
//! every write names the version of the record that it saw.

use super::packaging;
use crate::ports::{
    BlobError, Condition, Event as Happened, Remote, TranscodeError, TranscodeJob, Transcoded, Work,
};
use crate::records::videos::{self as records, Video};
use crate::records::{Stored, videos};
use crate::records::{courses, files};
use crate::retry::until_written;
use crate::worker::{Job, Outcome, Task, WHEN_FULL};
use crate::{Error, Result, Stoa, authoring, captions, downloads, outbox, uploads};
use bytes::Bytes;
use domain::id::{AssetId, EventId, VersionId};
use domain::video::{Event, FailureReason, Ladder, Package, Probe, Processing, RemoteJob, State, Step};
use futures::StreamExt as _;
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Progress is written no more often: pages ask for it about as often.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// How often a version is taken up without coming further before it is given up. A restart of the server is no
/// fault of the file.
const MAX_RUNS: u32 = 20;
/// What log and operators are told.
const NO_ROOM: &str = "there is no room left on the disk: it is tried again every minute";
/// Somebody who is at work says so at least so often.
const ALIVE_EVERY: Duration = Duration::from_secs(20);

/// Makes an upload watchable, or brings what is stored of it in line with a record that says otherwise.
pub(crate) async fn process(stoa: &Stoa, asset: AssetId, version: VersionId, task: Task) -> Outcome {
    let run = Run { stoa, asset, version, cancelled: task.cancelled };
    match run.to_the_end().await {
        Ok(()) => Outcome::Done,
        Err(Stop::Cancelled) => Outcome::Retry { reason: "was cancelled".into(), after: None },
        Err(Stop::Again { reason }) if task.last_attempt => {
            run.give_up_for_good(FailureReason::Interrupted, reason).await
        }
        Err(Stop::Again { reason }) => Outcome::Retry { reason, after: None },
        Err(Stop::Full) if task.last_attempt => {
            run.give_up_for_good(FailureReason::Full, NO_ROOM.to_owned()).await
        }
        Err(Stop::Full) => {
            if let Err(error) = run.wait_for_room().await {
                tracing::warn!(%error, "that a conversion waits for room could not be written");
            }
            Outcome::Retry { reason: NO_ROOM.to_owned(), after: Some(WHEN_FULL) }
        }
    }
}

/// Takes note of how far a service is with its job.
pub(super) async fn progress(
    stoa: &Stoa,
    asset: AssetId,
    version: VersionId,
    attempt: u32,
    percent: u8,
) -> Result<()> {
    let run = Run { stoa, asset, version, cancelled: CancellationToken::new() };
    run.record(attempt, Event::Progress(percent), "").await.map(drop)
}

/// Takes videos away: the records first, so that a run that still works on one notices and clears up after itself.
pub(crate) async fn remove(stoa: &Stoa, assets: &[AssetId]) -> Outcome {
    for asset in assets {
        let removed = async {
            uploads::quota::forget_video(stoa, *asset).await?;
            discard_all(stoa, *asset).await
        };
        if let Err(error) = removed.await {
            return Outcome::Retry { reason: error.to_string(), after: None };
        }
    }
    Outcome::Done
}

/// Why a run stopped before the end.
enum Stop {
    /// It was told to. It goes on later.
    Cancelled,
    /// It did not work this time.
    Again { reason: String },
    /// The disk is full.
    Full,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let source =
            std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        Stop::Again { reason: format!("{error}{source}") }
    }
}

/// One run of the job of a version.
struct Run<'a> {
    stoa: &'a Stoa,
    asset: AssetId,
    version: VersionId,
    cancelled: CancellationToken,
}

impl Run<'_> {
    async fn to_the_end(&self) -> std::result::Result<(), Stop> {
        if self.took_up().await? > MAX_RUNS {
            // Whatever it is, it ends the process, and it will the next time.
            return Ok(self.give_up(FailureReason::Interrupted, "it never comes further").await?);
        }
        loop {
            let video = match self.load().await? {
                Found::Newest(video) => video.value,
                Found::Superseded => return Ok(self.discard_version().await?),
                Found::Current => return Ok(()),
                Found::Gone => return Ok(discard_all(self.stoa, self.asset).await?),
            };
            let Processing { attempt, state } = video.upload.processing;
            let done = match state.step() {
                None if matches!(state, State::Failed { .. }) => return Ok(self.discard_media().await?),
                None => return Ok(()),
                Some(Step::Publish(package)) => {
                    self.publish(attempt, package).await?;
                    continue;
                }
                Some(Step::Probe) => self.probe().await,
                Some(Step::Transcode(probe)) => self.transcode(attempt, probe).await,
                Some(Step::Look(probe, job)) => match self.look(attempt, probe, job).await {
                    // It goes on without us. The service's events, or the sweeper, bring us back.
                    Ok(event @ Event::Progress(_)) => {
                        self.record(attempt, event, "").await?;
                        return Ok(());
                    }
                    looked => looked,
                },
            };
            let (event, note) = match done {
                Ok(event) => (event, String::new()),
                Err(Trouble::Stop(stop)) => return Err(stop),
                Err(Trouble::Superseded) => continue,
                Err(Trouble::Never(reason, note)) => (Event::Failed(reason), note),
            };
            self.record(attempt, event, &note).await?;
        }
    }

    async fn probe(&self) -> std::result::Result<Event, Trouble> {
        let source = records::source(self.asset, self.version);
        let probing = self.stoa.transcoder.probe(&source);
        let probe = tokio::select! {
            probe = probing => probe?,
            () = self.cancelled.cancelled() => return Err(Stop::Cancelled.into()),
        };
        tracing::info!(asset = %self.asset, version = %self.version, %probe, "an upload was probed");
        Ok(Event::Probed(probe))
    }

    /// Makes renditions and then the playlist that names them, or has a service make them.
    async fn transcode(&self, attempt: u32, probe: Probe) -> std::result::Result<Event, Trouble> {
        let job = self.job(attempt, probe);
        match self.transcode_and_tell(attempt, &job).await? {
            Work::Made(made) => self.package(&job, &made).await,
            Work::Elsewhere(remote) => Ok(Event::Handed(remote)),
        }
    }

    /// Asks a service how far its job is.
    async fn look(
        &self,
        attempt: u32,
        probe: Probe,
        remote: RemoteJob,
    ) -> std::result::Result<Event, Trouble> {
        let job = self.job(attempt, probe);
        match self.stoa.transcoder.look(&job, &remote).await? {
            Remote::Running(percent) => Ok(Event::Progress(percent)),
            Remote::Made(made) => self.package(&job, &made).await,
            Remote::Unknown => Ok(Event::Lost(remote)),
        }
    }

    fn job(&self, attempt: u32, probe: Probe) -> TranscodeJob {
        TranscodeJob {
            asset: self.asset,
            version: self.version,
            attempt,
            source: records::source(self.asset, self.version),
            target: records::media(self.asset, self.version),
            ladder: Ladder::for_source(&probe),
            probe,
        }
    }

    /// Writes the playlist that names what was made.
    async fn package(&self, job: &TranscodeJob, made: &Transcoded) -> std::result::Result<Event, Trouble> {
        let playlist = Bytes::from(packaging::multivariant_playlist(made));
        let bytes = futures::stream::once(async { Ok(playlist) }).boxed();
        let key = records::below(&job.target, packaging::PLAYLIST);
        self.stoa.blobs.put(&key, bytes).await.map_err(|error| match error {
            BlobError::Full => Stop::Full,
            error => Error::from(error).into(),
        })?;
        Ok(Event::Packaged(packaging::package(made)))
    }

    /// Transcodes, and meanwhile writes how far it is. Stops where nobody waits for it any more.
    async fn transcode_and_tell(
        &self,
        attempt: u32,
        job: &TranscodeJob,
    ) -> std::result::Result<Work, Trouble> {
        if !self.transcoding(attempt, 0).await? {
            return Err(Trouble::Superseded);
        }
        let (percent, mut heard) = watch::channel(0u8);
        let progress = |now: u8| {
            percent.send_if_modified(|before| std::mem::replace(before, now) != now);
        };
        let work = self.stoa.transcoder.transcode(job, &progress, self.cancelled.child_token());
        let tell = async {
            loop {
                // Where nothing changes that is worth telling, it is worth telling that somebody is there.
                let _ = timeout(ALIVE_EVERY, heard.changed()).await;
                let now = *heard.borrow_and_update();
                match self.transcoding(attempt, now).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    // What is lost is a number on a page; the next one will do.
                    Err(error) => tracing::warn!(%error, "progress could not be written"),
                }
                sleep(PROGRESS_EVERY).await;
            }
        };
        tokio::select! {
            made = work => Ok(made?),
            () = tell => Err(Trouble::Superseded),
        }
    }

    /// Writes how far transcoding is; `false` where it is not wanted any more.
    async fn transcoding(&self, attempt: u32, percent: u8) -> Result<bool> {
        let now = self.record(attempt, Event::Progress(percent), "").await?;
        Ok(now.is_some_and(|now| now.attempt == attempt && matches!(now.state, State::Transcoding { .. })))
    }

    /// Lets learners see it. One transaction: the state, the version they watch, the lesson's length, the
    /// course's totals, the job that makes a copy for keeping where one may be kept, and the one that puts captions beside it.
    async fn publish(&self, attempt: u32, package: Package) -> Result<()> {
        until_written(|| async {
            let Found::Newest(Stored { value: mut video, version }) = self.load().await? else {
                return Ok(());
            };
            let before = video.upload.processing.clone();
            let now = before.clone().apply(attempt, Event::Published);
            if now == before {
                return Ok(());
            }
            let moment = self.stoa.clock.now();
            video.upload.log.add(moment, "ready: learners see it");
            video.upload.advance(now, moment);
            video.publish(package.clone(), moment);
            let mut writes = vec![videos::put(&video, Condition::Version(version))?];
            writes.extend(self.news(&video, "video.ready")?);
            writes.extend(self.lesson_length(&video, &package).await?);
            let files = files::of(&*self.stoa.table, video.lesson).await?;
            writes.push(files::check(video.lesson, &files));
            if files.value.video {
                writes.push(downloads::copy_job(self.stoa, self.asset)?);
            }
            if !video.captions.is_empty() {
                writes.push(captions::job(self.stoa, self.asset)?);
            }
            self.stoa.table.transact(writes).await?;
            self.stoa.wake.notify_one();
            tracing::info!(asset = %self.asset, version = %self.version, "a video is ready");
            Ok(())
        })
        .await
    }

    /// The writes that tell the outline how long the lesson is now. None where the lesson was removed.
    async fn lesson_length(&self, video: &Video, package: &Package) -> Result<Vec<crate::ports::Write>> {
        let table = &*self.stoa.table;
        let Some(course) = courses::course(table, video.course).await? else { return Ok(Vec::new()) };
        let Stored { value: mut outline, version } = courses::outline(table, video.course).await?;
        match outline.lesson_mut(video.lesson) {
            Ok(lesson) if lesson.video == Some(self.asset) => lesson.length = package.length,
            _ => return Ok(Vec::new()),
        }
        authoring::write_outline(&course, version, &outline)
    }

    /// Takes note that a worker begins with it, and returns how often one did since it came further.
    async fn took_up(&self) -> Result<u32> {
        until_written(|| async {
            let Found::Newest(Stored { value: mut video, version }) = self.load().await? else {
                return Ok(0);
            };
            let Some(step) = video.upload.processing.state.step() else { return Ok(0) };
            // A service may be asked as often as one likes.
            if !matches!(step, Step::Look(..)) {
                video.upload.runs += 1;
            }
            video.upload.changed = self.stoa.clock.now();
            self.stoa.table.write(videos::put(&video, Condition::Version(version))?).await?;
            Ok(video.upload.runs)
        })
        .await
    }

    /// Says where people look that it waits until somebody has made room, and tells the operators once.
    async fn wait_for_room(&self) -> Result<()> {
        until_written(|| async {
            let Found::Newest(Stored { value: mut video, version }) = self.load().await? else {
                return Ok(());
            };
            if video.upload.no_room || video.upload.processing.state.step().is_none() {
                return Ok(());
            }
            let moment = self.stoa.clock.now();
            (video.upload.no_room, video.upload.changed) = (true, moment);
            video.upload.log.add(moment, NO_ROOM);
            let writes = vec![videos::put(&video, Condition::Version(version))?, self.announcement()?];
            super::commit(self.stoa, writes).await
        })
        .await
    }

    /// Gives the attempt up, for a reason that does not lie in the file.
    async fn give_up(&self, reason: FailureReason, note: &str) -> Result<()> {
        let Found::Newest(video) = self.load().await? else { return Ok(()) };
        let attempt = video.value.upload.processing.attempt;
        match self.record(attempt, Event::Failed(reason), note).await? {
            Some(now) if matches!(now.state, State::Failed { .. }) => self.discard_media().await,
            _ => Ok(()),
        }
    }

    /// The same, where the job has no attempt left.
    async fn give_up_for_good(&self, reason: FailureReason, note: String) -> Outcome {
        match self.give_up(reason, &note).await {
            Ok(()) => Outcome::Fail { reason: note },
            Err(error) => Outcome::Fail { reason: format!("{note}; and it could not be recorded: {error}") },
        }
    }

    /// Writes what an event makes of the record, and returns that; `None` where this version is not the newest
    /// any more. A note is for the log.
    async fn record(&self, attempt: u32, event: Event, note: &str) -> Result<Option<Processing>> {
        until_written(|| async {
            let Found::Newest(Stored { value: mut video, version }) = self.load().await? else {
                return Ok(None);
            };
            let before = video.upload.processing.clone();
            let now = before.clone().apply(attempt, event.clone());
            // Progress that is none says that somebody is at work, where work is to be done.
            let at_work = matches!((&event, &now.state), (Event::Progress(_), State::Transcoding { .. }));
            if now == before && !at_work {
                return Ok(Some(now));
            }
            let moment = self.stoa.clock.now();
            if let Some(line) = happened(&before.state, &now.state, note) {
                video.upload.log.add(moment, line);
            }
            video.upload.advance(now.clone(), moment);
            let mut writes = vec![videos::put(&video, Condition::Version(version))?];
            if matches!(now.state, State::Failed { .. }) {
                writes.extend(self.news(&video, "video.failed")?);
            }
            self.stoa.table.transact(writes).await?;
            self.stoa.wake.notify_one();
            Ok(Some(now))
        })
        .await
    }

    /// The job that tells those whom it concerns how it stands.
    fn announcement(&self) -> Result<crate::ports::Write> {
        outbox::job(self.stoa, &Job::AnnounceVideo { asset: self.asset, version: self.version })
    }

    /// The jobs that tell how it ended: those whom it concerns, and whoever listens.
    fn news(&self, video: &Video, kind: &str) -> Result<[crate::ports::Write; 2]> {
        let (stoa, asset, version) = (self.stoa, self.asset, self.version);
        let time = stoa.clock.now();
        let detail =
            json!({"course": video.course, "lesson": video.lesson, "asset": asset, "version": version});
        let event =
            Happened { id: EventId::new(time, stoa.random.bits()), kind: kind.to_owned(), detail, time };
        Ok([self.announcement()?, outbox::job(stoa, &Job::PublishEvent { event })?])
    }

    async fn load(&self) -> Result<Found> {
        Ok(match videos::video(&*self.stoa.table, self.asset).await? {
            None => Found::Gone,
            Some(video) if video.value.upload.version == self.version => Found::Newest(video),
            Some(video)
                if video.value.current.as_ref().is_some_and(|current| current.version == self.version) =>
            {
                Found::Current
            }
            Some(_) => Found::Superseded,
        })
    }

    async fn discard_media(&self) -> Result<()> {
        Ok(self.stoa.blobs.delete(&records::media(self.asset, self.version)).await?)
    }

    async fn discard_version(&self) -> Result<()> {
        self.discard_media().await?;
        Ok(self.stoa.blobs.delete(&records::upload(self.asset, self.version)).await?)
    }
}

/// What the log says when one state follows another; `None` for progress.
fn happened(before: &State, now: &State, note: &str) -> Option<String> {
    match (service_job(before), service_job(now)) {
        (had, Some(job)) if had != Some(job) => {
            return Some(format!("handed to a service, as job {}", job.0));
        }
        (Some(_), None) if matches!(now, State::Transcoding { .. }) => {
            return Some("the service does not know its job any more".to_owned());
        }
        _ => {}
    }
    if std::mem::discriminant(before) == std::mem::discriminant(now) {
        return None;
    }
    match now {
        State::Uploaded => None,
        State::Probed { probe } => Some(format!("probed: {probe}")),
        State::Transcoding { .. } => Some("transcoding began".to_owned()),
        State::Packaged { package } => Some(format!("packaged: {package}")),
        State::Ready { .. } => Some("ready".to_owned()),
        State::Failed { reason, .. } if note.is_empty() => Some(format!("failed: {reason}")),
        State::Failed { .. } => Some(format!("failed: {note}")),
    }
}

/// The job of a service that makes renditions, where one does.
fn service_job(state: &State) -> Option<&RemoteJob> {
    match state {
        State::Transcoding { job, .. } => job.as_ref(),
        _ => None,
    }
}

/// Takes away what is stored of all versions of a video.
pub(crate) async fn discard_all(stoa: &Stoa, asset: AssetId) -> Result<()> {
    for prefix in records::all_blobs(asset) {
        stoa.blobs.delete(&prefix).await?;
    }
    Ok(())
}

/// What the record says of the version that a job is about.
#[allow(clippy::large_enum_variant, reason = "one is held at a time, and not for long")]
enum Found {
    /// It is the newest upload: the job is to be done.
    Newest(Stored<Video>),
    /// A newer one was uploaded, and learners still watch this one.
    Current,
    /// A newer one was uploaded, and this one will not be watched.
    Superseded,
    /// The whole video was removed.
    Gone,
}

/// Why a step did not lead to an event.
enum Trouble {
    /// The file will never become watchable: the reason, and what the log says of it.
    Never(FailureReason, String),
    /// Nobody waits for this version any more.
    Superseded,
    /// The run stops.
    Stop(Stop),
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Self {
        Trouble::Stop(stop)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Stop(error.into())
    }
}

impl From<TranscodeError> for Trouble {
    fn from(error: TranscodeError) -> Self {
        let reason = match &error {
            TranscodeError::Cancelled => return Stop::Cancelled.into(),
            TranscodeError::Interrupted(_) => {
                return Stop::Again { reason: error.to_string() }.into();
            }
            TranscodeError::Full => return Stop::Full.into(),
            TranscodeError::SourceGone => FailureReason::SourceGone,
            TranscodeError::NotAVideo => FailureReason::NotAVideo,
            TranscodeError::NoVideoTrack => FailureReason::NoVideoTrack,
            TranscodeError::Unsupported(_) => FailureReason::Unsupported,
            TranscodeError::Damaged(_) => FailureReason::Damaged,
            TranscodeError::Internal(_) => FailureReason::Internal,
        };
        let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
        let note = format!("{error}{}", source.unwrap_or_default());
        tracing::warn!(error = note, "a video cannot be made watchable");
        Trouble::Never(reason, note)
    }
}
