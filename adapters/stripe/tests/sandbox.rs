//! Stripe's adapter keeps the contract of payments, against the sandbox.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod post;
mod stand_in;

use async_trait::async_trait;
use domain::id::{OrderId, RefundId};
use domain::money::Currency;
use domain::payment::{DisputeId, PaymentId};
use domain::time::Timestamp;
use post::{FORM, KEY, send};
use sandbox::{Sandbox, Settings, Webhook, World};
use serde_json::{Value, json};
use services::clock::{Clock, Random};
use services::contract::payments::{Buyer, Outage, PaymentsFixture};
use services::contract::{Fixture, TestClock, TestRandom};
use services::ports::{Checkout, CheckoutStatus, PaymentNews, Purchase, PurchaseLine, RefundRequest, Told};
use stand_in::{Endpoint, Posted};
use std::sync::Arc;
use std::time::Duration;
use stoa_stripe::{Signatures, Stripe, StripeSettings, Unproven, told};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Ends the sandbox with the test, and its store after it.
struct Running(JoinHandle<std::io::Result<()>>, #[expect(dead_code, reason = "kept")] TempDir);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn fresh() -> PaymentsFixture {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(open(None)))
}

async fn open(webhook: Option<Webhook>) -> PaymentsFixture {
    let (folder, clock, random) =
        (TempDir::new().unwrap(), TestClock::new(), Arc::new(TestRandom::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let settings = Settings {
        store: folder.path().join("sandbox.sqlite"),
        address: address.clone(),
        secret_key: KEY.into(),
        merchant: "Stoa".into(),
        webhook,
        production: false,
    };
    let time = clock.clone();
    let world =
        World { now: Arc::new(move || time.now().millis()), random: Arc::new(move |bits| random.fill(bits)) };
    let serving = tokio::spawn(Sandbox::open(settings, world).unwrap().serve(listener));
    let settings =
        StripeSettings { key: KEY.into(), address: Some(address), timeout: Duration::from_secs(30) };
    let adapter = Arc::new(Stripe::new(&settings).unwrap());
    PaymentsFixture {
        payments: Fixture::new(adapter, clock, Running(serving, folder)),
        buyer: Box::new(Visitor(port)),
    }
}

services::payments_contract!(fresh);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_tells_is_proven_and_names_what_it_is_about() {
    let endpoint = Endpoint::open().await;
    let secrets = ["whsec_old", "whsec_new"].map(String::from);
    let webhook = Webhook { url: endpoint.address(), secrets: secrets.to_vec(), retries: Vec::new() };
    let fixture = open(Some(webhook)).await;
    let (port, clock) = (&fixture.payments.port, &fixture.payments.clock);
    let purchase = purchase(clock.now());
    let checkout = port.open(&purchase).await.unwrap();
    fixture.buyer.pay(&checkout).await;
    let CheckoutStatus::Paid(payment) = port.status(&checkout.session).await.unwrap() else {
        panic!("it is paid")
    };
    let refund = RefundId::new(clock.now(), 1);
    let request = RefundRequest { order: purchase.order, refund, payment: payment.id.clone(), amount: 100 };
    port.refund(&request).await.unwrap();
    fixture.buyer.dispute(&payment.id).await;
    let ended = port.open(&Purchase { attempt: 2, ..purchase.clone() }).await.unwrap();
    port.expire(&ended.session).await.unwrap();

    let mut heard = Vec::new();
    let wanted = [
        PaymentNews::CheckoutCompleted,
        PaymentNews::PaymentSucceeded,
        PaymentNews::Refunded,
        PaymentNews::Disputed,
        PaymentNews::CheckoutExpired,
    ];
    while !wanted.iter().all(|news| heard.iter().any(|told: &Told| told.news == *news)) {
        let Posted { signature, body } = endpoint.next().await;
        for secret in ["whsec_old", "whsec_new"] {
            assert_eq!(Signatures::new([secret]).check(&body, &signature, clock.now()), Ok(()));
        }
        assert_eq!(
            Signatures::new(["whsec_other"]).check(&body, &signature, clock.now()),
            Err(Unproven::Foreign)
        );
        heard.push(told(&body).unwrap());
    }
    assert!(heard.iter().all(|told| !told.live && told.created == clock.now()));
    let of = |news| heard.iter().filter(move |told| told.news == news);
    assert!(of(PaymentNews::CheckoutCompleted).all(|told| {
        (told.order, &told.session, &told.payment)
            == (Some(purchase.order), &Some(checkout.session.clone()), &Some(payment.id.clone()))
    }));
    assert!(of(PaymentNews::CheckoutExpired).all(|told| told.session == Some(ended.session.clone())));
    let payment = Some(payment.id);
    for news in [PaymentNews::PaymentSucceeded, PaymentNews::Refunded, PaymentNews::Disputed] {
        assert!(of(news.clone()).all(|told| told.payment == payment), "{news:?}");
    }
    assert!(of(PaymentNews::Refunded).any(|told| told.refund == Some(refund)));
    assert!(of(PaymentNews::Disputed).all(|told| told.dispute.is_some()));
}

fn purchase(now: Timestamp) -> Purchase {
    Purchase {
        order: OrderId::new(now, 1),
        attempt: 1,
        lines: vec![PurchaseLine { title: "Watercolour".into(), amount: 4900 }],
        discount: None,
        currency: Currency::Eur,
        buyer: "ada@example.com".parse().unwrap(),
        success_url: "http://127.0.0.1/done".into(),
        cancel_url: "http://127.0.0.1/cart".into(),
        expires: now.plus(Duration::from_secs(3600)),
        language: "en".into(),
    }
}

/// Whoever comes to the sandbox at that port.
struct Visitor(u16);

impl Visitor {
    /// Types a card's number into the page of a purchase, and sends it.
    async fn type_in(&self, checkout: &Checkout, card: &str) {
        let path = checkout.url.split_once(&format!(":{}", self.0)).unwrap().1;
        let (status, body) = send(self.0, &format!("POST {path}"), FORM, &format!("card={card}")).await;
        assert_eq!(status, 303, "{body}");
    }

    /// Chooses something from the menu.
    async fn choose(&self, what: &str, how: Value) {
        let (status, body) = send(self.0, what, "application/json", &how.to_string()).await;
        assert_eq!(status, 200, "{what} {how}: {body}");
    }

    async fn act(&self, action: Value) {
        self.choose("POST /faults/actions", action).await;
    }

    /// The charge that brought a payment's money.
    async fn charge(&self, payment: &PaymentId) -> String {
        let (_, body) = send(self.0, &format!("GET /v1/payment_intents/{payment}"), FORM, "").await;
        let intent: Value = serde_json::from_str(&body).unwrap();
        intent["latest_charge"].as_str().unwrap().to_owned()
    }
}

#[async_trait]
impl Buyer for Visitor {
    async fn pay(&self, checkout: &Checkout) {
        self.type_in(checkout, "4242424242424242").await;
    }

    async fn decline(&self, checkout: &Checkout) {
        self.type_in(checkout, "4000000000000002").await;
    }

    async fn dispute(&self, payment: &PaymentId) {
        let charge = self.charge(payment).await;
        self.act(json!({ "action": "dispute", "charge": charge })).await;
    }

    async fn decide(&self, dispute: &DisputeId, won: bool) {
        let outcome = if won { "won" } else { "lost" };
        self.act(json!({ "action": "close", "dispute": dispute, "outcome": outcome })).await;
    }

    async fn refund_there(&self, payment: &PaymentId, amount: i64) {
        let charge = self.charge(payment).await;
        self.act(json!({ "action": "refund", "charge": charge, "amount": amount })).await;
    }

    async fn outage(&self, outage: Outage) {
        self.choose("DELETE /faults/rules", json!({})).await;
        match outage {
            Outage::None => {}
            Outage::Down => self.choose("PUT /faults/rules/outage", json!({})).await,
            Outage::Mute => self.choose("PUT /faults/rules/lose-answer", json!({})).await,
            Outage::Late(by) => {
                self.choose("PUT /faults/rules/slow", json!({ "millis": by.as_millis() as u64 })).await;
            }
        }
    }
}
