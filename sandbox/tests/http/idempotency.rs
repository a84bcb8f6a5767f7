use crate::support::{Playground, encoded, session_fields};
use http::Method;
use std::time::Duration;

#[tokio::test]
async fn the_same_key_and_body_gives_the_same_answer_and_does_nothing_again() {
    let mut playground = Playground::start().await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    let body = encoded(&session_fields());
    let first = playground.call(Method::POST, "checkout/sessions", &headers, body.clone()).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (200, ""));
    playground.restart().await;
    let again = playground.call(Method::POST, "checkout/sessions", &headers, body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (200, "true"));
    assert_eq!(again.text, first.text);
    assert_eq!(playground.get("checkout/sessions").await.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_key_and_another_body_or_address_is_an_error() {
    let playground = Playground::start().await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    playground.call(Method::POST, "checkout/sessions", &headers, encoded(&session_fields())).await;
    let mut other = session_fields();
    other.push(("locale", "de"));
    for (path, body) in [("checkout/sessions", encoded(&other)), ("coupons", encoded(&session_fields()))] {
        let answer = playground.call(Method::POST, path, &headers, body).await;
        assert_eq!((answer.error().0, answer.error().1.as_str()), (400, "idempotency_error"));
    }
}

#[tokio::test]
async fn what_was_refused_by_a_parameter_can_be_asked_again_with_the_same_key() {
    let playground = Playground::start().await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    let wrong = playground.call(Method::POST, "checkout/sessions", &headers, "mode=payment".into()).await;
    assert_eq!(wrong.status, 400);
    let right =
        playground.call(Method::POST, "checkout/sessions", &headers, encoded(&session_fields())).await;
    assert_eq!((right.status.as_u16(), right.header("idempotent-replayed")), (200, ""));
}

#[tokio::test]
async fn what_was_refused_by_how_things_are_stays_refused_for_its_key() {
    let mut playground = Playground::start().await;
    let (_, intent, _) = playground.paid("4242424242424242").await;
    let id = intent["id"].as_str().unwrap();
    playground.post("refunds", &[("payment_intent", id)]).await;
    let headers = [("idempotency-key", "order-1-refund-1")];
    let body = encoded(&[("payment_intent", id)]);
    let refused = playground.call(Method::POST, "refunds", &headers, body.clone()).await;
    assert_eq!(refused.error().2, "charge_already_refunded");
    let again = playground.call(Method::POST, "refunds", &headers, body).await;
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &refused.text));
}

#[tokio::test]
async fn two_at_the_same_moment_with_one_key_make_one_session() {
    let playground = Playground::start().await;
    playground.fault("slow", r#"{"millis": 300}"#).await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    let body = encoded(&session_fields());
    let tries = (0..4).map(|_| playground.call(Method::POST, "checkout/sessions", &headers, body.clone()));
    let answers = futures::future::join_all(tries).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!(refused.error().2, "idempotency_key_in_use");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let playground = Playground::start().await;
    let headers = [("idempotency-key", "order-1-checkout-1")];
    let body = encoded(&session_fields());
    let first = playground.call(Method::POST, "checkout/sessions", &headers, body.clone()).await;
    playground.pass(Duration::from_secs(24 * 60 * 60));
    let later = playground.call(Method::POST, "checkout/sessions", &headers, body).await;
    assert_ne!(later.json()["id"], first.json()["id"]);
}
