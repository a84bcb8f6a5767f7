use crate::site::Site;
use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::id::{AccountId, CourseId, LessonId, UploadId};
use domain::upload::{FailureKind, Purpose};
use domain::video::VideoStatus;
use futures::StreamExt;
use services::ports::{BlobKey, ByteStream, Key};
use services::uploads::{self, NewUpload, Progress, UploadError, UploadResult};
use services::worker::{Job, Outcome, Task};
use services::{authoring, downloads, jobs, videos};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FILM: &[u8] = b"\0\0\0\x20ftypisom and the rest of the film";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";

struct School {
    site: Site,
    teacher: Actor,
    course: CourseId,
    lesson: LessonId,
}

impl School {
    async fn new() -> Self {
        let site = Site::new().await;
        let teacher = site.person("ada", Role::Instructor).await;
        let (course, lesson) = site.draft(teacher, "Films").await;
        Self { site, teacher, course, lesson }
    }

    async fn begin(&self, purpose: Purpose, name: &str, size: usize) -> UploadResult<UploadId> {
        let new = NewUpload { purpose, name, media_type: "", size: size as u64, modified: 5 };
        let begun = uploads::begin(&self.site.stoa, self.teacher, self.course, self.lesson, new).await;
        begun.map(|(progress, _)| progress.id)
    }

    async fn append(&self, id: UploadId, offset: usize, bytes: &[u8]) -> UploadResult<Progress> {
        uploads::append(&self.site.stoa, self.teacher, id, offset as u64, stream(bytes), None).await
    }

    async fn finish(&self, id: UploadId) -> UploadResult<Progress> {
        uploads::finish(&self.site.stoa, self.teacher, id).await
    }

    /// Begins and sends, and does not finish.
    async fn send(&self, purpose: Purpose, name: &str, bytes: &[u8]) -> UploadId {
        let id = self.begin(purpose, name, bytes.len()).await.unwrap();
        assert!(self.append(id, 0, bytes).await.unwrap().is_whole());
        id
    }

    async fn status(&self) -> VideoStatus {
        videos::of_lesson(&self.site.stoa, self.teacher, self.course, self.lesson).await.unwrap().status
    }

    async fn unfinished(&self) -> Vec<(String, u64)> {
        let stoa = &self.site.stoa;
        let found = uploads::unfinished(stoa, self.teacher, self.course, self.lesson).await.unwrap();
        found.into_iter().map(|upload| (upload.name, upload.received)).collect()
    }

    /// What is counted of the teacher's courses, bytes.
    async fn counted(&self) -> i64 {
        let key = Key::new(format!("ACCOUNT#{}", account(self.teacher)), "STORAGE");
        self.site.stoa.table.get(&key).await.unwrap().map_or(0, |item| item.counter)
    }

    async fn do_job(&self, job: Job) {
        let task = Task { job, last_attempt: true, cancelled: CancellationToken::new() };
        assert_eq!(jobs::handle(self.site.stoa.clone(), task).await, Outcome::Done);
    }

    fn files_below(&self, folder: &str) -> usize {
        fn count(path: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(&self.site.folder().join("blobs").join(folder))
    }
}

fn account(actor: Actor) -> AccountId {
    actor.account().unwrap()
}

fn stream(bytes: &[u8]) -> ByteStream {
    futures::stream::iter([Ok(Bytes::copy_from_slice(bytes))]).boxed()
}

#[tokio::test]
async fn a_film_that_came_in_parts_is_a_version_of_its_lessons_video() {
    let school = School::new().await;
    let id = school.begin(Purpose::Video, "talk.mp4", FILM.len()).await.unwrap();
    school.append(id, 0, &FILM[..10]).await.unwrap();
    assert_eq!(school.unfinished().await, [("talk.mp4".to_owned(), 10)]);
    school.append(id, 10, &FILM[10..]).await.unwrap();
    assert_eq!(school.status().await, VideoStatus::Missing);
    assert!(school.finish(id).await.unwrap().finished);
    assert_eq!(school.status().await, VideoStatus::Waiting);
    assert_eq!(school.unfinished().await, []);
    assert_eq!((school.files_below("uploads"), school.files_below("~parts")), (1, 0));
}

#[tokio::test]
async fn finishing_again_or_at_the_same_time_records_one_version() {
    let school = School::new().await;
    let id = school.send(Purpose::Video, "talk.mp4", FILM).await;
    let (one, two) = futures::join!(school.finish(id), school.finish(id));
    assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
    assert!(school.finish(id).await.unwrap().finished);
    assert_eq!(school.counted().await, FILM.len() as i64);
    let file = school.send(Purpose::Attachment, "a.pdf", PDF).await;
    for _ in 0..3 {
        school.finish(file).await.unwrap();
    }
    let page =
        authoring::lesson_editor(&school.site.stoa, school.teacher, school.course, school.lesson).await;
    assert_eq!(page.unwrap().downloads.attachments.len(), 1);
    assert_eq!(school.counted().await, (FILM.len() + PDF.len()) as i64);
}

#[tokio::test]
async fn a_crash_between_the_file_and_its_record_is_mended_by_finishing() {
    let school = School::new().await;
    let id = school.send(Purpose::Video, "talk.mp4", FILM).await;
    // The part store has made it a blob; nothing was recorded.
    let parts = school.site.stoa.parts.unfinished(1).await.unwrap().remove(0);
    school.site.stoa.parts.finish(&parts.id, &parts.key, FILM.len() as u64).await.unwrap();
    let asked = uploads::status(&school.site.stoa, school.teacher, id).await.unwrap();
    assert!(asked.is_whole() && !asked.finished);
    school.finish(id).await.unwrap();
    assert_eq!(school.status().await, VideoStatus::Waiting);
}

#[tokio::test]
async fn two_films_at_once_become_versions_of_one_video() {
    let school = School::new().await;
    let first = school.send(Purpose::Video, "one.mp4", FILM).await;
    let second = school.send(Purpose::Video, "two.mp4", FILM).await;
    school.finish(second).await.unwrap();
    school.finish(first).await.unwrap();
    assert_eq!(school.status().await, VideoStatus::Waiting);
    assert_eq!(school.counted().await, FILM.len() as i64, "the one that was replaced does not count");
}

#[tokio::test]
async fn what_is_stored_is_counted_once_from_its_beginning_to_its_end() {
    let school = School::new().await;
    let stoa = &school.site.stoa;
    let film = FILM.len() as i64;
    let id = school.begin(Purpose::Video, "talk.mp4", FILM.len()).await.unwrap();
    assert_eq!(school.counted().await, film, "at its full size from the beginning");
    uploads::abort(stoa, school.teacher, id).await.unwrap();
    uploads::abort(stoa, school.teacher, id).await.unwrap();
    assert_eq!(school.counted().await, 0);

    let id = school.send(Purpose::Video, "talk.mp4", FILM).await;
    school.finish(id).await.unwrap();
    uploads::abort(stoa, school.teacher, id).await.unwrap();
    assert_eq!(school.counted().await, film, "what has finished is not given up");
    videos::upload(stoa, school.teacher, school.course, school.lesson, "b", None, stream(b"shorter"))
        .await
        .unwrap();
    assert_eq!(school.counted().await, 7, "what replaces it counts in its place");

    for name in ["a.pdf", "b.pdf"] {
        let file = school.send(Purpose::Attachment, name, PDF).await;
        school.finish(file).await.unwrap();
    }
    assert_eq!(school.counted().await, 7 + 2 * PDF.len() as i64);
    let page = authoring::lesson_editor(stoa, school.teacher, school.course, school.lesson).await.unwrap();
    let removed = page.downloads.attachments[0].id;
    downloads::remove(stoa, school.teacher, school.course, school.lesson, removed).await.unwrap();
    assert_eq!(school.counted().await, 7 + PDF.len() as i64);

    let asset = authoring::editor(stoa, school.teacher, school.course).await.unwrap();
    let asset = asset.outline.lesson(school.lesson).unwrap().video.unwrap();
    authoring::remove_lesson(stoa, school.teacher, school.course, school.lesson).await.unwrap();
    for _ in 0..2 {
        school.do_job(Job::RemoveVideos { assets: vec![asset] }).await;
        let owner = Some(account(school.teacher));
        school.do_job(Job::RemoveLessonFiles { lessons: vec![school.lesson], owner }).await;
    }
    assert_eq!(school.counted().await, 0);
}

#[tokio::test]
async fn more_than_an_instructor_may_store_is_not_begun() {
    let mut school = School::new().await;
    school.site.stoa.uploads.quota_bytes = 100_000;
    let id = school.begin(Purpose::Video, "talk.mp4", 80_000).await.unwrap();
    let refused = school.begin(Purpose::Attachment, "a.pdf", 30_000).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::Quota);
    let says = refused.to_string();
    assert!(says.starts_with("Your courses hold 80.0 kB of the 100 kB that they may"), "{says}");
    assert!(says.contains("this file has 30.0 kB. Remove videos or files"), "{says}");
    uploads::abort(&school.site.stoa, school.teacher, id).await.unwrap();
    school.begin(Purpose::Attachment, "a.pdf", 30_000).await.unwrap();
    let both = futures::join!(
        school.begin(Purpose::Video, "b.mp4", 60_000),
        school.begin(Purpose::Video, "c.mp4", 60_000)
    );
    assert!(both.0.is_err() || both.1.is_err());
    assert!(school.counted().await <= 100_000);
}

#[tokio::test]
async fn what_is_no_video_is_said_to_be_what_it_is() {
    let school = School::new().await;
    let kind = |error: &UploadError| error.kind();
    let refused = school.begin(Purpose::Video, "slides.pdf", 10).await.unwrap_err();
    assert_eq!(kind(&refused), FailureKind::Type);
    let id = school.begin(Purpose::Video, "talk.mp4", PDF.len()).await.unwrap();
    let refused = school.append(id, 0, PDF).await.unwrap_err();
    assert_eq!(
        (kind(&refused), refused.to_string()),
        (FailureKind::Type, "The file is a PDF, not a video.".into())
    );
    let id = school.begin(Purpose::Attachment, "a.pdf", 10).await.unwrap();
    let refused = school.append(id, 0, b"0123456789").await.unwrap_err();
    assert!(refused.to_string().contains("is named .pdf but is something else inside"), "{refused}");
    assert_eq!((school.counted().await, school.files_below("~parts")), (0, 0));
    for (purpose, name, size) in [
        (Purpose::Video, "a.mp4", 0),
        (Purpose::Video, "a.mp4", (1 << 20) + 1),
        (Purpose::Attachment, "a.pdf", 1 << 17),
    ] {
        assert_eq!(kind(&school.begin(purpose, name, size).await.unwrap_err()), FailureKind::Size);
    }
}

#[tokio::test]
async fn who_may_edit_the_course_continues_and_nobody_else() {
    let school = School::new().await;
    let stoa = &school.site.stoa;
    let id = school.begin(Purpose::Video, "talk.mp4", FILM.len()).await.unwrap();
    let rival = school.site.person("grace", Role::Instructor).await;
    let learner = school.site.person("linus", Role::Learner).await;
    for stranger in [Actor::Anonymous, rival, learner] {
        assert!(uploads::status(stoa, stranger, id).await.is_err());
        assert!(uploads::append(stoa, stranger, id, 0, stream(FILM), None).await.is_err());
        assert!(uploads::finish(stoa, stranger, id).await.is_err());
        assert!(uploads::abort(stoa, stranger, id).await.is_err());
        assert!(uploads::unfinished(stoa, stranger, school.course, school.lesson).await.is_err());
    }
    let signed_out = uploads::status(stoa, Actor::Anonymous, id).await.unwrap_err();
    assert_eq!(signed_out.kind(), FailureKind::SignedOut);
    let admin = school.site.person("root", Role::Admin).await;
    uploads::append(stoa, admin, id, 0, stream(FILM), None).await.unwrap();
    uploads::finish(stoa, admin, id).await.unwrap();
    assert_eq!(school.counted().await, FILM.len() as i64, "it takes the room of the course's instructor");
}

#[tokio::test]
async fn what_nobody_continues_is_given_up_after_a_while() {
    let school = School::new().await;
    let stoa = &school.site.stoa;
    let id = school.begin(Purpose::Video, "talk.mp4", FILM.len()).await.unwrap();
    school.append(id, 0, &FILM[..10]).await.unwrap();
    let day = Duration::from_secs(24 * 3600);
    school.site.clock.advance(6 * day);
    uploads::clean(stoa, videos::GRACE).await.unwrap();
    school.append(id, 10, &FILM[10..12]).await.unwrap();
    school.site.clock.advance(6 * day);
    uploads::clean(stoa, videos::GRACE).await.unwrap();
    assert_eq!(
        school.unfinished().await,
        [("talk.mp4".to_owned(), 12)],
        "counted from when it was continued"
    );
    school.site.clock.advance(2 * day);
    uploads::clean(stoa, videos::GRACE).await.unwrap();
    assert_eq!(school.unfinished().await, []);
    assert_eq!((school.counted().await, school.files_below("~parts")), (0, 0));
    assert!(matches!(school.append(id, 12, b"x").await, Err(UploadError::Gone)));
}

#[tokio::test]
async fn parts_that_no_record_knows_of_are_taken_away() {
    let school = School::new().await;
    let parts = &school.site.stoa.parts;
    parts.begin(&BlobKey::new("uploads/lost/source").unwrap(), 10).await.unwrap();
    // By the disk's clock it was begun just now, which is long after the test's.
    uploads::clean(&school.site.stoa, videos::GRACE).await.unwrap();
    assert_eq!(parts.unfinished(10).await.unwrap().len(), 1);
    school.site.clock.advance(Duration::from_secs(100 * 365 * 24 * 3600));
    uploads::clean(&school.site.stoa, videos::GRACE).await.unwrap();
    assert_eq!(parts.unfinished(10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_upload_to_a_lesson_that_was_removed_leaves_nothing() {
    let school = School::new().await;
    let id = school.send(Purpose::Video, "talk.mp4", FILM).await;
    authoring::remove_lesson(&school.site.stoa, school.teacher, school.course, school.lesson).await.unwrap();
    assert!(school.finish(id).await.is_err());
    assert_eq!(school.counted().await, 0);
    assert_eq!((school.files_below("uploads"), school.files_below("~parts")), (0, 0));
}
