//! The media edge: signed cookies, and nothing else, open files.

use crate::test_app::TestApp;

const FILM: &str = "/media/A/1/720p/0.m4s";

async fn with_film() -> TestApp {
    let app = TestApp::start().await;
    app.publish("media/A/1/720p/0.m4s", &film());
    app.publish("media/A/1/master.m3u8", b"#EXTM3U\n");
    app.publish("media/A/1/source", b"the upload");
    app.publish("media/A/2/720p/0.m4s", b"another version");
    app.publish("media/B/1/720p/0.m4s", b"another film");
    app.publish("uploads/A/1/source", b"the upload");
    app
}

/// More than is read at once.
fn film() -> Vec<u8> {
    (0..1_500_000u32).map(|n| (n % 251) as u8).collect()
}

#[tokio::test]
async fn the_right_cookies_open_the_film_and_its_playlist() {
    let app = with_film().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    let answer = app.get(FILM, &[("cookie", &cookies)]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == film());
    assert_eq!(answer.header("content-type"), "video/mp4");
    assert_eq!(answer.header("cache-control"), "private, max-age=31536000, immutable");
    let playlist = app.get("/media/A/1/master.m3u8", &[("cookie", &cookies)]).await;
    assert_eq!((playlist.status, playlist.header("content-type")), (200, "application/vnd.apple.mpegurl"));
}

#[tokio::test]
async fn without_the_right_cookies_everything_is_403() {
    let app = with_film().await;
    let right = app.cookies("/media/A/1/*", 60);
    let tampered = right.replacen("CloudFront-Policy=e", "CloudFront-Policy=f", 1);
    assert_ne!(tampered, right);
    let cases = [
        ("none", String::new()),
        ("a session", "stoa=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()),
        ("another film's", app.cookies("/media/B/1/*", 60)),
        ("another version's", app.cookies("/media/A/2/*", 60)),
        ("expired", app.cookies("/media/A/1/*", 0)),
        ("tampered", tampered),
        ("without the signature", right.replace("CloudFront-Signature", "Other")),
        ("twice", format!("{right}; {right}")),
        ("of another server", with_film().await.cookies("/media/A/1/*", 60)),
    ];
    for (which, cookies) in cases {
        for path in [FILM, "/media/A/1/master.m3u8"] {
            let answer = app.get(path, &[("cookie", &cookies)]).await;
            assert_eq!(answer.status, 403, "{which}: {path}");
            assert!(answer.text().contains("<Error><Code>"), "{which}: {path}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn no_spelling_of_a_path_leads_out_of_what_the_cookies_open() {
    let app = with_film().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    for path in [
        "/media/A/1/../2/720p/0.m4s",
        "/media/A/1/..%2f2/720p/0.m4s",
        "/media/A/1/%2e%2e/2/720p/0.m4s",
        "/media/A/1/..%5c2/720p/0.m4s",
        "/media/A/1/../../../stoa.db",
        "/media/A/1/%252e%252e/2/720p/0.m4s",
        "/media/A/1//720p/0.m4s",
        "/media/A/1/720p/0.m4s/",
        "/media/A/1/720p/0.m4s%00.jpg",
        "/media/A/1/source",
        "/media/A/1/",
    ] {
        let answer = app.get(path, &[("cookie", &cookies)]).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    let everything = app.cookies("/*", 60);
    for path in ["/uploads/A/1/source", "/media/../uploads/A/1/source.mp4", "/media/A/1/missing.m4s"] {
        let answer = app.get(path, &[("cookie", &everything)]).await;
        assert!(matches!(answer.status, 403 | 404), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_player_can_ask_for_a_range() {
    let app = with_film().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    let range = async |range: &str| app.get(FILM, &[("cookie", &cookies), ("range", range)]).await;
    let part = range("bytes=600000-1200000").await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 600000-1200000/1500000"));
    assert!(part.body == film()[600_000..=1_200_000]);
    let end = range("bytes=-10").await;
    assert_eq!((end.status, end.body.as_slice()), (206, &film()[1_499_990..]));
    let beyond = range("bytes=1500000-").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */1500000"));
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let app = with_film().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    let first = app.get(FILM, &[("cookie", &cookies)]).await;
    let (etag, modified) = (first.header("etag"), first.header("last-modified"));
    for known in [("if-none-match", etag), ("if-modified-since", modified)] {
        let again = app.get(FILM, &[("cookie", &cookies), known]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{}", known.0);
    }
    let part = ("range", "bytes=0-9");
    let same = app.get(FILM, &[("cookie", &cookies), part, ("if-range", etag)]).await;
    assert_eq!((same.status, same.body.len()), (206, 10));
    let changed = app.get(FILM, &[("cookie", &cookies), part, ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (200, 1_500_000));
    let denied = app.get(FILM, &[("if-none-match", etag)]).await;
    assert_eq!(denied.status, 403);
}

#[tokio::test]
async fn head_tells_the_size_without_the_film() {
    let app = with_film().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    let head = app.send("HEAD", FILM, &[("cookie", &cookies)], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "1500000", 0));
    assert_eq!(app.send("HEAD", FILM, &[], "").await.status, 403);
}
