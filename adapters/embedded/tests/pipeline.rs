//! From an upload to a video that can be watched: the real use cases on SQLite, local files and ffmpeg.

#![allow(clippy::unwrap_used, reason = "a test")]

mod media;

use async_trait::async_trait;
use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::device::DeviceName;
use domain::id::{AccountId, CourseId, DeviceId, LessonId};
use domain::lease::Claim;
use domain::text::{Email, Password};
use domain::time::Seconds;
use domain::video::{FailureReason, Probe, VideoStatus};
use domain::view::{LessonVideo, Opening, Playback, VersionFate};
use futures::StreamExt;
use services::catalogue::KeptCatalogue;
use services::contract::{TestClock, TestRandom, next_task};
use services::downloads::DownloadSettings;
use services::playback::{Device, PlaybackSettings};
use services::ports::{
    BlobKey, ByteStream, CopyJob, Identity, IdentityError, TranscodeError, TranscodeJob, Transcoder, Work,
};
use services::revision::Revision;
use services::signing::{Key, KeyGroup, KeyKind, MediaSigner};
use services::worker::{Outcome, Task};
use services::{Error, Stoa, accounts, authoring, jobs, outbox, playback, videos};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stoa_embedded::{Database, Ffmpeg, LocalBlobs};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

/// More than any film here, and little enough to be exceeded.
const MAX_UPLOAD: u64 = 4_000_000;

#[tokio::test]
async fn an_upload_becomes_a_video_that_can_be_watched() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("854x480", 6)).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Waiting);
    assert_eq!(world.work().await, Outcome::Done);
    let VideoStatus::Ready { length, heights, poster } = world.status().await else { panic!("not ready") };
    assert_eq!((length, heights), (Seconds(6), vec![480, 360]));
    let files = world.files("media");
    assert!(files.iter().any(|file| file.ends_with("/master.m3u8")), "{files:?}");
    assert!(files.iter().any(|file| format!("/{file}") == poster), "{poster} {files:?}");
    assert!(world.playlist().await.unwrap().contains("480p/index.m3u8"));
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.outline.totals(), (1, Seconds(6)));
    assert_eq!((page.course.lessons, page.course.length), (1, Seconds(6)));
}

#[tokio::test]
async fn a_file_that_is_no_video_fails_with_a_sentence_and_publishes_nothing() {
    let world = World::new().await;
    world.upload("holiday.mp4", bytes("Dear diary, this is no film.")).await.unwrap();
    assert_eq!(world.work().await, Outcome::Done);
    let message = FailureReason::NotAVideo.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: false });
    assert_eq!(world.files("media"), [""; 0]);
    assert!(matches!(world.playlist().await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_cancelled_job_is_handed_back_and_its_next_run_finishes() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    world.faults.plan(Fault::CancelAtProgress(task.cancelled.clone()));
    let outcome = jobs::handle(world.stoa.clone(), task.clone()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(world.files("media"), [""; 0]);
    assert!(world.status().await.in_progress());
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    assert_eq!(world.files("~transcoding"), [""; 0]);
}

#[tokio::test]
async fn a_job_that_died_in_the_midst_is_finished_by_its_next_run() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    let reached = Arc::new(Notify::new());
    world.faults.plan(Fault::HangAtProgress(reached.clone()));
    let run = tokio::spawn(jobs::handle(world.stoa.clone(), task.clone()));
    reached.notified().await;
    assert_eq!(world.status().await, VideoStatus::Processing { percent: 0 });
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_job_that_runs_again_after_its_end_changes_nothing() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    world.again(&task).await;
    let (status, files) = (world.status().await, world.files("media"));
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert_eq!((world.status().await, world.files("media")), (status, files));
}

#[tokio::test]
async fn learners_keep_the_old_version_until_the_new_one_is_ready() {
    let world = World::new().await;
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    let first = world.playlist_address().await;
    world.upload("two.mp4", bytes("no film")).await.unwrap();
    assert_eq!(world.playlist_address().await, first, "while the new one waits");
    world.work().await;
    assert!(matches!(world.status().await, VideoStatus::Failed { .. }));
    assert_eq!(world.playlist_address().await, first, "after the new one failed");
    world.upload("three.mp4", world.film("640x360", 7)).await.unwrap();
    while world.status().await.in_progress() {
        world.work().await;
    }
    assert_ne!(world.playlist_address().await, first);
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.course.length, Seconds(7));
}

#[tokio::test]
async fn an_upload_that_was_replaced_before_its_turn_leaves_no_files() {
    let world = World::new().await;
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    world.upload("two.mp4", world.film("640x360", 6)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(world.work().await, Outcome::Done);
    }
    assert!(matches!(world.status().await, VideoStatus::Ready { length: Seconds(6), .. }));
    assert_eq!(world.files("uploads").len(), 1);
    assert_eq!(world.files("media").iter().filter(|file| file.ends_with("master.m3u8")).count(), 1);
}

#[tokio::test]
async fn a_job_that_is_interrupted_to_the_last_attempt_can_be_retried_by_hand() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = Task { last_attempt: true, ..world.task().await };
    world.faults.plan(Fault::Interrupt);
    let outcome = jobs::handle(world.stoa.clone(), task).await;
    assert!(matches!(outcome, Outcome::Fail { .. }), "{outcome:?}");
    let message = FailureReason::Interrupted.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
    videos::retry(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Waiting);
    assert_eq!(world.work().await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_conversion_that_is_cancelled_stops_and_can_be_tried_again() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    let reached = Arc::new(Notify::new());
    world.faults.plan(Fault::HangAtProgress(reached.clone()));
    let run = tokio::spawn(jobs::handle(world.stoa.clone(), task));
    reached.notified().await;
    videos::cancel(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(run.await.unwrap(), Outcome::Done, "the run notices by itself");
    let message = FailureReason::Cancelled.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
    assert_eq!(world.files("media").len() + world.files("~transcoding").len(), 0);
    videos::retry(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    while world.status().await.in_progress() {
        world.work().await;
    }
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    // Too late: it changes nothing.
    videos::cancel(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_video_whose_job_was_lost_is_asked_for_again() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    drop(world.task().await);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "it may only be slow");
    world.clock.advance(videos::QUIET);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 1);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "it was just asked for");
    assert_eq!(world.work().await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    world.clock.advance(videos::GRACE);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "nothing is to be done any more");
}

#[tokio::test]
async fn a_file_that_ends_its_worker_again_and_again_is_given_up() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    for _ in 0..30 {
        if !world.status().await.in_progress() {
            break;
        }
        let reached = Arc::new(Notify::new());
        world.faults.plan(Fault::HangAtProgress(reached.clone()));
        let again = Task { cancelled: CancellationToken::new(), ..task.clone() };
        let mut run = tokio::spawn(jobs::handle(world.stoa.clone(), again));
        tokio::select! {
            () = reached.notified() => run.abort(),
            _ = &mut run => {}
        }
    }
    let message = FailureReason::Interrupted.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
}

#[tokio::test]
async fn files_that_nobody_needs_are_taken_away_after_a_while() {
    let world = World::new().await;
    for (name, seconds) in [("one.mp4", 5), ("two.mp4", 6)] {
        world.upload(name, world.film("640x360", seconds)).await.unwrap();
        world.work().await;
    }
    let orphan = BlobKey::new("media/01J00000000000000000000000/01J00000000000000000000001/x.m4s").unwrap();
    world.stoa.blobs.put(&orphan, bytes("left by a crash")).await.unwrap();
    let versions = world.video().await.versions;
    let fates: Vec<_> = versions.iter().map(|version| version.fate).collect();
    assert_eq!(fates, [VersionFate::Watched, VersionFate::Replaced]);
    assert_eq!(videos::clean(&world.stoa).await.unwrap(), 0, "who began to watch it may go on");
    // Files have the times of the machine's clock.
    world.clock.advance(videos::GRACE * 3_000);
    assert_eq!(
        videos::clean(&world.stoa).await.unwrap(),
        3,
        "the orphan, the replaced version and its source"
    );
    let left = [world.files("media"), world.files("uploads")].concat();
    let newest = versions[0].version.to_string();
    assert!(!left.is_empty() && left.iter().all(|file| file.contains(&newest)), "{left:?}");
    assert_eq!(videos::clean(&world.stoa).await.unwrap(), 0);
}

#[tokio::test]
async fn the_board_shows_what_is_going_on_to_operators_alone() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    assert!(matches!(videos::board(&world.stoa, world.actor).await, Err(Error::Forbidden)));
    let operator = Actor::Account { id: AccountId::new(world.stoa.clock.now(), 9), role: Role::Admin };
    let board = videos::board(&world.stoa, operator).await.unwrap();
    assert_eq!((board.active.len(), board.failed.len(), board.dead.len()), (1, 0, 0));
    assert_eq!(board.active[0].file_name, "talk.mp4");
    videos::cancel_asset(&world.stoa, operator, board.active[0].asset).await.unwrap();
    let board = videos::board(&world.stoa, operator).await.unwrap();
    assert_eq!((board.active.len(), board.failed.len()), (0, 1));
    assert!(board.failed[0].log.iter().any(|line| line.text.contains("Cancel")), "{:?}", board.failed[0].log);
    let stranger = videos::cancel_asset(&world.stoa, world.actor, board.failed[0].asset).await;
    assert!(matches!(stranger, Err(Error::Forbidden)));
}

#[tokio::test]
async fn removing_a_video_takes_its_files_and_its_length_away() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    videos::remove(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Missing);
    assert_eq!(world.work().await, Outcome::Done);
    assert_eq!(world.files("media").len() + world.files("uploads").len(), 0);
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.course.length, Seconds(0));
}

#[tokio::test]
async fn removing_a_lesson_takes_its_video_away_with_it() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    authoring::remove_lesson(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    // One job for the video, one for the lesson's files to keep; which comes first does not matter.
    assert_eq!([world.work().await, world.work().await], [Outcome::Done, Outcome::Done]);
    assert_eq!(world.files("media").len() + world.files("uploads").len(), 0);
}

#[tokio::test]
async fn an_upload_that_is_refused_or_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let broken: ByteStream = futures::stream::iter([
        Ok(Bytes::from_static(b"first half")),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ])
    .boxed();
    let chunk = Bytes::from(vec![0; 1_000_000]);
    let endless: ByteStream = futures::stream::repeat_with(move || Ok(chunk.clone())).boxed();
    let refused =
        |result: services::Result<()>| matches!(result, Err(Error::Invalid { .. } | Error::Refused(_)));
    assert!(refused(world.upload("empty.mp4", bytes("")).await));
    assert!(refused(world.upload("broken.mp4", broken).await));
    assert!(refused(world.upload("endless.mp4", endless).await));
    let unread: ByteStream = futures::stream::poll_fn(|_| panic!("too large: not to be read")).boxed();
    let Stoa { max_upload_bytes, .. } = world.stoa;
    let declared = Some(max_upload_bytes + 1);
    let result =
        videos::upload(&world.stoa, world.actor, world.course, world.lesson, "l", declared, unread).await;
    assert!(refused(result));
    assert_eq!(world.files("uploads"), [""; 0]);
    assert_eq!(world.status().await, VideoStatus::Missing);
}

#[tokio::test]
async fn only_the_courses_instructor_uploads() {
    let world = World::new().await;
    for stranger in [Actor::Anonymous, instructor(&world.stoa, "eve@stoa.example").await] {
        let result = videos::upload(
            &world.stoa,
            stranger,
            world.course,
            world.lesson,
            "talk.mp4",
            None,
            bytes("film"),
        );
        assert!(matches!(result.await, Err(Error::NotFound | Error::SignInNeeded | Error::Forbidden)));
    }
    assert_eq!(world.files("uploads"), [""; 0]);
}

/// The program on a folder of its own, with one course of one lesson.
struct World {
    stoa: Stoa,
    faults: Arc<Faults>,
    clock: Arc<TestClock>,
    actor: Actor,
    course: CourseId,
    lesson: LessonId,
    folder: TempDir,
    _relay: DropGuard,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = folder.path().join("blobs");
        let clock = TestClock::new();
        let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
        let faults = Arc::new(Faults { ffmpeg: Ffmpeg::open(&blobs).unwrap(), next: Mutex::default() });
        let revision = Revision::default();
        let stoa = Stoa {
            table: revision.watch(Arc::new(database.table())),
            queue: Arc::new(database.queue()),
            blobs: Arc::new(LocalBlobs::open(&blobs).unwrap()),
            identity: Arc::new(AnyPassword),
            transcoder: faults.clone(),
            clock: clock.clone(),
            random: Arc::new(TestRandom::default()),
            wake: Arc::default(),
            kept: KeptCatalogue::new(&revision, clock.clone()),
            revision,
            media: Arc::new(MediaSigner::new(
                KeyGroup::new(vec![Key::generate(KeyKind::Ecdsa).unwrap()], None).unwrap(),
            )),
            playback: PlaybackSettings {
                url_base: "http://localhost".into(),
                cookie_domain: None,
                cookie_ttl: Duration::from_secs(300),
                max_devices: 2,
            },
            max_upload_bytes: MAX_UPLOAD,
            downloads: DownloadSettings {
                max_bytes: MAX_UPLOAD,
                max_per_lesson: 3,
                link_ttl: Duration::from_secs(600),
            },
        };
        let actor = instructor(&stoa, "ada@stoa.example").await;
        let course = authoring::create_course(&stoa, actor, "Films").await.unwrap();
        let section = authoring::add_section(&stoa, actor, course, "First").await.unwrap();
        let lesson = authoring::add_lesson(&stoa, actor, course, section, "One").await.unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(outbox::relay(stoa.clone(), shutdown.clone()));
        Self { stoa, faults, clock, actor, course, lesson, folder, _relay: shutdown.drop_guard() }
    }

    fn film(&self, size: &str, seconds: u32) -> ByteStream {
        let file = self.folder.path().join("film.mp4");
        media::film(&file, size, "24", seconds, 6);
        let film = std::fs::read(file).unwrap();
        assert!((film.len() as u64) < MAX_UPLOAD);
        futures::stream::iter([Ok(Bytes::from(film))]).boxed()
    }

    async fn upload(&self, name: &str, bytes: ByteStream) -> services::Result<()> {
        videos::upload(&self.stoa, self.actor, self.course, self.lesson, name, None, bytes).await
    }

    async fn video(&self) -> LessonVideo {
        videos::of_lesson(&self.stoa, self.actor, self.course, self.lesson).await.unwrap()
    }

    async fn status(&self) -> VideoStatus {
        self.video().await.status
    }

    async fn playlist_address(&self) -> String {
        self.open().await.unwrap().playlist
    }

    /// The playlist that learners get, as stored.
    async fn playlist(&self) -> services::Result<String> {
        let playlist = self.open().await?.playlist;
        Ok(std::fs::read_to_string(self.blobs().join(&playlist[1..])).unwrap())
    }

    async fn open(&self) -> services::Result<Playback> {
        let course = authoring::editor(&self.stoa, self.actor, self.course).await?.course;
        let id = DeviceId::new(self.stoa.clock.now(), 1);
        let device = Device { id, name: DeviceName::from_user_agent(""), session: None };
        let slug = course.slug.as_str();
        let grant =
            playback::open(&self.stoa, self.actor, &device, slug, self.lesson, Claim::default()).await?;
        match grant.opening {
            Opening::Granted(playback) => Ok(playback),
            Opening::Elsewhere(elsewhere) => panic!("nobody else plays: {elsewhere:?}"),
        }
    }

    /// The next job, once it is there.
    async fn task(&self) -> Task {
        next_task(&self.stoa).await
    }

    /// Does the next job of the queue.
    async fn work(&self) -> Outcome {
        let task = self.task().await;
        jobs::handle(self.stoa.clone(), task).await
    }

    /// Does a job again, as a new delivery of it.
    async fn again(&self, task: &Task) -> Outcome {
        let task = Task { cancelled: CancellationToken::new(), ..task.clone() };
        jobs::handle(self.stoa.clone(), task).await
    }

    fn blobs(&self) -> PathBuf {
        self.folder.path().join("blobs")
    }

    /// All files below a folder of the blobs, as paths from it.
    fn files(&self, folder: &str) -> Vec<String> {
        let (mut found, mut folders) = (Vec::new(), vec![self.blobs().join(folder)]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        found.push(path.strip_prefix(self.blobs()).unwrap().to_str().unwrap().to_owned())
                    }
                }
            }
        }
        found.sort();
        found
    }
}

async fn instructor(stoa: &Stoa, email: &str) -> Actor {
    let id = accounts::add_account(stoa, email, "Ada", Role::Instructor, "learning is fun").await.unwrap();
    Actor::Account { id, role: Role::Instructor }
}

fn bytes(text: &'static str) -> ByteStream {
    futures::stream::iter([Ok(Bytes::from_static(text.as_bytes()))]).boxed()
}

/// ffmpeg, with something that happens to the next transcoding.
struct Faults {
    ffmpeg: Ffmpeg,
    next: Mutex<Option<Fault>>,
}

enum Fault {
    /// It is killed before it begins.
    Interrupt,
    /// The token is cancelled as soon as there is progress.
    CancelAtProgress(CancellationToken),
    /// It says that it began, and never ends.
    HangAtProgress(Arc<Notify>),
}

impl Faults {
    fn plan(&self, fault: Fault) {
        *self.next.lock().unwrap() = Some(fault);
    }
}

#[async_trait]
impl Transcoder for Faults {
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError> {
        self.ffmpeg.probe(source).await
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let fault = self.next.lock().unwrap().take();
        match fault {
            None => self.ffmpeg.transcode(job, progress, cancel).await,
            Some(Fault::Interrupt) => Err(TranscodeError::Interrupted("killed".into())),
            Some(Fault::CancelAtProgress(token)) => {
                self.ffmpeg.transcode(job, &|_| token.cancel(), cancel).await
            }
            Some(Fault::HangAtProgress(reached)) => {
                reached.notify_one();
                std::future::pending().await
            }
        }
    }

    async fn copy(&self, job: &CopyJob, cancel: CancellationToken) -> Result<u64, TranscodeError> {
        let fault = self.next.lock().unwrap().take();
        match fault {
            Some(Fault::Interrupt) => Err(TranscodeError::Interrupted("killed".into())),
            _ => self.ffmpeg.copy(job, cancel).await,
        }
    }
}

struct AnyPassword;

#[async_trait]
impl Identity for AnyPassword {
    async fn authenticate(&self, _: &Email, _: &Password) -> Result<Option<AccountId>, IdentityError> {
        Ok(None)
    }

    async fn set_password(&self, _: AccountId, _: &Email, _: &Password) -> Result<(), IdentityError> {
        Ok(())
    }
}
