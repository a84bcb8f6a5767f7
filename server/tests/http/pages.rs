use crate::test_app::{Answer, NOW, TestApp};
use domain::account::{Account, Role};
use domain::course::Level;
use domain::id::CourseId;
use domain::money::Price;
use domain::text::Prose;
use domain::time::Seconds;
use services::import::{self, ImportedCourse};
use services::{accounts, authoring};

pub(crate) const PASSWORD: &str = "learning is fun";

fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned()
}

/// A published course called "Seen by all", and who teaches it.
pub(crate) async fn publish(app: &TestApp) -> (Account, CourseId) {
    publish_as(app, "Seen by all", "seen-by-all").await
}

/// A published course of one lesson, and who teaches it.
pub(crate) async fn publish_as(app: &TestApp, title: &str, slug: &str) -> (Account, CourseId) {
    let add = accounts::add_account(&app.stoa, "ada@stoa.example", "Ada", Role::Instructor, PASSWORD);
    add.await.unwrap();
    let ada = accounts::by_email(&app.stoa, "ada@stoa.example").await.unwrap().unwrap();
    let imported = ImportedCourse {
        slug: slug.parse().unwrap(),
        title: title.parse().unwrap(),
        subtitle: None,
        description: Prose::default(),
        instructor: ada.name.clone(),
        level: Level::Beginner,
        price: Price::FREE,
        published: NOW,
        sections: vec![("One".parse().unwrap(), vec![("Lesson".parse().unwrap(), Seconds(60))])],
        reviews: Vec::new(),
    };
    let course = import::course(&app.stoa, &ada, imported).await.unwrap();
    (ada, course)
}

#[tokio::test]
async fn every_visitor_gets_a_nonce_of_their_own() {
    let app = TestApp::start().await;
    // The first answer is rendered; of the next two both are kept ones.
    let rendered = nonce(&app.get("/courses", &[]).await);
    let (first, second) = (app.get("/courses", &[]).await, app.get("/courses", &[]).await);
    assert_ne!(nonce(&first), rendered);
    let (one, other) = (nonce(&first), nonce(&second));
    assert_ne!(one, other);
    assert!(first.text().contains(&one) && !first.text().contains(&other));
    assert!(second.text().contains(&other) && !second.text().contains(&one));
    assert_eq!(first.text().replace(&one, "N"), second.text().replace(&other, "N"));
}

#[tokio::test]
async fn visitors_see_a_change_at_once() {
    let app = TestApp::start().await;
    assert!(!app.get("/courses", &[]).await.text().contains("Seen by all"));
    let (ada, course) = publish(&app).await;
    assert!(app.get("/courses", &[]).await.text().contains("Seen by all"));
    assert_eq!(app.get("/courses/seen-by-all", &[]).await.status, 200);
    let actor = ada.actor(None);
    authoring::unpublish(&app.stoa, actor, course).await.unwrap();
    assert_eq!(app.get("/courses/seen-by-all", &[]).await.status, 404);
}

#[tokio::test]
async fn nobody_gets_the_page_of_somebody_else() {
    let app = TestApp::start().await;
    publish(&app).await;
    let signed_in = app.sign_in("ada@stoa.example").await;
    let cookie = format!("stoa={}", signed_in.token.expose());
    for _ in 0..2 {
        let visitor = app.get("/courses/seen-by-all", &[]).await;
        let owner = app.get("/courses/seen-by-all", &[("cookie", &cookie)]).await;
        assert!(owner.text().contains("Sign out") && !visitor.text().contains("Sign out"));
        assert_eq!(owner.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn themes_are_kept_apart() {
    let app = TestApp::start().await;
    app.get("/", &[]).await;
    let dark = app.get("/", &[("cookie", "theme=dark")]).await;
    assert!(dark.text().contains("stoa-dark"));
    assert!(!app.get("/", &[]).await.text().contains("stoa-dark"));
}

#[tokio::test]
async fn a_link_cannot_put_words_into_our_mouth() {
    let app = TestApp::start().await;
    let crafted = app.get("/sign-in?next=/teach&__path=%2Fapi%2Fsession%2Fsign-in&__err=abc", &[]).await;
    assert_eq!((crafted.status, crafted.header("location")), (303, "/sign-in?next=/teach"));
}

#[tokio::test]
async fn without_javascript_a_refused_form_says_why_on_its_page() {
    let app = TestApp::start().await;
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("referer", &format!("{}/sign-in", app.url)),
        ("origin", &app.url),
    ];
    let refused = app.send("POST", "/api/session/sign-in", &form, "email=a@b.example&password=wrong").await;
    assert_eq!(refused.status, 302);
    let page = refused.header("location").strip_prefix(&app.url).unwrap().to_owned();
    let proof = refused.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let proof = proof.filter_map(|cookie| cookie.split(';').next()).find(|c| c.starts_with("form-problem="));
    let shown = app.get(&page, &[("cookie", proof.unwrap())]).await;
    assert!(shown.text().contains("password is not right"), "{}", shown.text());
}

#[tokio::test]
async fn an_unknown_address_is_a_page_with_status_404() {
    let app = TestApp::start().await;
    let missing = app.get("/no/such/page", &[]).await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("<main"));
}
