//! A site of its own for each test: the embedded adapters in a temporary folder, and a clock that is moved.

use bytes::Bytes;
use domain::account::{Account, Actor, Role};
use domain::course::Level;
use domain::device::DeviceName;
use domain::id::{CourseId, DeviceId, LessonId};
use domain::money::{Currency, Price};
use domain::text::{Prose, Slug, Title};
use domain::time::{Seconds, Timestamp};
use domain::upload::Purpose;
use embedded::{
    Database, Ffmpeg, FfmpegSettings, LocalBlobs, LocalEvents, LocalIdentity, LocalParts, MailFolder,
};
use futures::StreamExt;
use mail_parser::MessageParser;
use services::accounts::{Entered, Origin, SignedIn};
use services::catalogue::KeptCatalogue;
use services::clock::Clock;
use services::contract::{Paperwork, TestClock, TestRandom, next_task};
use services::downloads::DownloadSettings;
use services::import::ImportedCourse;
use services::playback::PlaybackSettings;
use services::ports::{Condition, Query, Rule, Write};
use services::revision::Revision;
use services::signing::{Key, KeyGroup, KeyKind, MediaSigner};
use services::uploads::{self, NewUpload, UploadResult, UploadSettings};
use services::worker::{Outcome, Task};
use services::{Error, Stoa, accounts, authoring, import, jobs, outbox, videos};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The queue of somebody who listens to what happens to videos.
pub(crate) const LISTENER: &str = "listener";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "learning is fun";

/// A browser at this address.
pub(crate) fn origin(from: &str) -> Origin {
    let device = DeviceId::new(Timestamp::from_millis(0), from.bytes().map(u128::from).sum());
    Origin { from: from.parse().ok(), device, name: DeviceName::from_user_agent("Firefox/150 Linux") }
}

/// Signs in where a password is enough.
pub(crate) async fn enter(stoa: &Stoa, email: &str, password: &str, from: &str) -> Result<SignedIn, Error> {
    match accounts::sign_in(stoa, email, password, &origin(from)).await? {
        Entered::SignedIn(signed_in) => Ok(signed_in),
        other => panic!("{email} is asked for more: {other:?}"),
    }
}

pub(crate) struct Site {
    pub(crate) stoa: Stoa,
    pub(crate) clock: Arc<TestClock>,
    folder: tempfile::TempDir,
}

/// A mail that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) unsubscribe: Option<String>,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::new();
        let random = Arc::new(TestRandom::default());
        let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
        let blobs = folder.path().join("blobs");
        let revision = Revision::default();
        let kept = KeptCatalogue::new(&revision, clock.clone());
        let table = revision.watch(Arc::new(database.table()));
        let mail = folder.path().join("mail");
        let mail = Arc::new(MailFolder::open(mail, clock.clone(), Arc::new(TestRandom::default())).unwrap());
        let queue = Arc::new(database.queue());
        let listens = Rule { kinds: "video.".into(), queue: LISTENER.into() };
        let stoa = Stoa {
            table: table.clone(),
            events: Arc::new(LocalEvents::new(queue.clone(), vec![listens])),
            queue,
            blobs: Arc::new(LocalBlobs::open(&blobs).unwrap()),
            parts: Arc::new(LocalParts::open(&blobs, Arc::new(TestRandom::default())).unwrap()),
            identity: Arc::new(LocalIdentity::new(table, clock.clone(), random.clone())),
            payments: None,
            transcoder: Arc::new(Ffmpeg::open(&blobs, FfmpegSettings::default()).unwrap()),
            mailer: mail.clone(),
            operators: mail,
            clock: clock.clone(),
            random,
            wake: Arc::default(),
            revision,
            kept,
            origin: "https://stoa.example".into(),
            media: Arc::new(MediaSigner::new(
                KeyGroup::new(vec![Key::generate(KeyKind::Ecdsa).unwrap()], None).unwrap(),
            )),
            playback: PlaybackSettings {
                url_base: "https://stoa.example".into(),
                cookie_domain: None,
                cookie_ttl: Duration::from_secs(300),
                max_devices: 2,
            },
            uploads: UploadSettings { quota_bytes: 1 << 40, kept: Duration::from_secs(7 * 24 * 3600) },
            max_upload_bytes: 1 << 20,
            downloads: DownloadSettings {
                max_bytes: 1 << 16,
                max_per_lesson: 3,
                link_ttl: Duration::from_secs(600),
            },
        };
        Self { stoa, clock, folder }
    }

    /// Where everything is kept.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The mails that were sent, the oldest first.
    pub(crate) fn mails(&self) -> Vec<Sent> {
        let files = std::fs::read_dir(self.folder().join("mail")).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        let read = |file| {
            let bytes = std::fs::read(file).unwrap();
            let mail = MessageParser::default().parse(&bytes).unwrap();
            let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
            Sent {
                to,
                subject: mail.subject().unwrap().to_owned(),
                text: mail.body_text(0).unwrap().into(),
                unsubscribe: mail.header_raw("List-Unsubscribe").map(|line| line.trim().to_owned()),
            }
        };
        files.into_iter().map(read).collect()
    }

    /// Does what waits in the outbox, and what comes of it.
    pub(crate) async fn run_jobs(&self) {
        loop {
            let page = self.stoa.table.query(Query::partition(outbox::OUTBOX, 100)).await.unwrap();
            if page.items.is_empty() {
                return;
            }
            for item in page.items {
                let entry: serde_json::Value = serde_json::from_str(&item.document).unwrap();
                let job = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
                let task = Task { job, last_attempt: false, cancelled: CancellationToken::new() };
                assert_eq!(jobs::handle(self.stoa.clone(), task).await, Outcome::Done);
                self.stoa.table.write(Write::Delete(item.key, Condition::None)).await.unwrap();
            }
        }
    }

    /// Whether everything that was written to be sent has been.
    pub(crate) async fn nothing_waits_to_be_sent(&self) -> bool {
        self.stoa.table.query(Query::partition(outbox::OUTBOX, 1)).await.unwrap().items.is_empty()
    }

    /// Somebody with an account, `{name}@stoa.example`.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Actor {
        let email = format!("{name}@stoa.example");
        let id = accounts::add_account(&self.stoa, &email, name, role, PASSWORD).await.unwrap();
        Actor::Account { id, role, from: None }
    }

    /// A draft with one lesson.
    pub(crate) async fn draft(&self, owner: Actor, title: &str) -> (CourseId, LessonId) {
        let course = authoring::create_course(&self.stoa, owner, title).await.unwrap();
        let section = authoring::add_section(&self.stoa, owner, course, "Section").await.unwrap();
        let lesson = authoring::add_lesson(&self.stoa, owner, course, section, "Lesson").await.unwrap();
        (course, lesson)
    }

    /// A free, published course with one lesson of ten minutes. Each is published later than the one before.
    pub(crate) async fn published(&self, owner: Actor, title: &str) -> (CourseId, LessonId) {
        let title: Title = title.parse().unwrap();
        let fallback = || format!("course-{}", self.clock.now().millis()).parse().unwrap();
        let slug = Slug::from_title(&title).unwrap_or_else(fallback);
        self.import(owner, slug, title, Price::FREE).await
    }

    /// A published course at a price.
    pub(crate) async fn imported(&self, owner: Actor, slug: &str, minor: i64) -> (CourseId, LessonId) {
        let price = Price { minor, currency: Currency::Usd };
        self.import(owner, slug.parse().unwrap(), "Imported".parse().unwrap(), price).await
    }

    /// Uploads a file to a lesson, all of it at once.
    pub(crate) async fn send(
        &self,
        actor: Actor,
        course: CourseId,
        lesson: LessonId,
        purpose: Purpose,
        name: &str,
        content: &[u8],
    ) -> UploadResult<()> {
        let new = NewUpload { purpose, name, media_type: "", size: content.len() as u64, modified: 0 };
        let (begun, _) = uploads::begin(&self.stoa, actor, course, lesson, new).await?;
        let bytes = futures::stream::iter([Ok(Bytes::copy_from_slice(content))]).boxed();
        uploads::append(&self.stoa, actor, begun.id, 0, bytes, None).await?;
        uploads::finish(&self.stoa, actor, begun.id).await.map(drop)
    }

    /// Gives a lesson a video that can be watched.
    pub(crate) async fn give_video(&self, owner: Actor, course: CourseId, lesson: LessonId) {
        let bytes = futures::stream::iter([Ok("film".into())]).boxed();
        videos::upload(&self.stoa, owner, course, lesson, "film.mp4", None, bytes).await.unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(outbox::relay(self.stoa.clone(), stop.child_token()));
        let task = Task { last_attempt: true, ..next_task(&self.stoa).await };
        stop.cancel();
        let stoa = Stoa { transcoder: Arc::new(Paperwork), ..self.stoa.clone() };
        assert_eq!(jobs::handle(stoa, task).await, Outcome::Done);
    }

    /// The account behind an actor, as far as an import looks at it.
    fn account(owner: Actor) -> Account {
        let Actor::Account { id, role, .. } = owner else { panic!("an owner is signed in") };
        let (email, name) = ("owner@stoa.example".parse().unwrap(), "Ada".parse().unwrap());
        Account { id, email, name, role, deletion: None }
    }

    async fn import(&self, owner: Actor, slug: Slug, title: Title, price: Price) -> (CourseId, LessonId) {
        self.clock.advance(Duration::from_millis(1));
        let account = Self::account(owner);
        let lesson: (Title, Seconds) = ("Lesson".parse().unwrap(), Seconds(600));
        let imported = ImportedCourse {
            slug,
            title,
            subtitle: None,
            description: Prose::default(),
            instructor: account.name.clone(),
            level: Level::Beginner,
            price,
            published: self.clock.now(),
            sections: vec![("Section".parse().unwrap(), vec![lesson])],
            reviews: Vec::new(),
        };
        let course = import::course(&self.stoa, &account, imported).await.unwrap();
        let page = authoring::editor(&self.stoa, owner, course).await.unwrap();
        let lesson = page.outline.lessons().next().unwrap().id;
        (course, lesson)
    }
}
