//! The media edge: signed cookies, and nothing else, open files.

use crate::test_app::{NOW, TestApp, cookie_header};
use domain::edge::{Refusal, Statement};
use domain::time::Timestamp;
use embedded::MediaKeys;
use server::config::Config;
use server::rotation::Rotation;
use services::signing::KeyKind;
use std::sync::Arc;

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
        "/media/A/1/720p/0.m4s.",
        "/media/A/1/720p%2f0.m4s",
        "/media/A/1/./720p/0.m4s",
        "/media/A/1/720p/%30.m4s",
        "/media/A/1/\\720p/0.m4s",
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
async fn a_signed_url_opens_its_file_alone_and_cookies_beside_it_do_not_count() {
    let app = with_film().await;
    let url = |path: &str| format!("{}{path}", app.stoa.playback.url_base);
    let path_of = |url: &str| url.strip_prefix(&app.stoa.playback.url_base).unwrap().to_owned();
    let expires = Timestamp::from_seconds(NOW.seconds() + 60);
    let canned = Statement::Canned { url: url(FILM), expires };
    let custom = Statement::from(&app.policy(FILM, 60));
    for statement in [&canned, &custom] {
        let signed = path_of(&app.stoa.media.issue(statement).unwrap().url(&url(FILM)));
        let answer = app.get(&signed, &[]).await;
        assert_eq!(answer.status, 200, "{signed}");
        assert!(answer.body == film());
        let cookies = app.cookies("/media/A/1/*", 60);
        let other = signed.replace("/720p/0.m4s", "/master.m3u8");
        for wrong in [other, format!("{signed}&x=1"), format!("{FILM}?Signature=")] {
            assert_eq!(app.get(&wrong, &[("cookie", &cookies)]).await.status, 403, "{wrong}");
        }
    }
    let own = Statement::Canned { url: url(&format!("{FILM}?x=1")), expires };
    let signed = app.stoa.media.issue(&own).unwrap().url(&url(&format!("{FILM}?x=1")));
    assert_eq!(app.get(&path_of(&signed), &[]).await.status, 200, "with a parameter of one's own");
    let cookies = cookie_header(&app.stoa.media.issue(&canned).unwrap().cookies());
    assert_eq!(app.get(FILM, &[("cookie", &cookies)]).await.status, 200, "a canned policy in cookies");
    assert_eq!(app.get("/media/A/1/master.m3u8", &[("cookie", &cookies)]).await.status, 403);
}

#[tokio::test]
async fn a_policy_for_one_network_opens_nothing_to_another() {
    let app = with_film().await;
    for (range, status) in [("127.0.0.0/8", 200), ("127.0.0.1", 200), ("192.0.2.0/24", 403)] {
        let policy = app.policy("/media/A/1/*", 60).from_source(range.parse().unwrap());
        let cookies = cookie_header(&app.stoa.media.sign(&policy).unwrap());
        assert_eq!(app.get(FILM, &[("cookie", &cookies)]).await.status, status, "{range}");
        let forwarded = [("cookie", cookies.as_str()), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(app.get(FILM, &forwarded).await.status, status, "{range}: no header is believed");
    }
}

#[tokio::test]
async fn a_refusal_is_in_cloudfronts_words() {
    let app = with_film().await;
    let right = app.cookies("/media/A/1/*", 60);
    let other_key = format!("CloudFront-Key-Pair-Id={}", app.stoa.media.group().active().id());
    let cases = [
        (String::new(), Refusal::MISSING_KEY),
        (right.replace(&other_key, "CloudFront-Key-Pair-Id=KOTHER"), Refusal::INVALID_KEY),
        (right.replace("CloudFront-Signature=", "CloudFront-Signature=!"), Refusal::MALFORMED_SIGNATURE),
        (right.replace("CloudFront-Policy=", "CloudFront-Policy=!"), Refusal::MALFORMED_POLICY),
        (app.cookies("/media/A/1/*", 0), Refusal::ACCESS_DENIED),
        (format!("CloudFront-Policy={}", "A".repeat(5000)), Refusal::TOO_LARGE),
    ];
    for (cookies, refusal) in cases {
        let answer = app.get(FILM, &[("cookie", &cookies)]).await;
        let Refusal { status, code, message } = refusal;
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        assert_eq!((answer.status, answer.header("content-type")), (status, "text/xml"), "{code}");
        assert!(answer.text().ends_with(&body), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_new_key_cuts_nobody_off_and_a_key_taken_away_opens_nothing() {
    let app = with_film().await;
    let config = Config { data_dir: app.data(), ..Config::default() };
    let mut rotation = Rotation::new(Arc::new(config), app.stoa.media.clone()).unwrap();
    assert!(rotation.look().unwrap());
    let old = app.stoa.media.group().active().id().to_owned();
    let before = app.cookies("/media/A/1/*", 60);

    let new = MediaKeys::open(&app.data()).unwrap().add(KeyKind::Ecdsa).unwrap();
    assert!(rotation.look().unwrap());
    assert!(!rotation.look().unwrap(), "nothing has changed since");
    let after = app.cookies("/media/A/1/*", 60);
    assert!(before.contains(&old) && after.contains(new.id()));
    for cookies in [&before, &after] {
        assert_eq!(app.get(FILM, &[("cookie", cookies)]).await.status, 200);
    }

    let folder = app.data().join("media-keys");
    std::fs::write(folder.join("broken.pem"), "broken").unwrap();
    assert!(rotation.look().is_err());
    assert_eq!(
        app.get(FILM, &[("cookie", &before)]).await.status,
        200,
        "what cannot be used changes nothing"
    );
    std::fs::remove_file(folder.join("broken.pem")).unwrap();

    std::fs::remove_file(folder.join(format!("{old}.pem"))).unwrap();
    assert!(rotation.look().unwrap());
    assert_eq!(app.get(FILM, &[("cookie", &before)]).await.status, 403);
    assert_eq!(app.get(FILM, &[("cookie", &after)]).await.status, 200);
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
