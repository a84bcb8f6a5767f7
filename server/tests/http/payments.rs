//! What the payment service tells is proven, then stored, then acknowledged; whatever it is.

use crate::pages::PASSWORD;
use crate::test_app::{NOW, TestApp, WEBHOOK_SECRET};
use aws_lc_rs::hmac;
use domain::account::{Actor, Role};
use serde_json::json;
use services::{accounts, orders};

/// The header `Stripe-Signature` of a body that was signed at this second.
fn signature(body: &str, second: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, WEBHOOK_SECRET.as_bytes());
    let tag = hmac::sign(&key, format!("{second}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={second},v1={hex}")
}

fn event(id: &str, kind: &str) -> String {
    let page = json!({ "object": "checkout.session", "id": "cs_test_1", "metadata": {} });
    let created = NOW.seconds();
    json!({ "id": id, "object": "event", "type": kind, "created": created, "data": { "object": page } })
        .to_string()
}

async fn tell(app: &TestApp, body: &str, signature: &str) -> u16 {
    app.send("POST", "/webhooks/stripe", &[("stripe-signature", signature)], body).await.status
}

async fn admin(app: &TestApp) -> Actor {
    let email = "grace@stoa.example";
    accounts::add_account(&app.stoa, email, "Grace", Role::Admin, PASSWORD).await.unwrap();
    accounts::by_email(&app.stoa, email).await.unwrap().unwrap().actor(None)
}

async fn known(app: &TestApp, admin: Actor) -> Vec<String> {
    let (events, _) = orders::events(&app.stoa, admin, None).await.unwrap();
    events.into_iter().map(|heard| heard.event).collect()
}

#[tokio::test]
async fn news_that_nobody_vouches_for_are_refused_and_not_kept() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    let body = event("evt_1", "checkout.session.completed");
    let good = signature(&body, NOW.seconds());
    assert_eq!(tell(&app, &body, "").await, 403);
    assert_eq!(tell(&app, &body.replace("evt_1", "evt_2"), &good).await, 403, "changed on the way");
    assert_eq!(tell(&app, &body, &signature(&body, NOW.seconds() - 400)).await, 403, "kept by somebody");
    assert!(known(&app, admin).await.is_empty());
}

#[tokio::test]
async fn news_are_kept_once_whatever_they_are_and_however_often_they_come() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    for kind in ["checkout.session.completed", "customer.tax_id.created"] {
        let body = event(kind, kind);
        for _ in 0..3 {
            assert_eq!(tell(&app, &body, &signature(&body, NOW.seconds())).await, 200);
        }
    }
    assert_eq!(known(&app, admin).await.len(), 2);
    let no_event = "{}";
    assert_eq!(tell(&app, no_event, &signature(no_event, NOW.seconds())).await, 400);
    let long = " ".repeat(600 * 1024);
    assert_eq!(tell(&app, &long, &signature(&long, NOW.seconds())).await, 413);
}
