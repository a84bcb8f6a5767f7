use crate::site::Site;
use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::course::Move;
use domain::id::{AttachmentId, CourseId, LessonId};
use domain::upload::Purpose;
use domain::view::{CopyStatus, FileView};
use futures::StreamExt;
use services::contract::next_task;
use services::ports::{BlobKey, ByteStream};
use services::uploads::UploadResult;
use services::worker::{Outcome, Task};
use services::{Error, authoring, downloads, jobs, learning, outbox, videos};
use std::process::Command;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";
const ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[tokio::test]
async fn what_an_instructor_adds_a_learner_finds_in_its_order_and_may_fetch() {
    let school = School::new().await;
    let first = school.add("Übung \"1\".pdf", PDF).await.unwrap();
    let second = school.add("sources/../v2.zip", ZIP).await.unwrap();
    school.shift(second, Move::Up).await.unwrap();
    let page = school.lesson(school.learner).await.unwrap();
    let names: Vec<_> = page.downloads.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["sources-..-v2.zip", "Übung \"1\".pdf"]);
    assert_eq!(page.downloads.attachments[1].size, PDF.len() as u64);
    let link = school.link(school.learner, first).await.unwrap();
    assert!(link.starts_with(&format!("https://stoa.example/files/{first}/bung-1.pdf?Expires=")), "{link}");
    let served = school.site.stoa.blobs.served_as(&key(&link)).await.unwrap().unwrap();
    assert_eq!(served.content_type, "application/pdf");
    assert!(served.disposition.ends_with("filename*=UTF-8''%C3%9Cbung%20%221%22.pdf"), "{served:?}");
}

#[tokio::test]
async fn who_may_not_watch_gets_no_link() {
    let school = School::new().await;
    let file = school.add("a.pdf", PDF).await.unwrap();
    school.allow_video(true).await.unwrap();
    let stranger = school.site.person("eve", Role::Learner).await;
    let rival = school.site.person("grace", Role::Instructor).await;
    for (actor, which) in [(Actor::Anonymous, "anonymous"), (stranger, "not enrolled"), (rival, "another's")]
    {
        let link = school.link(actor, file).await;
        assert!(matches!(link, Err(Error::SignInNeeded | Error::Forbidden)), "{which}: {link:?}");
        let link = downloads::video_link(&school.site.stoa, actor, "files", school.lesson).await;
        assert!(matches!(link, Err(Error::SignInNeeded | Error::Forbidden)), "{which}: {link:?}");
    }
    let (_, other) = school.site.published(school.teacher, "Other").await;
    let astray = downloads::attachment_link(&school.site.stoa, school.teacher, "other", other, file).await;
    assert!(matches!(astray, Err(Error::NotFound)), "{astray:?}");
}

#[tokio::test]
async fn only_the_courses_instructor_changes_its_files() {
    let school = School::new().await;
    let file = school.add("a.pdf", PDF).await.unwrap();
    let rival = school.site.person("grace", Role::Instructor).await;
    let (stoa, course, lesson) = (&school.site.stoa, school.course, school.lesson);
    for actor in [Actor::Anonymous, school.learner, rival] {
        for done in [
            downloads::remove(stoa, actor, course, lesson, file).await,
            downloads::rename(stoa, actor, course, lesson, file, "b").await,
            downloads::shift(stoa, actor, course, lesson, file, Move::Up).await,
            downloads::allow_video(stoa, actor, course, lesson, true).await,
        ] {
            assert!(matches!(done, Err(Error::SignInNeeded | Error::Forbidden)), "{done:?}");
        }
    }
    assert_eq!(school.names().await, ["a.pdf"]);
}

#[tokio::test]
async fn what_is_refused_is_said_plainly_and_leaves_nothing() {
    let school = School::new().await;
    let large = vec![b' '; (school.site.stoa.downloads.max_bytes + 1) as usize];
    for (name, bytes, says) in [
        ("setup.exe", &b"MZ"[..], "starts a program"),
        ("a.pdf", b"<html>", "is named .pdf but is something else"),
        ("a.pdf", b"", "empty"),
        ("notes.txt", &large, "at most 65.5 kB are taken"),
        (" ", b"text", "no name"),
    ] {
        let refused = school.add(name, bytes).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{name}: {refused}");
    }
    assert_eq!(school.stored(), 0);
    for n in 0..3 {
        school.add(&format!("{n}.zip"), ZIP).await.unwrap();
    }
    let refused = school.add("4.zip", ZIP).await.unwrap_err().to_string();
    assert!(refused.contains("at most 3 files"), "{refused}");
    assert_eq!(school.stored(), 3);
}

#[tokio::test]
async fn files_added_at_the_same_time_are_all_there() {
    let school = School::new().await;
    let adding = ["a.zip", "b.zip", "c.zip"].map(|name| school.add(name, ZIP));
    futures::future::try_join_all(adding).await.unwrap();
    let mut names = school.names().await;
    names.sort();
    assert_eq!(names, ["a.zip", "b.zip", "c.zip"]);
}

#[tokio::test]
async fn another_name_is_shown_and_saved_and_keeps_the_extension() {
    let school = School::new().await;
    let file = school.add("draft.pdf", PDF).await.unwrap();
    let (stoa, course, lesson) = (&school.site.stoa, school.course, school.lesson);
    downloads::rename(stoa, school.teacher, course, lesson, file, "ورقة عمل").await.unwrap();
    assert_eq!(school.names().await, ["ورقة عمل.pdf"]);
    let link = school.link(school.learner, file).await.unwrap();
    let served = stoa.blobs.served_as(&key(&link)).await.unwrap().unwrap();
    assert!(served.disposition.contains("filename=\"file.pdf\"; filename*=UTF-8''%D9%88"), "{served:?}");
    let bad = downloads::rename(stoa, school.teacher, course, lesson, file, " ").await;
    assert!(matches!(bad, Err(Error::Invalid { field: "Name", .. })), "{bad:?}");
}

#[tokio::test]
async fn a_file_goes_with_itself_its_lesson_and_its_section() {
    let school = School::new().await;
    let (stoa, teacher, course) = (&school.site.stoa, school.teacher, school.course);
    let file = school.add("a.pdf", PDF).await.unwrap();
    school.add("b.pdf", PDF).await.unwrap();
    downloads::remove(stoa, teacher, course, school.lesson, file).await.unwrap();
    assert!(matches!(school.link(school.learner, file).await, Err(Error::NotFound)));
    school.work(1).await;
    assert_eq!(school.stored(), 1);
    authoring::remove_lesson(stoa, teacher, course, school.lesson).await.unwrap();
    school.work(1).await;
    assert_eq!(school.stored(), 0);

    let section = authoring::add_section(stoa, teacher, course, "Second").await.unwrap();
    let lesson = authoring::add_lesson(stoa, teacher, course, section, "New").await.unwrap();
    school.site.send(teacher, course, lesson, Purpose::Attachment, "c.pdf", PDF).await.unwrap();
    authoring::remove_section(stoa, teacher, course, section).await.unwrap();
    school.work(1).await;
    assert_eq!(school.stored(), 0);
}

#[tokio::test]
async fn a_video_can_be_kept_while_its_instructor_allows_it() {
    let school = School::new().await;
    let (stoa, teacher, course, lesson) = (&school.site.stoa, school.teacher, school.course, school.lesson);
    let link = || downloads::video_link(stoa, school.learner, "files", lesson);
    school.upload_film().await;
    school.work(1).await;
    assert_eq!(school.copy().await, CopyStatus::NotAllowed);
    assert!(matches!(link().await, Err(Error::NotFound)));

    school.allow_video(true).await.unwrap();
    assert_eq!(school.copy().await, CopyStatus::ToBeMade);
    assert!(matches!(link().await, Err(Error::NotFound)), "it is not made yet");
    school.work(1).await;
    let CopyStatus::There { size } = school.copy().await else { panic!("no copy") };
    assert_eq!(school.lesson(school.learner).await.unwrap().downloads.video, Some(size));
    let first = key(&link().await.unwrap());
    assert_eq!(stoa.blobs.size(&first).await.unwrap(), Some(size));
    let served = stoa.blobs.served_as(&first).await.unwrap().unwrap();
    assert_eq!(served.content_type, "video/mp4");
    assert!(served.disposition.ends_with("UTF-8''Lesson.mp4"), "{served:?}");

    authoring::rename_lesson(stoa, teacher, course, lesson, "Leçon / 1").await.unwrap();
    school.work(1).await;
    let served = stoa.blobs.served_as(&first).await.unwrap().unwrap();
    assert!(served.disposition.ends_with("UTF-8''Le%C3%A7on%20-%201.mp4"), "{served:?}");

    school.upload_film().await;
    school.work(2).await;
    let second = key(&link().await.unwrap());
    assert_ne!(first, second);
    assert_eq!(stoa.blobs.size(&first).await.unwrap(), None, "the old copy is gone");

    school.allow_video(false).await.unwrap();
    assert!(matches!(link().await, Err(Error::NotFound)), "at once");
    school.work(1).await;
    assert_eq!(school.stored(), 0);
}

#[tokio::test]
async fn a_copy_that_was_not_recorded_is_found_again_or_taken_away() {
    let school = School::new().await;
    school.upload_film().await;
    school.work(1).await;
    school.allow_video(true).await.unwrap();
    let task = school.task().await;
    // Killed in the midst of it, again and again, wherever that is.
    for delay in [0, 1, 5, 20, 80] {
        let run = tokio::spawn(jobs::handle(school.site.stoa.clone(), task.clone()));
        tokio::time::sleep(Duration::from_millis(delay)).await;
        run.abort();
        let _ = run.await;
    }
    assert_eq!(jobs::handle(school.site.stoa.clone(), task.clone()).await, Outcome::Done);
    assert!(matches!(school.copy().await, CopyStatus::There { .. }));
    assert_eq!(school.stored(), 1);
    assert_eq!(jobs::handle(school.site.stoa.clone(), task).await, Outcome::Done);
    assert_eq!(school.stored(), 1);
    school.allow_video(false).await.unwrap();
    school.work(1).await;
    assert_eq!(school.stored(), 0);
}

/// A published course, whoever teaches it, and somebody who takes it.
struct School {
    site: Site,
    teacher: Actor,
    learner: Actor,
    course: CourseId,
    lesson: LessonId,
    relay: CancellationToken,
}

impl School {
    async fn new() -> Self {
        let site = Site::new().await;
        let teacher = site.person("ada", Role::Instructor).await;
        let (course, lesson) = site.published(teacher, "Files").await;
        let learner = site.person("linus", Role::Learner).await;
        learning::enrol(&site.stoa, learner, "files").await.unwrap();
        let relay = CancellationToken::new();
        tokio::spawn(outbox::relay(site.stoa.clone(), relay.clone()));
        Self { site, teacher, learner, course, lesson, relay }
    }

    async fn add(&self, name: &str, content: &[u8]) -> UploadResult<AttachmentId> {
        let Self { site, teacher, course, lesson, .. } = self;
        site.send(*teacher, *course, *lesson, Purpose::Attachment, name, content).await?;
        let page = authoring::lesson_editor(&site.stoa, *teacher, *course, *lesson).await?;
        Ok(page.downloads.attachments.last().unwrap().id)
    }

    async fn shift(&self, file: AttachmentId, direction: Move) -> services::Result<()> {
        let Self { site, teacher, course, lesson, .. } = self;
        downloads::shift(&site.stoa, *teacher, *course, *lesson, file, direction).await
    }

    async fn allow_video(&self, allowed: bool) -> services::Result<()> {
        downloads::allow_video(&self.site.stoa, self.teacher, self.course, self.lesson, allowed).await
    }

    async fn link(&self, actor: Actor, file: AttachmentId) -> services::Result<String> {
        downloads::attachment_link(&self.site.stoa, actor, "files", self.lesson, file).await
    }

    async fn lesson(&self, actor: Actor) -> services::Result<domain::view::LessonPage> {
        learning::lesson(&self.site.stoa, actor, "files", self.lesson).await
    }

    async fn names(&self) -> Vec<String> {
        let page = authoring::lesson_editor(&self.site.stoa, self.teacher, self.course, self.lesson).await;
        page.unwrap()
            .downloads
            .attachments
            .into_iter()
            .map(|FileView { name, .. }| name.to_string())
            .collect()
    }

    async fn copy(&self) -> CopyStatus {
        let page = authoring::lesson_editor(&self.site.stoa, self.teacher, self.course, self.lesson).await;
        page.unwrap().downloads.video
    }

    /// How many files are stored for learners to keep.
    fn stored(&self) -> usize {
        let (mut count, mut folders) = (0, vec![self.site.folder().join("blobs/files")]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => count += usize::from(!path.to_str().unwrap().contains('~')),
                }
            }
        }
        count
    }

    async fn upload_film(&self) {
        let file = self.site.folder().join("film.mp4");
        let options =
            "-nostdin -y -v error -f lavfi -i testsrc2=s=320x180:r=24:d=2 -f lavfi -i sine=d=2 -c:a aac";
        let made = Command::new("ffmpeg").args(options.split(' ')).arg(&file).status().unwrap();
        assert!(made.success());
        let film = bytes(&std::fs::read(file).unwrap());
        let Self { site, teacher, course, lesson, .. } = self;
        videos::upload(&site.stoa, *teacher, *course, *lesson, "film.mp4", None, film).await.unwrap();
    }

    /// The next job, once it is there.
    async fn task(&self) -> Task {
        next_task(&self.site.stoa).await
    }

    /// Does so many jobs.
    async fn work(&self, jobs: usize) {
        for _ in 0..jobs {
            assert_eq!(jobs::handle(self.site.stoa.clone(), self.task().await).await, Outcome::Done);
        }
    }
}

impl Drop for School {
    fn drop(&mut self) {
        self.relay.cancel();
    }
}

fn bytes(content: &[u8]) -> ByteStream {
    futures::stream::iter([Ok(Bytes::copy_from_slice(content))]).boxed()
}

/// The blob that a link opens.
fn key(link: &str) -> BlobKey {
    let path = link.strip_prefix("https://stoa.example/").unwrap().split('?').next().unwrap();
    BlobKey::new(path).unwrap()
}
