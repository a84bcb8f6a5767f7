//! Why the edge refuses: told to developers who ask, never to players, and never in production.

use crate::test_app::TestApp;

const FILM: &str = "/media/A/1/0.m4s";

#[tokio::test]
async fn a_refusal_is_explained_to_a_tab_and_to_who_wants_json() {
    let app = TestApp::start().await;
    let cookies = app.cookies("/media/A/2/*", 60);
    let page = app.get(FILM, &[("cookie", &cookies), ("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!((page.status, page.header("content-type")), (403, "text/html; charset=utf-8"));
    assert!(page.text().contains("The address goes on: 1/0.m4s"), "{}", page.text());
    assert_eq!((page.header("cache-control"), page.header("vary")), ("no-store", "accept"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    let json = app.get(FILM, &[("cookie", &cookies), ("accept", "application/json")]).await;
    assert_eq!((json.status, json.header("content-type")), (403, "application/json"));
    assert!(json.text().contains(r#""rule":"resource-mismatch""#), "{}", json.text());
    let signature = cookies.split("Signature=").nth(1).unwrap().split(';').next().unwrap();
    for answer in [page, json] {
        assert!(!answer.text().contains(&signature[..20]), "no signature is shown whole");
    }
}

#[tokio::test]
async fn a_path_to_nothing_is_explained_too() {
    let app = TestApp::start().await;
    let cookies = app.cookies("/media/*", 60);
    for path in ["/media/A/1/0.exe", "/media/A/1/..%2f2/0.m4s"] {
        let answer = app.get(path, &[("cookie", &cookies), ("accept", "application/json")]).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains(r#""rule":"unpublished""#), "{}", answer.text());
        let answer = app.get(path, &[("cookie", &cookies)]).await;
        assert!(answer.text().contains("<Code>AccessDenied</Code>"), "{}", answer.text());
    }
}

#[tokio::test]
async fn players_get_cloudfronts_words_whatever_is_explained() {
    let app = TestApp::start().await;
    for accept in ["*/*", "application/vnd.apple.mpegurl", ""] {
        let answer = app.get(FILM, &[("accept", accept)]).await;
        assert_eq!((answer.status, answer.header("content-type")), (403, "text/xml"), "{accept}");
        assert!(answer.text().contains("<Code>MissingKey</Code>"), "{accept}");
    }
}

#[tokio::test]
async fn in_production_nothing_is_explained() {
    let app = TestApp::configured(|config| config.public_url = Some("https://stoa.example".into())).await;
    for accept in ["text/html", "application/json"] {
        let answer = app.get(FILM, &[("accept", accept)]).await;
        assert_eq!((answer.status, answer.header("content-type")), (403, "text/xml"), "{accept}");
        assert!(!answer.text().contains("cookie came"), "{}", answer.text());
    }
}
