//! Payments, refunds and webhooks against `localstripe`, somebody else's idea of Stripe. It takes no Checkout, no idempotency
//! key and no metadata on its book, and gives back more than was paid.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod post;
mod stand_in;

use domain::id::{OrderId, RefundId};
use domain::money::Currency;
use domain::payment::PaymentId;
use services::ports::{PaymentNews, Payments, PaymentsError, RefundRequest, RefundStatus};
use stand_in::{Endpoint, StandIn, now};
use stoa_stripe::{Signatures, told};

async fn localstripe() -> StandIn {
    StandIn::start("localstripe-here $PORT", "").await
}

/// A payment of 49 euros for an order, by this card.
async fn pay(localstripe: &StandIn, order: OrderId, card: &str) -> PaymentId {
    let card = [
        ("type", "card"),
        ("card[number]", card),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2090"),
        ("card[cvc]", "123"),
    ];
    let method = localstripe.post("/v1/payment_methods", &card).await["id"].as_str().unwrap().to_owned();
    let order = order.to_string();
    let payment = [
        ("amount", "4900"),
        ("currency", "eur"),
        ("payment_method", method.as_str()),
        ("confirm", "true"),
        ("metadata[order]", order.as_str()),
    ];
    PaymentId(localstripe.post("/v1/payment_intents", &payment).await["id"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_seen_with_what_was_given_back() {
    let localstripe = localstripe().await;
    let (adapter, order) = (localstripe.adapter(), OrderId::new(now(), 1));
    let id = pay(&localstripe, order, "4242424242424242").await;
    let payment = adapter.payment(&id).await.unwrap();
    assert_eq!((payment.amount, payment.currency, payment.order), (4900, Currency::Eur, Some(order)));
    assert_eq!((payment.refunds.len(), payment.disputes.len()), (0, 0));

    let request = RefundRequest { order, refund: RefundId::new(now(), 2), payment: id.clone(), amount: 1000 };
    let refund = adapter.refund(&request).await.unwrap();
    assert_eq!(
        (refund.amount, refund.refund, &refund.status),
        (1000, Some(request.refund), &RefundStatus::Succeeded)
    );
    // It takes no idempotency key: what was made is found by its name.
    assert_eq!(adapter.refund(&request).await.unwrap(), refund);
    localstripe.post("/v1/refunds", &[("payment_intent", &id.0), ("amount", "500")]).await;
    let refunds = adapter.payment(&id).await.unwrap().refunds;
    let mut found: Vec<_> = refunds.iter().map(|refund| (refund.amount, refund.refund)).collect();
    found.sort_by_key(|(amount, _)| *amount);
    assert_eq!(found, [(500, None), (1000, Some(request.refund))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_exist_is_refused() {
    let localstripe = localstripe().await;
    let (adapter, order) = (localstripe.adapter(), OrderId::new(now(), 1));
    let payment = PaymentId("pi_unknown".into());
    let found = adapter.payment(&payment).await;
    assert!(matches!(found, Err(PaymentsError::Refused { .. })), "{found:?}");
    let request = RefundRequest { order, refund: RefundId::new(now(), 2), payment, amount: 1000 };
    let found = adapter.refund(&request).await;
    assert!(matches!(found, Err(PaymentsError::Refused { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_events_are_read_and_proven() {
    let (localstripe, endpoint) = (localstripe().await, Endpoint::open().await);
    localstripe
        .post("/_config/webhooks/stoa", &[("url", &endpoint.address()), ("secret", "whsec_localstripe")])
        .await;
    let order = OrderId::new(now(), 1);
    let id = pay(&localstripe, order, "4242424242424242").await;
    let heard = loop {
        let posted = endpoint.next().await;
        let signatures = Signatures::new(["whsec_new", "whsec_localstripe"]);
        assert_eq!(signatures.check(&posted.body, &posted.signature, now()), Ok(()));
        let told = told(&posted.body).unwrap();
        if told.news == PaymentNews::PaymentSucceeded {
            break told;
        }
    };
    assert_eq!((heard.order, heard.payment, heard.live), (Some(order), Some(id), false));
}
