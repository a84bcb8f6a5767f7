//! Files to keep: added by an instructor, found by a learner, opened by signed URLs and by nothing else.

use crate::pages::{PASSWORD, publish_as};
use crate::test_app::{Answer, NOW, TestApp};
use crate::uploads::metadata;
use domain::account::{Actor, Role};
use domain::edge::Statement;
use domain::id::{CourseId, LessonId};
use domain::time::Timestamp;
use futures::StreamExt;
use services::ports::{BlobKey, ServedAs};
use services::{accounts, authoring};

const FILE: &str = "files/01ARZ3NDEKTSV4RRFFQ69G5FAV/handout.pdf";

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n".iter().copied().chain((0..700_000u32).map(|n| (n % 251) as u8)).collect()
}

async fn with_file() -> TestApp {
    let app = TestApp::start().await;
    store(&app, FILE, pdf(), "application/pdf").await;
    app
}

async fn store(app: &TestApp, key: &str, bytes: Vec<u8>, content_type: &str) {
    let key = BlobKey::new(key).unwrap();
    app.stoa.blobs.put(&key, futures::stream::iter([Ok(bytes.into())]).boxed()).await.unwrap();
    let disposition = "attachment; filename=\"rates.pdf\"; filename*=UTF-8''%E2%82%AC%20rates.pdf".to_owned();
    let served = ServedAs { content_type: content_type.to_owned(), disposition };
    app.stoa.blobs.serve_as(&key, &served).await.unwrap();
}

/// The path of a signed URL for a file, until some seconds from now.
fn signed(app: &TestApp, key: &str, seconds: i64) -> String {
    let base = &app.stoa.playback.url_base;
    let url = format!("{base}/{key}");
    let expires = Timestamp::from_seconds(NOW.seconds() + seconds);
    let signed = app.stoa.media.issue(&Statement::Canned { url: url.clone(), expires }).unwrap().url(&url);
    signed.strip_prefix(base.as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn a_signed_url_saves_the_file_under_its_name() {
    let app = with_file().await;
    let answer = app.get(&signed(&app, FILE, 60), &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == pdf());
    assert_eq!(answer.header("content-type"), "application/pdf");
    let disposition = "attachment; filename=\"rates.pdf\"; filename*=UTF-8''%E2%82%AC%20rates.pdf";
    assert_eq!(answer.header("content-disposition"), disposition);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("sandbox"), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on_where_it_stopped() {
    let app = with_file().await;
    let url = signed(&app, FILE, 60);
    let whole = app.get(&url, &[]).await;
    let etag = whole.header("etag");
    let rest = app.get(&url, &[("range", "bytes=300000-"), ("if-range", etag)]).await;
    assert_eq!((rest.status, rest.header("content-range")), (206, "bytes 300000-700008/700009"));
    assert!(rest.body == pdf()[300_000..]);
    assert_eq!(rest.header("content-disposition"), whole.header("content-disposition"));
    let changed = app.get(&url, &[("range", "bytes=300000-"), ("if-range", "\"another\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (200, 700_009));
    let head = app.send("HEAD", &url, &[], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "700009", 0));
}

#[tokio::test]
async fn without_the_files_own_signature_it_stays_shut() {
    let app = with_file().await;
    let other = "files/01ARZ3NDEKTSV4RRFFQ69G5FAW/handout.pdf";
    store(&app, other, pdf(), "application/pdf").await;
    let right = signed(&app, FILE, 60);
    let query = |url: &str| url.split_once('?').unwrap().1.to_owned();
    for (which, url) in [
        ("no signature", format!("/{FILE}")),
        ("another file's", format!("/{FILE}?{}", query(&signed(&app, other, 60)))),
        ("expired", signed(&app, FILE, 0)),
        ("of another server", signed(&with_file().await, FILE, 60)),
        ("longer", right.replacen("Expires=1", "Expires=2", 1)),
        ("with more", format!("{right}&x=1")),
    ] {
        let answer = app.get(&url, &[]).await;
        assert_eq!(answer.status, 403, "{which}");
        assert!(answer.text().contains("<Error>"), "{which}");
    }
    let session = app.get(&format!("/{FILE}"), &[("cookie", &app.cookies("/media/A/1/*", 60))]).await;
    assert_eq!(session.status, 403, "a video's cookies");
}

#[tokio::test]
async fn nothing_that_a_browser_runs_is_ever_served() {
    let app = TestApp::start().await;
    for content_type in
        ["text/html", "image/svg+xml", "text/xml", "application/javascript", "text/html\r\nx: y"]
    {
        store(&app, FILE, b"<script>".to_vec(), content_type).await;
        let answer = app.get(&signed(&app, FILE, 60), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/octet-stream"));
        assert!(answer.header("content-disposition").starts_with("attachment"), "{content_type}");
    }
    app.publish("files/B/page.html", b"<script>");
    let bare = app.get(&signed(&app, "files/B/page.html", 60), &[]).await;
    assert_eq!(bare.status, 404, "a file of which nobody said how it is served");
    let told = app.get(&signed(&app, &format!("{FILE}~served-as"), 60), &[]).await;
    assert_eq!(told.status, 403);
}

#[tokio::test]
async fn an_instructor_adds_a_file_and_only_those_who_may_watch_get_it() {
    let app = TestApp::start().await;
    let (ada, course, lesson) = course(&app).await;
    let teacher = session(&app, "ada").await;
    let begin = format!("/upload/{course}/{lesson}");
    let send = async |cookie: &str, name: &str, body: &str| {
        let metadata = metadata(&[("filename", name), ("purpose", "attachment")]);
        let length = body.len().to_string();
        let headers = [
            ("cookie", cookie),
            ("sec-fetch-site", "same-origin"),
            ("tus-resumable", "1.0.0"),
            ("upload-length", &length),
            ("upload-metadata", &metadata),
            ("content-type", "application/offset+octet-stream"),
        ];
        app.send("POST", &begin, &headers, body).await
    };
    let added = send(&teacher, "ورقة \".pdf", "%PDF-1.7 whole").await;
    assert_eq!(added.status, 201, "{}", added.text());
    for (name, status, says) in [("a.exe", 422, "ZIP file"), ("a.png", 422, "something else inside")] {
        let refused = send(&teacher, name, "MZ").await;
        assert_eq!(refused.status, status, "{name}");
        assert!(refused.text().contains(says), "{}", refused.text());
    }
    let anonymous = send("", "a.pdf", "%PDF-1.7").await;
    assert_eq!(anonymous.status, 401, "{}", anonymous.text());

    let page = authoring::lesson_editor(&app.stoa, ada, course, lesson).await.unwrap();
    let [file] = page.downloads.attachments.as_slice() else { panic!("one file: {:?}", page.downloads) };
    let link = format!("/download/{}/{lesson}/{}", page.course_slug, file.id);
    let led = app.get(&link, &[("cookie", &teacher)]).await;
    assert_eq!((led.status, led.header("cache-control")), (303, "no-store"));
    assert_eq!(led.header("referrer-policy"), "no-referrer");
    let answer = follow(&app, &led).await;
    assert_eq!((answer.status, answer.text()), (200, "%PDF-1.7 whole"));
    assert!(answer.header("content-disposition").ends_with("UTF-8''%D9%88%D8%B1%D9%82%D8%A9%20%22.pdf"));

    let anonymous = app.get(&link, &[]).await;
    assert_eq!(anonymous.status, 303);
    assert!(anonymous.header("location").starts_with("/sign-in?next=%2Flearn%2F"), "{:?}", anonymous.headers);
    let eve = accounts::add_account(&app.stoa, "eve@stoa.example", "eve", Role::Learner, PASSWORD);
    eve.await.unwrap();
    let stranger = app.get(&link, &[("cookie", &session(&app, "eve").await)]).await;
    assert_eq!(stranger.header("location"), format!("/learn/{}/{lesson}", page.course_slug));
    let video = format!("/download/{}/{lesson}/video", page.course_slug);
    let video = app.get(&video, &[("cookie", &teacher)]).await;
    assert_eq!(video.header("location"), format!("/learn/{}/{lesson}", page.course_slug), "not allowed");
}

async fn follow(app: &TestApp, led: &Answer) -> Answer {
    let path = led.header("location").strip_prefix(app.stoa.playback.url_base.as_str()).unwrap();
    app.get(path, &[]).await
}

/// A published course of one lesson, and who teaches it.
pub(crate) async fn course(app: &TestApp) -> (Actor, CourseId, LessonId) {
    let (ada, course) = publish_as(app, "Files", "files").await;
    let ada = ada.actor(None);
    let outline = authoring::editor(&app.stoa, ada, course).await.unwrap().outline;
    (ada, course, outline.lessons().next().unwrap().id)
}

pub(crate) async fn session(app: &TestApp, name: &str) -> String {
    let email = format!("{name}@stoa.example");
    let signed_in = app.sign_in(&email).await;
    format!("stoa={}", signed_in.token.expose())
}
