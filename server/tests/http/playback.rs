//! What players are answered, and which cookies their browsers get.

use crate::pages::publish;
use crate::test_app::{Answer, TestApp};
use futures::StreamExt;
use services::contract::Paperwork;
use services::worker::{Outcome, Task};
use services::{Stoa, authoring, jobs, outbox, videos};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

struct World {
    app: TestApp,
    session: String,
    lesson: String,
}

impl World {
    /// A lesson with a video, and its instructor's session.
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (ada, course) = publish(&app).await;
        let actor = ada.actor(None);
        let lesson =
            authoring::editor(&app.stoa, actor, course).await.unwrap().outline.sections[0].lessons[0].id;
        let stoa = Stoa { transcoder: Arc::new(Paperwork), ..app.stoa.clone() };
        let bytes = futures::stream::iter([Ok("film".into())]).boxed();
        videos::upload(&stoa, actor, course, lesson, "film.mp4", None, bytes).await.unwrap();
        assert_eq!(jobs::handle(stoa.clone(), next_task(&stoa).await).await, Outcome::Done);
        let signed_in = app.sign_in("ada@stoa.example").await;
        let session = format!("stoa={}", signed_in.token.expose());
        Self { app, session, lesson: lesson.to_string() }
    }

    /// Asks to play, as a browser with these cookies beside its session.
    async fn open(&self, cookies: &str, more: &str) -> Answer {
        let body = format!("course=seen-by-all&lesson={}{more}", self.lesson);
        self.post("/api/playback/open", cookies, &body).await
    }

    async fn post(&self, path: &str, cookies: &str, body: &str) -> Answer {
        let cookies = format!("{}; {cookies}", self.session);
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.app.url.as_str()),
            (
                "user-agent",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
            ),
            ("cookie", &cookies),
        ];
        self.app.send("POST", path, &headers, body).await
    }
}

async fn next_task(stoa: &Stoa) -> Task {
    let stop = CancellationToken::new();
    let _stops = stop.clone().drop_guard();
    tokio::spawn(outbox::relay(stoa.clone(), stop));
    Task { last_attempt: true, ..services::contract::next_task(stoa).await }
}

/// The cookies that an answer sets, as `name=value; attributes`.
fn set(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect()
}

/// The device that an answer names, as a browser sends it back.
fn device(answer: &Answer) -> &str {
    let cookie = set(answer).into_iter().find(|line| line.starts_with("stoa-device=")).unwrap();
    cookie.split_once(';').unwrap().0
}

/// A text property, wherever it stands.
fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.text().split_once(&format!("\"{name}\":\"")).unwrap().1.split_once('"').unwrap().0
}

#[tokio::test]
async fn a_player_gets_cookies_for_its_version_of_the_video_alone() {
    let world = World::new().await;
    let answer = world.open("", "").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let path = text(&answer, "playlist").strip_suffix("master.m3u8").unwrap();
    let (media, others): (Vec<_>, Vec<_>) =
        set(&answer).into_iter().partition(|line| line.starts_with("CloudFront-"));
    assert_eq!(media.len(), 4);
    assert!(
        media.iter().all(|line| line.ends_with(&format!("; Path={path}; HttpOnly; SameSite=Lax"))),
        "{media:?}"
    );
    let [device] = others[..] else { panic!("one more cookie is expected: {others:?}") };
    assert!(device.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=34560000"), "{device}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_browser_keeps_being_the_same_device() {
    let world = World::new().await;
    let first = world.open("", "").await;
    let renewal = format!("&held={}", text(&first, "lease"));
    let again = world.open(device(&first), &renewal).await;
    assert_eq!(text(&again, "lease"), text(&first, "lease"));
    assert!(set(&again).iter().all(|line| line.starts_with("CloudFront-")));
}

#[tokio::test]
async fn the_third_device_gets_no_cookies_until_another_one_stops() {
    let world = World::new().await;
    let (first, second) = (world.open("", "").await, world.open("", "").await);
    let third = world.open("", "").await;
    assert_eq!(third.status, 200);
    assert!(set(&third).iter().all(|line| line.starts_with("stoa-device=")), "{:?}", set(&third));
    assert_eq!(third.text().matches("\"name\":\"Firefox on Windows\"").count(), 2, "{}", third.text());
    for other in [&first, &second] {
        let name = device(other).strip_prefix("stoa-device=").unwrap();
        assert!(!third.text().contains(name), "what a device proves itself by is told to no other");
    }

    let stop = format!("&stop={}", text(&first, "lease"));
    assert_eq!(set(&world.open(device(&third), &stop).await).len(), 4);
    let renewal = format!("&held={}", text(&first, "lease"));
    let stopped = world.open(device(&first), &renewal).await;
    assert!(set(&stopped).is_empty() && stopped.text().contains("elsewhere"), "{}", stopped.text());
    world.post("/api/playback/release", device(&second), &format!("lease={}", text(&second, "lease"))).await;
    assert_eq!(set(&world.open("", "").await).len(), 5);
}

#[tokio::test]
async fn a_visitor_is_told_to_sign_in() {
    let world = World::new().await;
    let body = format!("course=seen-by-all&lesson={}", world.lesson);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = world.app.send("POST", "/api/playback/open", &form, &body).await;
    assert_eq!(answer.status, 401);
    assert!(set(&answer).iter().all(|line| !line.starts_with("CloudFront-")));
}
