//! Uploads as any tus 1.0.0 client may send them.

use crate::downloads::{course, session};
use crate::test_app::{Answer, TestApp};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::account::{Actor, Role};
use domain::id::{CourseId, LessonId};
use domain::video::VideoStatus;
use services::{accounts, videos};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PART: (&str, &str) = ("content-type", "application/offset+octet-stream");
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// `Upload-Metadata` of these pairs.
pub(crate) fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{key} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

/// A site with a lesson, and its instructor's session.
struct School {
    app: TestApp,
    ada: Actor,
    course: CourseId,
    lesson: LessonId,
    cookie: String,
}

impl School {
    async fn new() -> Self {
        Self::on(TestApp::start().await).await
    }

    async fn on(app: TestApp) -> Self {
        let (ada, course, lesson) = course(&app).await;
        let cookie = session(&app, "ada").await;
        Self { app, ada, course, lesson, cookie }
    }

    async fn create(&self, name: &str, size: usize) -> Answer {
        let metadata = metadata(&[("filename", name), ("purpose", "video")]);
        let size = size.to_string();
        let path = format!("/upload/{}/{}", self.course, self.lesson);
        self.send("POST", &path, &[("upload-length", &size), ("upload-metadata", &metadata)], "").await
    }

    /// Begins an upload, and says where it is.
    async fn begin(&self, size: usize) -> String {
        let created = self.create("talk.mp4", size).await;
        assert_eq!(created.status, 201, "{}", created.text());
        created.header("location").to_owned()
    }

    async fn patch(&self, path: &str, offset: usize, more: &[(&str, &str)], body: &str) -> Answer {
        let offset = offset.to_string();
        let headers = [&[PART, ("upload-offset", offset.as_str())], more].concat();
        self.send("PATCH", path, &headers, body).await
    }

    async fn send(&self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let own = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin"), TUS];
        self.app.send(method, path, &[&own, more].concat(), body).await
    }

    async fn offset(&self, path: &str) -> String {
        let head = self.send("HEAD", path, &[], "").await;
        assert_eq!(head.status, 200);
        assert_eq!(head.header("cache-control"), "no-store");
        head.header("upload-offset").to_owned()
    }

    async fn video(&self) -> VideoStatus {
        videos::of_lesson(&self.app.stoa, self.ada, self.course, self.lesson).await.unwrap().status
    }
}

#[tokio::test]
async fn what_the_server_can_do_is_told_to_anybody() {
    let school = School::new().await;
    let path = format!("/upload/{}/{}", school.course, school.lesson);
    let answer = school.app.send("OPTIONS", &path, &[], "").await;
    assert_eq!((answer.status, answer.header("tus-version")), (204, "1.0.0"));
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    assert_eq!(answer.header("tus-checksum-algorithm"), "sha1,sha256");
    let extensions: Vec<_> = answer.header("tus-extension").split(',').collect();
    assert_eq!(extensions, ["creation", "creation-with-upload", "checksum", "expiration", "termination"]);
    assert!(answer.header("tus-max-size").parse::<u64>().unwrap() >= 20_000_000_000);
}

#[tokio::test]
async fn a_video_comes_in_parts_and_is_recorded_once() {
    let school = School::new().await;
    let path = school.begin(12).await;
    assert_eq!(school.offset(&path).await, "0");
    let first = school.patch(&path, 0, &[], "first ").await;
    assert_eq!((first.status, first.header("upload-offset")), (204, "6"));
    assert!(httpdate(first.header("upload-expires")), "{:?}", first.headers);
    assert_eq!(school.video().await, VideoStatus::Missing);
    let head = school.send("HEAD", &path, &[], "").await;
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("6", "12"));
    let last = school.patch(&path, 6, &[], "second").await;
    assert_eq!((last.status, last.header("upload-offset")), (204, "12"));
    assert_eq!(school.video().await, VideoStatus::Waiting);
    assert_eq!(school.offset(&path).await, "12", "who did not hear the answer asks");
    let again = school.patch(&path, 12, &[], "").await;
    assert_eq!(again.status, 410);
}

fn httpdate(text: &str) -> bool {
    text.len() == 29 && text.ends_with(" GMT")
}

#[tokio::test]
async fn a_part_elsewhere_is_a_conflict() {
    let school = School::new().await;
    let path = school.begin(12).await;
    school.patch(&path, 0, &[], "first ").await;
    let answer = school.patch(&path, 3, &[], "second").await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains(r#""kind":"offset""#), "{}", answer.text());
    assert_eq!(school.offset(&path).await, "6");
}

#[tokio::test]
async fn checksums_are_held_against_parts() {
    let school = School::new().await;
    let path = school.begin(12).await;
    let sum = |sum: &[u8]| STANDARD.encode(sum);
    let sha1 = format!("sha1 {}", sum(digest(&SHA1_FOR_LEGACY_USE_ONLY, b"first ").as_ref()));
    let sha256 = format!("sha256 {}", sum(digest(&SHA256, b"first ").as_ref()));
    for wrong in [&sha1, &sha256] {
        let answer = school.patch(&path, 0, &[("upload-checksum", wrong)], "other ").await;
        assert_eq!(answer.status, 460, "{}", answer.text());
        assert_eq!(school.offset(&path).await, "0");
    }
    for unknown in ["md5 AAAA", "sha1", "sha256 AAAA"] {
        assert_eq!(school.patch(&path, 0, &[("upload-checksum", unknown)], "first ").await.status, 400);
    }
    assert_eq!(school.patch(&path, 0, &[("upload-checksum", &sha1)], "first ").await.status, 204);
    let other = school.begin(6).await;
    assert_eq!(school.patch(&other, 0, &[("upload-checksum", &sha256)], "first ").await.status, 204);
}

#[tokio::test]
async fn the_protocols_manners_are_kept() {
    let school = School::new().await;
    let path = school.begin(12).await;
    let own = [("cookie", school.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let old = school.app.send("HEAD", &path, &own, "").await;
    assert_eq!((old.status, old.header("tus-version")), (412, "1.0.0"));
    let unmarked = school.send("PATCH", &path, &[("upload-offset", "0")], "first ").await;
    assert_eq!(unmarked.status, 415);
    assert_eq!(school.send("PATCH", &path, &[PART], "first ").await.status, 400);
    let longer = school.patch(&path, 0, &[], "thirteen long").await;
    assert_eq!(longer.status, 413, "{}", longer.text());
    assert_eq!(school.offset(&path).await, "0");
    assert_eq!(school.send("GET", &path, &[], "").await.status, 405);
    let unknown = "/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    assert_eq!(school.send("HEAD", unknown, &[], "").await.status, 410);
    assert_eq!(school.send("HEAD", "/uploads/..%2Fa", &[], "").await.status, 400);
}

#[tokio::test]
async fn what_is_given_up_is_gone() {
    let school = School::new().await;
    let path = school.begin(12).await;
    school.patch(&path, 0, &[], "first ").await;
    assert_eq!(school.send("DELETE", &path, &[], "").await.status, 204);
    assert_eq!(school.send("HEAD", &path, &[], "").await.status, 410);
    assert_eq!(school.patch(&path, 6, &[], "second").await.status, 410);
    let left: Vec<_> = std::fs::read_dir(school.app.data().join("blobs/~parts")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn refusals_say_what_really_happened() {
    let school = School::on(
        TestApp::configured(|config| {
            config.upload.max_bytes = 1_000_000;
            config.upload.quota_bytes = 1_500_000;
        })
        .await,
    )
    .await;
    for (name, size, status, kind, says) in [
        ("talk.mp4", 0, 413, "size", "is empty"),
        ("talk.mp4", 1_000_001, 413, "size", "at most 1.0 MB"),
        ("slides.pdf", 10, 422, "type", "not named as videos are (.pdf)"),
    ] {
        let answer = school.create(name, size).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(&format!(r#""kind":"{kind}""#)), "{}", answer.text());
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    let first = school.begin(1_000_000).await;
    let second = school.create("talk.mp4", 600_000).await;
    assert_eq!(second.status, 422);
    assert!(second.text().contains("Your courses hold 1.0 MB of the 1.5 MB"), "{}", second.text());
    let pdf = school.patch(&first, 0, &[], "%PDF-1.7 in disguise").await;
    assert_eq!(pdf.status, 422);
    assert!(pdf.text().contains("is a PDF, not a video"), "{}", pdf.text());
    // What was refused takes no room any more.
    school.begin(600_000).await;
}

#[tokio::test]
async fn a_full_disk_is_said_before_anything_is_sent() {
    let school = School::on(
        TestApp::configured(|config| {
            config.upload.max_bytes = 1 << 50;
            config.upload.quota_bytes = 1 << 60;
        })
        .await,
    )
    .await;
    let answer = school.create("talk.mp4", 1 << 50).await;
    assert_eq!(answer.status, 507, "{}", answer.text());
    assert!(answer.text().contains("no room"), "{}", answer.text());
}

#[tokio::test]
async fn only_who_may_edit_the_course_sends() {
    let school = School::new().await;
    let path = school.begin(12).await;
    let add = accounts::add_account(
        &school.app.stoa,
        "eve@stoa.example",
        "Eve",
        Role::Instructor,
        "learning is fun",
    );
    add.await.unwrap();
    let eve = session(&school.app, "eve").await;
    for (cookie, site, status) in [
        ("", "same-origin", 401),
        (eve.as_str(), "same-origin", 403),
        (school.cookie.as_str(), "cross-site", 403),
    ] {
        let own = [("cookie", cookie), ("sec-fetch-site", site), TUS, PART, ("upload-offset", "0")];
        for method in ["PATCH", "DELETE"] {
            let answer = school.app.send(method, &path, &own, "first ").await;
            assert_eq!(answer.status, status, "{method} {cookie} {site}");
        }
    }
    assert_eq!(school.offset(&path).await, "0");
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_what_came() {
    let school = School::new().await;
    let film = "film ".repeat(200);
    let path = school.begin(film.len()).await;
    let address = school.app.url.strip_prefix("http://").unwrap();
    let mut half = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\ntus-resumable: 1.0.0\r\n\
         content-type: application/offset+octet-stream\r\nupload-offset: 0\r\ncontent-length: 1000\r\n\r\n",
        school.cookie
    );
    half.write_all(head.as_bytes()).await.unwrap();
    half.write_all(&film.as_bytes()[..600]).await.unwrap();
    // It hangs. Whoever asks ends it as soon as it has begun, and is told what came of it.
    let answered = tokio::spawn(async move {
        let mut answer = [0; 12];
        half.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 423");
    });
    let at = loop {
        let offset: usize = school.offset(&path).await.parse().unwrap();
        if offset > 0 {
            break offset;
        }
    };
    assert_eq!(at, 600);
    let rest = school.patch(&path, at, &[], &film[at..]).await;
    assert_eq!(rest.status, 204, "{}", rest.text());
    answered.await.unwrap();
    assert_eq!(school.video().await, VideoStatus::Waiting);
}

#[tokio::test]
async fn an_upload_goes_on_at_a_new_server() {
    let school = School::new().await;
    let path = school.begin(12).await;
    school.patch(&path, 0, &[], "first ").await;
    let again = school.app.again().await;
    let own = [("cookie", school.cookie.as_str()), ("sec-fetch-site", "same-origin"), TUS];
    let head = again.send("HEAD", &path, &own, "").await;
    assert_eq!((head.status, head.header("upload-offset")), (200, "6"));
    let more = [&own[..], &[PART, ("upload-offset", "6")]].concat();
    assert_eq!(again.send("PATCH", &path, &more, "second").await.status, 204);
}
