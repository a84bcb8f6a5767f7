//! Media on a host of its own, beside the site's.

use crate::test_app::{Answer, TestApp};

const FILM: &str = "/media/A/1/720p/0.m4s";
const SITE: &str = "https://app.example.test";
const ON_SITE: (&str, &str) = ("host", "app.example.test");
const ON_MEDIA: (&str, &str) = ("host", "media.example.test");
const FROM_SITE: (&str, &str) = ("origin", SITE);

type Headers<'a> = &'a [(&'a str, &'a str)];

async fn two_hosts() -> TestApp {
    let app = TestApp::configured(|config| {
        config.public_url = Some(SITE.into());
        config.media.url = Some("https://media.example.test".into());
    });
    let app = app.await;
    app.publish("media/A/1/720p/0.m4s", b"film");
    app
}

#[tokio::test]
async fn policies_name_the_media_host() {
    let app = two_hosts().await;
    assert_eq!(app.stoa.playback.url_base, "https://media.example.test");
    let cookies = app.cookies("/media/A/1/*", 60);
    assert_eq!(app.get(FILM, &[ON_MEDIA, ("cookie", &cookies)]).await.status, 200);
    for spelling in ["MEDIA.example.test", "media.example.test:8443"] {
        assert_eq!(app.get(FILM, &[("host", spelling), ("cookie", &cookies)]).await.status, 200);
    }
}

#[tokio::test]
async fn the_site_can_read_every_answer_of_the_media_host_and_no_other_site_any() {
    let app = two_hosts().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    let cookies = ("cookie", cookies.as_str());
    let etag = app.get(FILM, &[ON_MEDIA, cookies]).await.header("etag").to_owned();
    let range = ("range", "bytes=1-2");
    let cases: [(u16, &str, Headers<'_>); 6] = [
        (200, FILM, &[cookies]),
        (206, FILM, &[cookies, range]),
        (304, FILM, &[cookies, ("if-none-match", &etag)]),
        (416, FILM, &[cookies, ("range", "bytes=9-")]),
        (403, FILM, &[]),
        (404, "/sign-in", &[]),
    ];
    for (status, path, headers) in cases {
        let answer = app.get(path, &[headers, &[ON_MEDIA, FROM_SITE]].concat()).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), SITE, "{status}");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "{status}");
        assert_eq!(answer.header("vary"), "origin", "{status}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-site", "{status}");
        for name in ["content-length", "content-range", "etag"] {
            assert!(answer.header("access-control-expose-headers").contains(name), "{status}: {name}");
        }
        for other in ["https://evil.example", "https://media.example.test", "http://app.example.test", "null"]
        {
            let answer = app.get(path, &[headers, &[ON_MEDIA, ("origin", other)]].concat()).await;
            assert_eq!(answer.status, status, "{other}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{other}");
            assert_eq!(answer.header("vary"), "origin", "{other}");
        }
    }
}

#[tokio::test]
async fn a_player_is_told_beforehand_that_it_may_ask_for_a_range() {
    let app = two_hosts().await;
    let asking = [
        ON_MEDIA,
        FROM_SITE,
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "range"),
    ];
    let answer = app.send("OPTIONS", FILM, &asking, "").await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("access-control-allow-origin"), SITE);
    assert_eq!(answer.header("access-control-allow-methods"), "GET,HEAD");
    assert!(answer.header("access-control-allow-headers").split(',').any(|name| name == "range"));
}

#[tokio::test]
async fn the_media_host_has_no_pages_and_asks_for_no_session() {
    let app = two_hosts().await;
    let paths =
        ["/", "/sign-in", "/courses", "/api/session/current", "/robots.txt", "/metrics", "/health/live"];
    for path in paths {
        for headers in [&[ON_MEDIA][..], &[ON_MEDIA, ("cookie", "__Host-stoa=any")]] {
            let answer = app.get(path, headers).await;
            assert_eq!((answer.status, answer.body.len()), (404, 0), "{path}");
            assert_eq!(answer.header("cache-control"), "", "nobody looked for a session: {path}");
        }
    }
    let sign_in = app.send("POST", "/api/session/sign-in", &[ON_MEDIA], "email=a&password=b").await;
    assert_eq!(sign_in.status, 404);
    assert_eq!(app.get("/sign-in", &[ON_SITE]).await.status, 200);
}

#[tokio::test]
async fn the_sites_host_serves_no_media_then() {
    let app = two_hosts().await;
    let cookies = app.cookies("/media/A/1/*", 60);
    for host in ["app.example.test", "other.example.test", "media.example.test.evil.example"] {
        assert_eq!(app.get(FILM, &[("host", host), ("cookie", &cookies)]).await.status, 404, "{host}");
    }
}

#[tokio::test]
async fn pages_may_load_from_the_media_host() {
    let policy = |answer: &Answer| answer.header("content-security-policy").to_owned();
    let page = policy(&two_hosts().await.get("/", &[ON_SITE]).await);
    for what in ["img-src", "media-src", "connect-src"] {
        let sources = page.split("; ").find(|part| part.starts_with(what)).unwrap();
        assert!(sources.ends_with(" https://media.example.test"), "{sources}");
    }
    assert!(!policy(&TestApp::start().await.get("/", &[]).await).contains("https:"));
}

#[tokio::test]
async fn media_of_the_sites_own_origin_is_for_its_pages_alone() {
    let app = TestApp::start().await;
    app.publish("media/A/1/720p/0.m4s", b"film");
    let origin = app.stoa.playback.url_base.clone();
    let cookies = app.cookies("/media/A/1/*", 60);
    for headers in [&[("cookie", cookies.as_str())][..], &[]] {
        let answer = app.get(FILM, &[headers, &[("origin", origin.as_str())]].concat()).await;
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")));
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    }
}
