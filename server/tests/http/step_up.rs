//! What needs the password again asks for it, and then does what was asked: also in a browser without scripts.

use crate::pages::PASSWORD;
use crate::test_app::{Answer, NOW, TestApp};
use domain::account::Role;
use domain::address::encode;
use domain::id::AccountId;
use domain::time::Timestamp;
use services::clock::Clock;
use services::{Stoa, accounts};
use std::sync::Arc;
use std::time::Duration;

const LINUS: &str = "linus@stoa.example";

struct AQuarterOfAnHourAgo;

impl Clock for AQuarterOfAnHourAgo {
    fn now(&self) -> Timestamp {
        NOW.minus(Duration::from_secs(15 * 60))
    }
}

/// A site with an admin who signed in a while ago.
struct World {
    app: TestApp,
    linus: AccountId,
    cookie: String,
}

impl World {
    async fn new() -> Self {
        let mut app = TestApp::start().await;
        let now = app.stoa.clone();
        accounts::add_account(&now, "grace@stoa.example", "Grace", Role::Admin, PASSWORD).await.unwrap();
        let linus = accounts::add_account(&now, LINUS, "Linus", Role::Learner, PASSWORD).await.unwrap();
        app.stoa = Stoa { clock: Arc::new(AQuarterOfAnHourAgo), ..now.clone() };
        let token = app.sign_in("grace@stoa.example").await.token.expose();
        app.stoa = now;
        Self { app, linus, cookie: format!("stoa={token}") }
    }

    /// Posts a form as a browser without scripts does, from a page.
    async fn post(&self, path: &str, from: &str, fields: &[(&str, &str)]) -> Answer {
        let referer = format!("{}{from}", self.app.url);
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("referer", referer.as_str()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.app.send("POST", path, &headers, &fields.join("&")).await
    }

    async fn page(&self, path: &str) -> String {
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        let answer = self.app.get(path, &headers).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.text().to_owned()
    }

    async fn role(&self) -> Role {
        accounts::by_email(&self.app.stoa, LINUS).await.unwrap().unwrap().role
    }
}

#[tokio::test]
async fn a_role_is_changed_once_the_password_was_given_with_the_same_choice() {
    let world = World::new().await;
    let (path, id) = ("/api/people/change-role", world.linus.to_string());
    let chosen = [("account", id.as_str()), ("role", "instructor")];
    let answer = world.post(path, "/operate/people", &chosen).await;
    let led_to = format!("/operate/people?account={id}&to=instructor");
    assert_eq!((answer.status, answer.header("location")), (302, led_to.as_str()));
    assert_eq!(world.role().await, Role::Learner);
    let page = world.page(&led_to).await;
    assert!(page.contains("Your password") && page.contains("value=\"instructor\" selected"), "{page}");

    let with = |password| [("account", id.as_str()), ("role", "instructor"), ("password", password)];
    let answer = world.post(path, &led_to, &with("not the password")).await;
    assert!(answer.header("location").contains("__err="), "{}", answer.header("location"));
    assert_eq!(world.role().await, Role::Learner);
    let answer = world.post(path, &led_to, &with(PASSWORD)).await;
    assert_eq!(answer.header("location"), format!("/operate/people?account={id}"));
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let renewed = cookies.iter().any(|line| line.starts_with("stoa="));
    assert!(renewed, "the session goes on under a new token: {cookies:?}");
    assert_eq!(world.role().await, Role::Instructor);
}

#[tokio::test]
async fn somebody_is_invited_with_the_password_in_the_same_form() {
    let mut world = World::new().await;
    let (path, page) = ("/api/invitation/send", "/operate/invitations");
    assert!(world.page(page).await.contains("Your password"));
    let form = [("email", "ada@stoa.example"), ("role", "learner")];
    let answer = world.post(path, page, &form).await;
    assert!(answer.header("location").contains("__err="), "{}", answer.header("location"));
    assert!(world.page(page).await.contains("Nobody has an invitation"));

    let answer = world.post(path, page, &[form[0], form[1], ("password", PASSWORD)]).await;
    assert!(!answer.header("location").contains("__err="), "{}", answer.header("location"));
    let cookie = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let session = cookie.filter_map(|line| line.split(';').next()).find(|pair| pair.starts_with("stoa="));
    world.cookie = session.unwrap().to_owned();
    let page = world.page(page).await;
    assert!(page.contains("/invitation?code=") && page.contains("ada@stoa.example"), "{page}");
    assert!(!page.contains("Your password"), "it counts for ten minutes");
}

#[tokio::test]
async fn an_account_is_deleted_only_by_who_gave_its_password_of_late() {
    let world = World::new().await;
    let page = world.page("/account/data").await;
    assert!(page.contains("Confirm that it is you") && !page.contains("Delete my account"), "{page}");
    let answer = world.post("/api/deletion/ask", "/account/data", &[]).await;
    assert!(answer.header("location").contains("__err="), "{}", answer.header("location"));
}
