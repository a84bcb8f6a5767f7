//! The program on a folder of its own: the real use cases on SQLite, local files and ffmpeg, where a test decides what
//! goes wrong.

#![allow(dead_code, reason = "each test program uses some of it")]

use async_trait::async_trait;
use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::device::DeviceName;
use domain::id::{CourseId, DeviceId, LessonId};
use domain::lease::Claim;
use domain::video::{Probe, VideoStatus};
use domain::view::{LessonVideo, Opening, Playback};
use futures::StreamExt;
use services::catalogue::KeptCatalogue;
use services::contract::{TestClock, TestRandom, next_task};
use services::downloads::DownloadSettings;
use services::playback::{Device, PlaybackSettings};
use services::ports::{BlobKey, ByteStream, CopyJob, Query, TranscodeError, TranscodeJob, Transcoder, Work};
use services::revision::Revision;
use services::signing::{Key, KeyGroup, KeyKind, MediaSigner};
use services::uploads::UploadSettings;
use services::worker::{JOBS, Job, Outcome, Task};
use services::{Stoa, accounts, authoring, jobs, outbox, playback, videos};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stoa_embedded::{
    Database, Ffmpeg, FfmpegSettings, LocalBlobs, LocalEvents, LocalIdentity, LocalParts, MailFolder,
};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::media;

/// More than any film here, and little enough to be exceeded.
pub(crate) const MAX_UPLOAD: u64 = 4_000_000;

/// The program on a folder of its own, with one course of one lesson.
pub(crate) struct World {
    pub(crate) stoa: Stoa,
    pub(crate) faults: Arc<Faults>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) actor: Actor,
    pub(crate) course: CourseId,
    pub(crate) lesson: LessonId,
    pub(crate) folder: TempDir,
    _relay: DropGuard,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = folder.path().join("blobs");
        let clock = TestClock::new();
        let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
        let faults = Arc::new(Faults {
            ffmpeg: Ffmpeg::open(&blobs, FfmpegSettings::default()).unwrap(),
            next: Mutex::default(),
        });
        let revision = Revision::default();
        let mail = folder.path().join("mail");
        let mail = Arc::new(MailFolder::open(mail, clock.clone(), Arc::new(TestRandom::default())).unwrap());
        let queue = Arc::new(database.queue());
        let table = revision.watch(Arc::new(database.table()));
        let stoa = Stoa {
            table: table.clone(),
            events: Arc::new(LocalEvents::new(queue.clone(), Vec::new())),
            queue,
            blobs: Arc::new(LocalBlobs::open(&blobs).unwrap()),
            parts: Arc::new(LocalParts::open(&blobs, Arc::new(TestRandom::default())).unwrap()),
            identity: Arc::new(LocalIdentity::new(table, clock.clone(), Arc::new(TestRandom::default()))),
            payments: None,
            transcoder: faults.clone(),
            mailer: mail.clone(),
            operators: mail,
            clock: clock.clone(),
            random: Arc::new(TestRandom::default()),
            wake: Arc::default(),
            kept: KeptCatalogue::new(&revision, clock.clone()),
            revision,
            origin: "http://localhost".into(),
            media: Arc::new(MediaSigner::new(
                KeyGroup::new(vec![Key::generate(KeyKind::Ecdsa).unwrap()], None).unwrap(),
            )),
            playback: PlaybackSettings {
                url_base: "http://localhost".into(),
                cookie_domain: None,
                cookie_ttl: Duration::from_secs(300),
                max_devices: 2,
            },
            uploads: UploadSettings { quota_bytes: 1 << 40, kept: Duration::from_secs(7 * 24 * 3600) },
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

    pub(crate) fn film(&self, size: &str, seconds: u32) -> ByteStream {
        let file = self.folder.path().join("film.mp4");
        media::film(&file, size, "24", seconds, 6);
        let film = std::fs::read(file).unwrap();
        assert!((film.len() as u64) < MAX_UPLOAD);
        futures::stream::iter([Ok(Bytes::from(film))]).boxed()
    }

    pub(crate) async fn upload(&self, name: &str, bytes: ByteStream) -> services::Result<()> {
        self.upload_to(self.lesson, name, bytes).await
    }

    /// One more lesson at the end of the course.
    pub(crate) async fn add_lesson(&self, title: &str) -> LessonId {
        let page = authoring::editor(&self.stoa, self.actor, self.course).await.unwrap();
        let section = page.outline.sections.last().unwrap().id;
        authoring::add_lesson(&self.stoa, self.actor, self.course, section, title).await.unwrap()
    }

    pub(crate) async fn upload_to(
        &self,
        lesson: LessonId,
        name: &str,
        bytes: ByteStream,
    ) -> services::Result<()> {
        videos::upload(&self.stoa, self.actor, self.course, lesson, name, None, bytes).await
    }

    pub(crate) async fn video_of(&self, lesson: LessonId) -> LessonVideo {
        videos::of_lesson(&self.stoa, self.actor, self.course, lesson).await.unwrap()
    }

    pub(crate) async fn status_of(&self, lesson: LessonId) -> VideoStatus {
        self.video_of(lesson).await.status
    }

    pub(crate) async fn video(&self) -> LessonVideo {
        self.video_of(self.lesson).await
    }

    pub(crate) async fn status(&self) -> VideoStatus {
        self.video().await.status
    }

    pub(crate) async fn playlist_address(&self) -> String {
        self.open().await.unwrap().playlist
    }

    /// The playlist that learners get, as stored.
    pub(crate) async fn playlist(&self) -> services::Result<String> {
        let playlist = self.open().await?.playlist;
        Ok(std::fs::read_to_string(self.blobs().join(&playlist[1..])).unwrap())
    }

    pub(crate) async fn open(&self) -> services::Result<Playback> {
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
    pub(crate) async fn task(&self) -> Task {
        next_task(&self.stoa).await
    }

    /// How many are to be told that a video came to its end; they are not told again.
    pub(crate) async fn announced(&self) -> usize {
        let outbox = || self.stoa.table.query(Query::partition(outbox::OUTBOX, 1));
        while !outbox().await.unwrap().items.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let deliveries = self.stoa.queue.receive(JOBS, 100, Duration::from_secs(3600)).await.unwrap();
        for delivery in &deliveries {
            self.stoa.queue.acknowledge(&delivery.receipt).await.unwrap();
        }
        let jobs = deliveries.iter().map(|delivery| serde_json::from_str(&delivery.body).unwrap());
        jobs.filter(|job| matches!(job, Job::AnnounceVideo { .. })).count()
    }

    /// Does the next job of the queue.
    pub(crate) async fn work(&self) -> Outcome {
        let task = self.task().await;
        jobs::handle(self.stoa.clone(), task).await
    }

    /// Does a job again, as a new delivery of it.
    pub(crate) async fn again(&self, task: &Task) -> Outcome {
        let task = Task { cancelled: CancellationToken::new(), ..task.clone() };
        jobs::handle(self.stoa.clone(), task).await
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.folder.path().join("blobs")
    }

    /// All files below a folder of the blobs, as paths from it.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
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

pub(crate) async fn instructor(stoa: &Stoa, email: &str) -> Actor {
    let id = accounts::add_account(stoa, email, "Ada", Role::Instructor, "learning is fun").await.unwrap();
    Actor::Account { id, role: Role::Instructor, from: None }
}

pub(crate) fn bytes(text: &'static str) -> ByteStream {
    futures::stream::iter([Ok(Bytes::from_static(text.as_bytes()))]).boxed()
}

/// ffmpeg, with something that happens to the next transcoding.
pub(crate) struct Faults {
    ffmpeg: Ffmpeg,
    next: Mutex<Option<Fault>>,
}

pub(crate) enum Fault {
    /// It is killed before it begins.
    Interrupt,
    /// The disk is full.
    Full,
    /// The token is cancelled as soon as there is progress.
    CancelAtProgress(CancellationToken),
    /// It says that it began, and never ends.
    HangAtProgress(Arc<Notify>),
}

impl Faults {
    pub(crate) fn plan(&self, fault: Fault) {
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
            Some(Fault::Full) => Err(TranscodeError::Full),
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
