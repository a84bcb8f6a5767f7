//! Pages and webhooks against `emulate`, somebody else's idea of Stripe. It makes pages of prices that it knows, so it makes
//! ours by its own interface; it knows neither payments of theirs, nor coupons, nor idempotency.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod post;
mod stand_in;

use domain::payment::SessionId;
use serde_json::Value;
use services::ports::{CheckoutStatus, Payments, PaymentsError};
use stand_in::{Endpoint, StandIn, now};
use stoa_stripe::{Signatures, Unproven};

const SECRET: &str = "whsec_emulate";

/// It, with its events posted to the endpoint.
async fn emulate(endpoint: &Endpoint) -> StandIn {
    let seed = format!(
        "stripe:\n  webhooks:\n    - {{ url: '{}', events: ['*'], secret: '{SECRET}' }}\n",
        endpoint.address()
    );
    let command =
        "emulate start --service stripe --port $PORT --base-url http://127.0.0.1:$PORT --seed $SEED";
    StandIn::start(command, &seed).await
}

/// A page of its making on which a course can be paid.
async fn page(emulate: &StandIn) -> SessionId {
    let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let product = text(&emulate.post("/v1/products", &[("name", "Watercolour")]).await);
    let price = [("product", product.as_str()), ("unit_amount", "4900"), ("currency", "eur")];
    let price = text(&emulate.post("/v1/prices", &price).await);
    let page = [
        ("mode", "payment"),
        ("line_items[0][price]", price.as_str()),
        ("line_items[0][quantity]", "1"),
        ("success_url", "http://127.0.0.1/done"),
    ];
    SessionId(text(&emulate.post("/v1/checkout/sessions", &page).await))
}

/// Events until the one of that kind.
async fn told(endpoint: &Endpoint, kind: &str) -> stand_in::Posted {
    loop {
        let posted = endpoint.next().await;
        let body: Value = serde_json::from_slice(&posted.body).unwrap();
        if body["type"] == kind {
            return posted;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_waits_and_ends() {
    let endpoint = Endpoint::open().await;
    let emulate = emulate(&endpoint).await;
    let (adapter, listening) =
        (emulate.adapter(), tokio::spawn(async move { told(&endpoint, "checkout.session.expired").await }));
    let session = page(&emulate).await;
    assert_eq!(adapter.status(&session).await.unwrap(), CheckoutStatus::Open { failure: None });
    for _ in 0..2 {
        adapter.expire(&session).await.unwrap();
        assert_eq!(adapter.status(&session).await.unwrap(), CheckoutStatus::Expired);
    }
    for unknown in ["cs_unknown", ""] {
        let found = adapter.status(&SessionId(unknown.into())).await;
        assert!(matches!(found, Err(PaymentsError::Refused { .. })), "{found:?}");
    }
    let posted = listening.await.unwrap();
    let check = |secret| Signatures::new([secret]).check(&posted.body, &posted.signature, now());
    assert_eq!((check(SECRET), check("whsec_other")), (Ok(()), Err(Unproven::Foreign)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_paid_says_so_in_a_signed_event() {
    let endpoint = Endpoint::open().await;
    let emulate = emulate(&endpoint).await;
    let listening = tokio::spawn(async move { told(&endpoint, "checkout.session.completed").await });
    let session = page(&emulate).await;
    emulate.post(&format!("/checkout/{session}/complete"), &[("email", "ada@example.com")]).await;
    let posted = listening.await.unwrap();
    let check = |body: &[u8]| Signatures::new([SECRET]).check(body, &posted.signature, now());
    assert_eq!(check(&posted.body), Ok(()));
    assert_eq!(check(&[posted.body.as_slice(), b" "].concat()), Err(Unproven::Foreign));
    // It names no payment with a page that is paid, which Stripe always does.
    let found = emulate.adapter().status(&session).await;
    assert!(matches!(found, Err(PaymentsError::Internal(_))), "{found:?}");
}
