//! A site with one person of each kind, and things for them to ask for.

use crate::downloads::session;
use crate::pages::{PASSWORD, publish_as};
use crate::test_app::TestApp;
use async_trait::async_trait;
use domain::account::{Actor, Role};
use domain::id::{AccountId, AssetId, AttachmentId, CourseId, LessonId, SectionId, UploadId};
use domain::permission::{Permission, Relation, allows};
use domain::upload::Purpose;
use domain::video::Probe;
use domain::view::CopyStatus;
use futures::StreamExt;
use services::contract::{Paperwork, next_task};
use services::ports::{BlobKey, BlobStore, CopyJob, TranscodeError, TranscodeJob, Transcoder, Work};
use services::uploads::{self, NewUpload};
use services::worker::{Outcome, Task};
use services::{Stoa, accounts, authoring, downloads, instructors, jobs, learning, outbox, videos};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Somebody who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) title: &'static str,
    name: &'static str,
    role: Option<Role>,
    relation: Relation,
}

const fn person(title: &'static str, name: &'static str, role: Option<Role>, relation: Relation) -> Person {
    Person { title, name, role, relation }
}

/// One of each kind.
pub(crate) const PEOPLE: [Person; 8] = [
    person("visitor", "", None, Relation::None),
    person("learner", "linus", Some(Role::Learner), Relation::None),
    person("enrolled", "enrico", Some(Role::Learner), Relation::Enrolled),
    person("other instructor", "rival", Some(Role::Instructor), Relation::None),
    person("co-instructor", "cora", Some(Role::Instructor), Relation::CoInstructor),
    person("owner", "ada", Some(Role::Instructor), Relation::Owner),
    person("support", "sam", Some(Role::Support), Relation::None),
    person("admin", "grace", Some(Role::Admin), Relation::None),
];

impl Person {
    /// What the table says of them: about the course of the school, or about none.
    pub(crate) fn may(&self, permission: Permission, about_the_course: bool) -> bool {
        let id = AccountId::new(crate::test_app::NOW, 0);
        let actor = self.role.map_or(Actor::Anonymous, |role| Actor::Account { id, role, from: None });
        allows(actor, if about_the_course { self.relation } else { Relation::None }, permission)
    }

    /// What their browser sends: of a session that begins now.
    pub(crate) async fn sign_in(&self, app: &TestApp) -> String {
        if self.name.is_empty() { String::new() } else { session(app, self.name).await }
    }
}

pub(crate) struct School {
    pub(crate) app: TestApp,
    pub(crate) owner: Actor,
    /// A learner of the course whom nobody asks as.
    pub(crate) guest: AccountId,
    pub(crate) course: CourseId,
    pub(crate) slug: &'static str,
    pub(crate) section: SectionId,
    pub(crate) lesson: LessonId,
    pub(crate) video: AssetId,
    pub(crate) attachment: AttachmentId,
    /// A course that is not published, of the same instructors.
    pub(crate) draft: String,
    /// A course that can be joined, of the same instructors.
    pub(crate) open: String,
}

impl School {
    pub(crate) async fn new() -> Self {
        let app = TestApp::start().await;
        let slug = "seen-by-all";
        let (ada, course) = publish_as(&app, "Seen by all", slug).await;
        let owner = ada.actor(None);
        for Person { name, role, .. } in PEOPLE {
            if let Some(role) = role.filter(|_| name != "ada") {
                add(&app.stoa, name, role).await;
            }
        }
        let guest = add(&app.stoa, "guest", Role::Learner).await;
        let (enrico, cora) = (actor(&app.stoa, "enrico").await, actor(&app.stoa, "cora").await);
        for learner in [enrico, actor(&app.stoa, "guest").await] {
            learning::enrol(&app.stoa, learner, slug).await.unwrap();
        }
        let draft = authoring::create_course(&app.stoa, owner, "Draft").await.unwrap();
        let open = authoring::create_course(&app.stoa, owner, "Open").await.unwrap();
        for course in [course, draft, open] {
            instructors::invite(&app.stoa, owner, course, "cora@stoa.example").await.unwrap();
            instructors::accept(&app.stoa, cora, course).await.unwrap();
        }
        let outline = authoring::editor(&app.stoa, owner, course).await.unwrap().outline;
        let (section, lesson) = (outline.sections[0].id, outline.sections[0].lessons[0].id);
        let video = give_video(&app.stoa, owner, course, lesson).await;
        let section_of_open = authoring::add_section(&app.stoa, owner, open, "One").await.unwrap();
        let lesson_of_open =
            authoring::add_lesson(&app.stoa, owner, open, section_of_open, "One").await.unwrap();
        give_video(&app.stoa, owner, open, lesson_of_open).await;
        authoring::publish(&app.stoa, owner, open).await.unwrap();
        let attachment = attach(&app.stoa, owner, course, lesson).await;
        Self {
            app,
            owner,
            guest,
            course,
            slug,
            section,
            lesson,
            video,
            attachment,
            draft: "draft".into(),
            open: "open".into(),
        }
    }

    /// An upload that its course's instructors may go on with.
    pub(crate) async fn upload(&self) -> UploadId {
        let new = NewUpload { purpose: Purpose::Video, name: "a.mp4", media_type: "", size: 9, modified: 0 };
        uploads::begin(&self.app.stoa, self.owner, self.course, self.lesson, new).await.unwrap().0.id
    }
}

async fn add(stoa: &Stoa, name: &str, role: Role) -> AccountId {
    let email = format!("{name}@stoa.example");
    accounts::add_account(stoa, &email, name, role, PASSWORD).await.unwrap()
}

async fn actor(stoa: &Stoa, name: &str) -> Actor {
    let found = accounts::by_email(stoa, &format!("{name}@stoa.example")).await.unwrap();
    found.unwrap().actor(None)
}

/// A video that can be watched and kept.
async fn give_video(stoa: &Stoa, owner: Actor, course: CourseId, lesson: LessonId) -> AssetId {
    let bytes = futures::stream::iter([Ok("film".into())]).boxed();
    videos::upload(stoa, owner, course, lesson, "film.mp4", None, bytes).await.unwrap();
    work(stoa).await;
    downloads::allow_video(stoa, owner, course, lesson, true).await.unwrap();
    work(stoa).await;
    let page = authoring::lesson_editor(stoa, owner, course, lesson).await.unwrap();
    assert!(matches!(page.downloads.video, CopyStatus::There { .. }), "{:?}", page.downloads.video);
    let outline = authoring::editor(stoa, owner, course).await.unwrap().outline;
    outline.lesson(lesson).unwrap().video.unwrap()
}

/// Does the next job.
async fn work(stoa: &Stoa) {
    let stop = CancellationToken::new();
    let _stops = stop.clone().drop_guard();
    tokio::spawn(outbox::relay(stoa.clone(), stop));
    let next = tokio::time::timeout(Duration::from_secs(20), next_task(stoa)).await;
    let task = Task { last_attempt: true, ..next.expect("there is a job") };
    let working = Stoa { transcoder: Arc::new(Copying(stoa.blobs.clone())), ..stoa.clone() };
    assert_eq!(jobs::handle(working, task).await, Outcome::Done);
}

async fn attach(stoa: &Stoa, owner: Actor, course: CourseId, lesson: LessonId) -> AttachmentId {
    let content = "%PDF-1.7 whole";
    let size = content.len() as u64;
    let new = NewUpload { purpose: Purpose::Attachment, name: "a.pdf", media_type: "", size, modified: 0 };
    let begun = uploads::begin(stoa, owner, course, lesson, new).await.unwrap().0;
    let bytes = futures::stream::iter([Ok(content.into())]).boxed();
    uploads::append(stoa, owner, begun.id, 0, bytes, None).await.unwrap();
    uploads::finish(stoa, owner, begun.id).await.unwrap();
    let page = authoring::lesson_editor(stoa, owner, course, lesson).await.unwrap();
    page.downloads.attachments[0].id
}

/// Paperwork, but for the copy that is kept: that is a file.
struct Copying(Arc<dyn BlobStore>);

#[async_trait]
impl Transcoder for Copying {
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError> {
        Paperwork.probe(source).await
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
        cancel: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        Paperwork.transcode(job, progress, cancel).await
    }

    async fn copy(&self, job: &CopyJob, _: CancellationToken) -> Result<u64, TranscodeError> {
        let bytes = futures::stream::iter([Ok("film".into())]).boxed();
        Ok(self.0.put(&job.target, bytes).await.expect("there is room"))
    }
}
