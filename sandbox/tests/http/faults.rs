use crate::support::{OLD_SECRET, Playground, SECRET, encoded, kinds, session_fields};
use http::Method;
use std::time::{Duration, Instant};

#[tokio::test]
async fn an_outage_answers_503_as_often_as_wished_and_does_nothing() {
    let playground = Playground::start().await;
    playground.fault("outage", r#"{"times": 2}"#).await;
    for _ in 0..2 {
        let answer = playground.post("checkout/sessions", &session_fields()).await;
        assert_eq!((answer.error().0, answer.error().1.as_str()), (503, "api_error"));
    }
    let listed = playground.get("checkout/sessions").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn too_many_requests_are_refused_with_429() {
    let playground = Playground::start().await;
    playground.fault("rate-limit", r#"{"times": 1}"#).await;
    let answer = playground.get("events").await;
    assert_eq!((answer.error().0, answer.error().2.as_str()), (429, "rate_limit"));
    assert_eq!(playground.get("events").await.status, 200);
}

#[tokio::test]
async fn a_broken_connection_does_nothing_and_a_lost_answer_did_it_once() {
    let playground = Playground::start().await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    let body = encoded(&session_fields());
    let call = || playground.try_call(Method::POST, "checkout/sessions", &headers, body.clone());
    let count = async || playground.get("checkout/sessions").await.json()["data"].as_array().unwrap().len();
    playground.fault("disconnect", r#"{"times": 1}"#).await;
    call().await.unwrap_err();
    assert_eq!(count().await, 0);
    playground.fault("lose-answer", r#"{"times": 1}"#).await;
    call().await.unwrap_err();
    assert_eq!(count().await, 1);
    let again = call().await.unwrap();
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (200, "true"));
    assert_eq!(count().await, 1);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "it is about time that really passes")]
async fn slow_is_slow() {
    let playground = Playground::start().await;
    playground.fault("slow", r#"{"times": 1, "millis": 200}"#).await;
    let begin = Instant::now();
    assert_eq!(playground.get("events").await.status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_webhook_comes_twice() {
    let mut playground = Playground::start().await;
    playground.fault("duplicate", r#"{"times": 1}"#).await;
    playground.post("coupons", &[("percent_off", "10")]).await;
    let heard = playground.endpoint.hear(2).await;
    assert_eq!((heard[0].id(), &heard[0].body), (heard[1].id(), &heard[1].body));
}

#[tokio::test]
async fn a_webhook_comes_later() {
    let mut playground = Playground::start().await;
    playground.fault("delay", r#"{"times": 1, "millis": 60000}"#).await;
    let late = playground.post("coupons", &[("id", "LATE"), ("percent_off", "10")]).await;
    assert_eq!(late.status, 200);
    playground.post("coupons", &[("id", "SOON"), ("percent_off", "10")]).await;
    assert_eq!(playground.endpoint.next().await.event["data"]["object"]["id"], "SOON");
    playground.pass(Duration::from_secs(60));
    assert_eq!(playground.endpoint.next().await.event["data"]["object"]["id"], "LATE");
}

#[tokio::test]
async fn a_webhook_is_overtaken_by_the_next() {
    let mut playground = Playground::start().await;
    playground.fault("reorder", r#"{"times": 1, "millis": 3600000}"#).await;
    playground.post("coupons", &[("id", "FIRST"), ("percent_off", "10")]).await;
    playground.post("coupons", &[("id", "SECOND"), ("percent_off", "10")]).await;
    let heard = playground.endpoint.hear(2).await;
    let ids: Vec<_> =
        heard.iter().map(|heard| heard.event["data"]["object"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["SECOND", "FIRST"]);
}

#[tokio::test]
async fn a_webhook_never_comes_until_somebody_sends_it_by_hand() {
    let mut playground = Playground::start().await;
    playground.fault("drop", r#"{"times": 1}"#).await;
    playground.post("coupons", &[("id", "LOST"), ("percent_off", "10")]).await;
    playground.post("coupons", &[("id", "NEXT"), ("percent_off", "10")]).await;
    assert_eq!(playground.endpoint.next().await.event["data"]["object"]["id"], "NEXT");
    playground.pass(Duration::from_secs(24 * 60 * 60));
    playground.post("coupons", &[("id", "LAST"), ("percent_off", "10")]).await;
    assert_eq!(playground.endpoint.next().await.event["data"]["object"]["id"], "LAST");
    let events = playground.get("events").await.json();
    let lost = &events["data"][2];
    let action = serde_json::json!({ "action": "resend", "event": lost["id"] }).to_string();
    assert_eq!(playground.act(&action).await.status, 200);
    let heard = playground.endpoint.next().await;
    assert_eq!(heard.event["data"]["object"]["id"], "LOST");
    assert!(heard.verified(SECRET).is_some());
}

#[tokio::test]
async fn a_wrong_signature_is_followed_by_a_right_one() {
    let mut playground = Playground::start().await;
    playground.fault("corrupt", r#"{"times": 1}"#).await;
    playground.endpoint.answer(&[400]);
    playground.post("coupons", &[("percent_off", "10")]).await;
    let wrong = playground.endpoint.next().await;
    assert_eq!((wrong.verified(SECRET), wrong.verified(OLD_SECRET)), (None, None));
    let action = serde_json::json!({ "action": "resend", "event": wrong.id() }).to_string();
    playground.act(&action).await;
    let right = playground.endpoint.next().await;
    assert_eq!((right.id(), right.verified(SECRET).is_some()), (wrong.id(), true));
}

#[tokio::test]
async fn a_crash_after_the_charge_keeps_the_money_and_its_webhooks_wait_for_the_restart() {
    let mut playground = Playground::start().await;
    playground.fault("crash", r#"{"times": 1}"#).await;
    let session = playground.session().await;
    let url = session["url"].as_str().unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let paying = playground.send(Method::POST, url, &headers, "card=4242424242424242".into()).await;
    paying.unwrap_err();
    let path = format!("checkout/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(playground.get(&path).await.json()["payment_status"], "paid");
    playground.post("coupons", &[("percent_off", "10")]).await;
    assert_eq!(playground.endpoint.next().await.kind(), "coupon.created");
    playground.restart().await;
    let after = playground.endpoint.hear(4).await;
    assert!(kinds(&after).contains(&"checkout.session.completed"), "{after:?}");
    assert!(playground.pay(&session, "4242424242424242").await.header("location").ends_with(url));
    assert_eq!(playground.get("charges").await.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_faults_and_they_survive_a_restart() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mut playground = Playground::start().await;
        playground.fault("outage", r#"{"chance": 0.5, "seed": 42}"#).await;
        let mut run = Vec::new();
        for _ in 0..10 {
            run.push(playground.get("events").await.status.as_u16());
        }
        playground.restart().await;
        for _ in 0..10 {
            run.push(playground.get("events").await.status.as_u16());
        }
        assert!(run.contains(&200) && run.contains(&503), "{run:?}");
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn faults_are_shown_and_taken_away() {
    let playground = Playground::start().await;
    let url = |path: &str| format!("{}/faults/{path}", playground.address);
    playground.fault("outage", "{}").await;
    playground.fault("drop", r#"{"chance": 0.25, "times": 3, "millis": 5, "seed": 9}"#).await;
    let shown = playground.page(&url("rules")).await.json();
    assert_eq!(
        shown["drop"],
        serde_json::json!({"chance": 0.25, "times": 3, "millis": 5, "seed": 9, "drawn": 0})
    );
    assert!(shown["slow"].is_null());
    for (method, path) in [(Method::DELETE, "rules/outage"), (Method::DELETE, "rules")] {
        assert_eq!(playground.send(method, &url(path), &[], String::new()).await.unwrap().status, 200);
        assert_eq!(playground.get("events").await.status, 200);
    }
    assert!(playground.page(&url("rules")).await.json()["drop"].is_null());
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused() {
    let playground = Playground::start().await;
    let put = async |name: &str, body: &str| {
        let url = format!("{}/faults/rules/{name}", playground.address);
        playground
            .send(Method::PUT, &url, &[("content-type", "application/json")], body.into())
            .await
            .unwrap()
            .status
    };
    for (name, body) in [
        ("fire", "{}"),
        ("outage", r#"{"chance": 2}"#),
        ("outage", r#"{"chance": "often"}"#),
        ("outage", r#"{"times": -1}"#),
        ("slow", r#"{"millis": 86400000}"#),
        ("outage", r#"{"colour": "red"}"#),
        ("outage", "{"),
        ("outage", "[]"),
    ] {
        assert!(put(name, body).await.is_client_error(), "{name} {body}");
    }
    for action in [r#"{"action": "explode"}"#, "{}", r#"{"action": "resend", "event": "evt_1"}"#] {
        assert!(playground.act(action).await.status.is_client_error(), "{action}");
    }
}
