//! Where blobs are in a bucket: media comes from there through the edge, and pages may send uploads there.

use crate::test_app::{BUCKET, TestApp};
use server::config::Conversions;

const FILM: &str = "/media/A/1/720p/index_1.cmfv";

/// More than is read at once.
fn film() -> Vec<u8> {
    (0..1_500_000u32).map(|n| (n % 251) as u8).collect()
}

async fn with_film() -> (TestApp, String) {
    let app = TestApp::configured(|config| {
        config.aws.bucket = Some("stoa-media".into());
        config.aws.queues = Some("https://sqs.eu-central-1.amazonaws.com/123456789012/stoa-".into());
        let role = Some("arn:aws:iam::123456789012:role/mediaconvert".into());
        config.aws.mediaconvert = Conversions { role, ..Conversions::default() };
    });
    let app = app.await;
    app.publish(&FILM[1..], &film());
    let cookies = app.cookies("/media/A/1/*", 60);
    (app, cookies)
}

#[tokio::test]
async fn a_segment_is_sent_whole_or_in_part_or_not_again() {
    let (app, cookies) = with_film().await;
    let whole = app.get(FILM, &[("cookie", &cookies)]).await;
    assert!((whole.status, whole.body == film()) == (200, true));
    assert_eq!(whole.header("content-length"), "1500000");
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("cache-control"), "private, max-age=31536000, immutable");
    let part = app.get(FILM, &[("cookie", &cookies), ("range", "bytes=1000000-1000009")]).await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 1000000-1000009/1500000"));
    assert_eq!(part.body, film()[1_000_000..1_000_010]);
    let etag = whole.header("etag");
    let known = app.get(FILM, &[("cookie", &cookies), ("if-none-match", etag)]).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let beyond = app.get(FILM, &[("cookie", &cookies), ("range", "bytes=1500000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */1500000"));
    let head = app.send("HEAD", FILM, &[("cookie", &cookies)], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "1500000", 0));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_opened_403() {
    let (app, cookies) = with_film().await;
    app.publish("media/A/1/720p/index_3.cmfv/below", b"the next key");
    for missing in ["/media/A/1/720p/index_2.cmfv", "/media/A/1/720p/index_3.cmfv"] {
        assert_eq!(app.get(missing, &[("cookie", &cookies)]).await.status, 404, "{missing}");
    }
    assert_eq!(app.get(FILM, &[]).await.status, 403);
}

#[tokio::test]
async fn pages_may_connect_to_the_bucket_and_to_no_other_place() {
    let policy = |answer: crate::test_app::Answer| answer.header("content-security-policy").to_owned();
    let (app, _) = with_film().await;
    let with = policy(app.get("/sign-in", &[]).await);
    assert!(with.contains(&format!("connect-src 'self' {BUCKET};")), "{with}");
    let without = policy(TestApp::start().await.get("/sign-in", &[]).await);
    assert!(without.contains("connect-src 'self';"), "{without}");
}
