//! How a file is sent (RFC 9110): conditions, ranges, and every byte of it.

use crate::test_app::TestApp;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const FILM: &str = "/media/A/1/720p/0.m4s";

fn film(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 251) as u8).collect()
}

#[tokio::test]
async fn every_byte_arrives_whatever_the_size() {
    let app = TestApp::start().await;
    let cookies = app.cookies("/media/*", 60);
    for size in [0, 1, 16_383, 16_384, 16_385, 250_000, 3_000_001] {
        let path = format!("/media/A/1/720p/{size}.m4s");
        app.publish(&path[1..], &film(size));
        let answer = app.get(&path, &[("cookie", &cookies)]).await;
        assert_eq!((answer.status, answer.header("content-length")), (200, size.to_string().as_str()));
        assert!(answer.body == film(size), "{size}");
        for (first, last) in [(0, 0), (16_000, 17_000), (249_999, 249_999), (100_000, 2_900_000)] {
            let range = format!("bytes={first}-{last}");
            let answer = app.get(&path, &[("cookie", &cookies), ("range", &range)]).await;
            if (1..=first).contains(&size) {
                assert_eq!(answer.status, 416, "{size}: {range}");
            } else if size > first {
                assert_eq!(answer.status, 206, "{size}: {range}");
                assert!(answer.body == film(size)[first..size.min(last + 1)], "{size}: {range}");
            }
        }
    }
}

#[tokio::test]
async fn conditions_come_before_the_range() {
    let app = TestApp::start().await;
    app.publish("media/A/1/720p/0.m4s", &film(100));
    let cookies = app.cookies("/media/*", 60);
    let first = app.get(FILM, &[("cookie", &cookies)]).await;
    let etag = first.header("etag");
    let get = async |headers: &[(&str, &str)]| {
        app.get(FILM, &[&[("cookie", cookies.as_str()), ("range", "bytes=0-9")], headers].concat()).await
    };
    assert_eq!(get(&[("if-match", etag)]).await.status, 206);
    assert_eq!(get(&[("if-unmodified-since", first.header("last-modified"))]).await.status, 206);
    for wanted in [("if-match", "\"other\""), ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT")] {
        let answer = get(&[wanted]).await;
        assert_eq!((answer.status, answer.body.len()), (412, 0), "{wanted:?}");
    }
    let known = get(&[("if-none-match", "\"other\""), ("if-none-match", etag)]).await;
    assert_eq!((known.status, known.header("etag"), known.body.len()), (304, etag, 0));
    assert_eq!(known.header("cache-control"), first.header("cache-control"));
    for name in ["content-type", "content-range", "last-modified"] {
        assert_eq!(known.header(name), "", "{name} says nothing new");
    }
}

#[tokio::test]
async fn a_part_has_the_headers_of_the_whole() {
    let app = TestApp::start().await;
    app.publish("media/A/1/720p/0.m4s", &film(100));
    let cookies = app.cookies("/media/*", 60);
    let whole = app.get(FILM, &[("cookie", &cookies)]).await;
    let part = app.get(FILM, &[("cookie", &cookies), ("range", "bytes=-1")]).await;
    let head = app.send("HEAD", FILM, &[("cookie", &cookies), ("range", "bytes=-1")], "").await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 99-99/100"));
    assert_eq!((head.status, head.header("content-length")), (200, "100"));
    for name in ["content-type", "cache-control", "etag", "last-modified", "accept-ranges"] {
        assert!(!whole.header(name).is_empty(), "{name}");
        assert_eq!(part.header(name), whole.header(name), "{name}");
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_file_can_be_asked_for_and_nothing_else() {
    let app = TestApp::start().await;
    let cookies = app.cookies("/media/*", 60);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = app.send(method, FILM, &[("cookie", &cookies)], "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD"), "{method}");
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_let_go() {
    let app = TestApp::configured(|config| config.http.answer_pause_seconds = 1).await;
    // More than the system takes for a client that does not.
    app.publish("media/A/1/720p/0.m4s", &vec![0; 32 << 20]);
    let mut client = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
    let cookies = app.cookies("/media/*", 60);
    let request = format!("GET {FILM} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookies}\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    // It goes on sending, so that it learns that nobody is there any more.
    while client.write_all(b"\r\n").await.is_ok() {
        tokio::task::yield_now().await;
    }
}
