//! What every answer carries, and what is refused before anybody looks at it.

use crate::test_app::TestApp;

#[tokio::test]
async fn another_sites_page_cannot_change_anything() {
    let app = TestApp::start().await;
    let upload = "/upload/01ARZ3NDEKTSV4RRFFQ69G5FAV/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for (method, path) in [
        ("POST", "/api/session/sign-in"),
        ("POST", upload),
        ("PATCH", "/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("POST", "/"),
        ("DELETE", "/any"),
    ] {
        for foreign in [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let answer = app.send(method, path, &[foreign], "").await;
            assert_eq!(answer.status, 403, "{method} {path} with {foreign:?}");
            assert!(answer.text().contains("another site"), "{method} {path}");
        }
    }
    let own = [("origin", app.url.as_str()), ("sec-fetch-site", "same-origin")];
    assert_ne!(app.send("POST", "/api/session/sign-in", &own, "").await.status, 403);
}

#[tokio::test]
async fn an_upload_needs_a_session() {
    let app = TestApp::start().await;
    let path = "/upload/01ARZ3NDEKTSV4RRFFQ69G5FAV/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let tus = [("tus-resumable", "1.0.0"), ("upload-length", "4"), ("upload-metadata", "purpose dmlkZW8=")];
    let answer = app.send("POST", path, &tus, "").await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(answer.text().starts_with("{\"message\":"), "{}", answer.text());
}

#[tokio::test]
async fn a_call_is_no_larger_than_a_form() {
    let app = TestApp::start().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let answer = app.send("POST", "/api/session/sign-in", &[form], &"x".repeat(300_000)).await;
    assert_eq!(answer.status, 413);
    // But for captions, which are sent as the text of a form. There is no such course.
    let fields = "course=01ARZ3NDEKTSV4RRFFQ69G5FAV&lesson=01ARZ3NDEKTSV4RRFFQ69G5FAV&language=ar&text=";
    let captions = format!("{fields}{}", "%D8%AF".repeat(500_000));
    let answer = app.send("POST", "/api/captions/add", &[form], &captions).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}

#[tokio::test]
async fn every_answer_is_protected_and_named() {
    let app = TestApp::start().await;
    for path in ["/", "/robots.txt", "/nothing/here", "/media/A/1/0.m4s", "/health/live", "/pkg/none.js"] {
        let answer = app.get(path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 26, "{path}");
    }
    let named = app.get("/health/live", &[("x-request-id", "from-the-proxy_1")]).await;
    assert_eq!(named.header("x-request-id"), "from-the-proxy_1");
    let renamed = app.get("/health/live", &[("x-request-id", "no spaces")]).await;
    assert_ne!(renamed.header("x-request-id"), "no spaces");
}

#[tokio::test]
async fn a_page_runs_only_scripts_with_its_nonce() {
    let app = TestApp::start().await;
    let [first, second] = [app.get("/", &[]).await, app.get("/", &[]).await];
    assert_eq!(first.status, 200);
    let policy = first.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0;
    assert!(!policy.contains("unsafe-eval'") || policy.contains("'wasm-unsafe-eval'"), "{policy}");
    for script in first.text().match_indices("<script").map(|(at, _)| &first.text()[at..]) {
        let tag = script.split_once('>').unwrap().0;
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
    }
    assert!(!second.header("content-security-policy").contains(nonce), "a nonce is used once");
}

#[tokio::test]
async fn what_is_not_there_is_404_with_a_page() {
    let app = TestApp::start().await;
    for path in ["/nothing/here", "/favicon.none", "/..%2fdata/stoa.db"] {
        let answer = app.get(path, &[("accept", "text/html")]).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn files_are_served_with_a_short_life() {
    let app = TestApp::start().await;
    let answer = app.get("/robots.txt", &[]).await;
    assert_eq!((answer.status, answer.text()), (200, "User-agent: *\n"));
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
}

#[tokio::test]
async fn pages_are_compressed() {
    let app = TestApp::start().await;
    for encoding in ["br", "gzip"] {
        let answer = app.get("/", &[("accept-encoding", encoding)]).await;
        assert_eq!(answer.header("content-encoding"), encoding);
    }
}
