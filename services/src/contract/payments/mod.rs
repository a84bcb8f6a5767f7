//! What every [`Payments`] does.

#![allow(clippy::unwrap_used, reason = "a suite is a test, compiled as a library")]

mod memory;

pub use memory::{MemoryPayments, Outage};

use super::Fixture;
use crate::ports::{
    Checkout, CheckoutStatus, DisputeStatus, MovementKind, Payment, Payments, PaymentsError, Purchase,
    PurchaseLine, RefundRequest, RefundStatus,
};
use async_trait::async_trait;
use domain::id::{OrderId, RefundId};
use domain::money::Currency;
use domain::payment::{DisputeId, MovementId, PaymentId, SessionId};
use domain::time::Timestamp;
use std::time::Duration;

/// Makes the tests; `$fresh` is a `fn() -> PaymentsFixture`.
#[macro_export]
macro_rules! payments_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::payments,
            [
                a_page_waits_for_its_buyer,
                a_purchase_opens_one_page,
                a_purchase_that_changed_needs_another_attempt,
                a_purchase_that_nobody_can_pay_is_refused,
                what_is_paid_is_the_list_price_less_the_discount,
                amounts_are_minor_units_of_their_currency,
                a_title_may_be_any_text,
                a_declined_card_leaves_the_page_open,
                a_page_that_was_ended_is_never_paid,
                a_page_that_nobody_pays_ends_by_itself,
                a_page_that_was_paid_cannot_be_ended,
                what_does_not_exist_is_refused,
                a_refund_is_done_once,
                no_more_is_given_back_than_was_paid,
                a_refund_made_over_there_is_seen_here,
                a_dispute_is_seen_with_its_outcome,
                the_book_holds_what_moved,
                the_book_is_read_in_pages,
                while_the_service_is_down_everything_is_worth_another_try,
                an_answer_that_was_lost_is_asked_for_again,
            ]
        );
    };
}

/// What a case gets.
pub struct PaymentsFixture {
    /// The adapter, and the clock of the service.
    pub payments: Fixture<dyn Payments>,
    /// The world around the service.
    pub buyer: Box<dyn Buyer>,
}

/// What people, banks and networks do.
#[async_trait]
pub trait Buyer: Send + Sync {
    /// Pays a page that is open, with a good card.
    async fn pay(&self, checkout: &Checkout);
    /// Tries to, with a card that is declined.
    async fn decline(&self, checkout: &Checkout);
    /// Disputes all of a payment.
    async fn dispute(&self, payment: &PaymentId);
    /// The bank's word on a dispute.
    async fn decide(&self, dispute: &DisputeId, won: bool);
    /// Somebody gives money back, on the service's own pages.
    async fn refund_there(&self, payment: &PaymentId, amount: i64);
    /// Has the service fail, or answer again.
    async fn outage(&self, outage: Outage);
}

impl PaymentsFixture {
    fn port(&self) -> &dyn Payments {
        &*self.payments.port
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.payments.pace.now().seconds())
    }

    /// A purchase of one course for 49 euros.
    fn purchase(&self) -> Purchase {
        Purchase {
            order: OrderId::new(self.now(), next()),
            attempt: 1,
            lines: vec![line("Watercolour for beginners", 4900)],
            discount: None,
            currency: Currency::Eur,
            buyer: "ada@example.com".parse().unwrap(),
            success_url: "http://127.0.0.1:3000/orders/done?session={CHECKOUT_SESSION_ID}".into(),
            cancel_url: "http://127.0.0.1:3000/orders/open".into(),
            expires: self.now().plus(Duration::from_secs(3600)),
            language: "en".into(),
        }
    }

    async fn open(&self, purchase: &Purchase) -> Checkout {
        self.port().open(purchase).await.unwrap()
    }

    async fn status(&self, checkout: &Checkout) -> CheckoutStatus {
        self.port().status(&checkout.session).await.unwrap()
    }

    /// Opens a purchase and pays it.
    async fn paid(&self, purchase: &Purchase) -> Payment {
        let checkout = self.open(purchase).await;
        self.buyer.pay(&checkout).await;
        match self.status(&checkout).await {
            CheckoutStatus::Paid(payment) => payment,
            other => panic!("{other:?}"),
        }
    }

    fn refund_of(&self, purchase: &Purchase, payment: &Payment, amount: i64) -> RefundRequest {
        let refund = RefundId::new(self.now(), next());
        RefundRequest { order: purchase.order, refund, payment: payment.id.clone(), amount }
    }
}

/// Tells the orders and refunds of a process apart: a service that others have used remembers theirs.
fn next() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    u128::from(RandomState::new().hash_one(0))
}

fn line(title: &str, amount: i64) -> PurchaseLine {
    PurchaseLine { title: title.into(), amount }
}

fn refused<T: std::fmt::Debug>(result: Result<T, PaymentsError>) {
    assert!(matches!(result, Err(PaymentsError::Refused { .. })), "{result:?}");
}

fn unavailable<T: std::fmt::Debug>(result: Result<T, PaymentsError>) {
    assert!(matches!(result, Err(PaymentsError::Unavailable(_))), "{result:?}");
}

#[allow(missing_docs)]
pub async fn a_page_waits_for_its_buyer(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let checkout = fixture.open(&purchase).await;
    assert!(checkout.url.starts_with("http"), "{checkout:?}");
    assert_eq!(checkout.expires, purchase.expires);
    assert_eq!(fixture.status(&checkout).await, CheckoutStatus::Open { failure: None });
}

#[allow(missing_docs)]
pub async fn a_purchase_opens_one_page(fixture: &PaymentsFixture) {
    let discount = Some(line("SPRING", 900));
    let purchase = Purchase { discount, ..fixture.purchase() };
    let (first, second) = tokio::join!(fixture.port().open(&purchase), fixture.port().open(&purchase));
    // Of two at the same time one may have to ask again.
    let checkout = first.or(second).unwrap();
    assert_eq!(fixture.open(&purchase).await, checkout);
    fixture.buyer.pay(&checkout).await;
    assert_eq!(
        fixture.open(&purchase).await.session,
        checkout.session,
        "a page that is paid is the same still"
    );
    let again = fixture.open(&Purchase { attempt: 2, ..purchase }).await;
    assert_ne!(again.session, checkout.session);
    let other = fixture.open(&fixture.purchase()).await;
    assert_ne!(other.session, checkout.session);
}

#[allow(missing_docs)]
pub async fn a_purchase_that_changed_needs_another_attempt(fixture: &PaymentsFixture) {
    let purchase = Purchase { discount: Some(line("SPRING", 900)), ..fixture.purchase() };
    let checkout = fixture.open(&purchase).await;
    for changed in [
        Purchase { lines: vec![line("Watercolour for beginners", 4800)], ..purchase.clone() },
        Purchase { discount: Some(line("SPRING", 800)), ..purchase.clone() },
        Purchase { currency: Currency::Usd, ..purchase.clone() },
    ] {
        refused(fixture.port().open(&changed).await);
        let next = Purchase { attempt: changed.attempt + 1, order: fixture.purchase().order, ..changed };
        assert_ne!(fixture.open(&next).await.session, checkout.session);
    }
    assert_eq!(fixture.open(&purchase).await, checkout);
}

#[allow(missing_docs)]
pub async fn a_purchase_that_nobody_can_pay_is_refused(fixture: &PaymentsFixture) {
    let (now, purchase) = (fixture.now(), || fixture.purchase());
    for wrong in [
        Purchase { lines: vec![], ..purchase() },
        Purchase { lines: vec![line("Free", 0)], ..purchase() },
        Purchase { lines: vec![line("Less than nothing", -4900)], ..purchase() },
        Purchase { lines: vec![line("", 4900)], ..purchase() },
        Purchase { discount: Some(line("ALL", 4900)), ..purchase() },
        Purchase { discount: Some(line("MORE", 5000)), ..purchase() },
        Purchase { expires: now, ..purchase() },
        Purchase { expires: now.plus(Duration::from_secs(60)), ..purchase() },
        Purchase { expires: now.plus(Duration::from_secs(48 * 3600)), ..purchase() },
    ] {
        refused(fixture.port().open(&wrong).await);
    }
}

#[allow(missing_docs)]
pub async fn what_is_paid_is_the_list_price_less_the_discount(fixture: &PaymentsFixture) {
    let before = fixture.now();
    let lines = vec![line("Watercolour", 4900), line("Perspective", 2550), line("A gift", 0)];
    let purchase = Purchase { lines, discount: Some(line("SPRING25", 1863)), ..fixture.purchase() };
    let checkout = fixture.open(&purchase).await;
    fixture.buyer.pay(&checkout).await;
    let CheckoutStatus::Paid(payment) = fixture.status(&checkout).await else { panic!("it is paid") };
    assert_eq!(
        (payment.amount, payment.currency, payment.order),
        (5587, Currency::Eur, Some(purchase.order))
    );
    assert_eq!((&*payment.refunds, &*payment.disputes), (&[][..], &[][..]));
    fixture.payments.pace.assert_time(payment.paid, before..=fixture.payments.pace.now());
    assert_eq!(fixture.port().payment(&payment.id).await.unwrap(), payment);
}

#[allow(missing_docs)]
pub async fn amounts_are_minor_units_of_their_currency(fixture: &PaymentsFixture) {
    // Of two, of no and of three decimals; of three, Stripe takes no thousandths.
    for (code, amount) in [("USD", 4999), ("JPY", 5000), ("KWD", 12_340)] {
        let currency: Currency = code.parse().unwrap();
        let purchase = Purchase { currency, lines: vec![line("A course", amount)], ..fixture.purchase() };
        let payment = fixture.paid(&purchase).await;
        assert_eq!((payment.amount, payment.currency), (amount, currency));
        let refund = fixture.refund_of(&purchase, &payment, amount);
        assert_eq!(fixture.port().refund(&refund).await.unwrap().amount, amount);
    }
}

#[allow(missing_docs)]
pub async fn a_title_may_be_any_text(fixture: &PaymentsFixture) {
    for title in
        ["Grüße & Küsse = 100% [new] + more; \"x\" <b>", "水彩画 😀", "a=b&c[d]=e%20f", &"long ".repeat(30)]
    {
        let title = title.trim();
        let discount = Some(line(title, 100));
        let purchase = Purchase { lines: vec![line(title, 4900)], discount, ..fixture.purchase() };
        assert_eq!(fixture.paid(&purchase).await.amount, 4800, "{title}");
    }
}

#[allow(missing_docs)]
pub async fn a_declined_card_leaves_the_page_open(fixture: &PaymentsFixture) {
    let checkout = fixture.open(&fixture.purchase()).await;
    fixture.buyer.decline(&checkout).await;
    let CheckoutStatus::Open { failure: Some(why) } = fixture.status(&checkout).await else {
        panic!("it is open, and says why it was not paid")
    };
    assert!(!why.is_empty());
    fixture.buyer.pay(&checkout).await;
    assert!(matches!(fixture.status(&checkout).await, CheckoutStatus::Paid(_)));
}

#[allow(missing_docs)]
pub async fn a_page_that_was_ended_is_never_paid(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let checkout = fixture.open(&purchase).await;
    for _ in 0..2 {
        fixture.port().expire(&checkout.session).await.unwrap();
        assert_eq!(fixture.status(&checkout).await, CheckoutStatus::Expired);
    }
    let again = fixture.open(&Purchase { attempt: 2, ..purchase }).await;
    assert_eq!(fixture.status(&again).await, CheckoutStatus::Open { failure: None });
}

#[allow(missing_docs)]
pub async fn a_page_that_nobody_pays_ends_by_itself(fixture: &PaymentsFixture) {
    let checkout = fixture.open(&fixture.purchase()).await;
    fixture.payments.clock.advance(Duration::from_secs(3599));
    assert_eq!(fixture.status(&checkout).await, CheckoutStatus::Open { failure: None });
    fixture.payments.clock.advance(Duration::from_secs(1));
    // A service may take a moment to notice.
    let mut looks = 0;
    while fixture.status(&checkout).await != CheckoutStatus::Expired {
        looks += 1;
        assert!(looks < 200, "it ends");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    fixture.port().expire(&checkout.session).await.unwrap();
}

#[allow(missing_docs)]
pub async fn a_page_that_was_paid_cannot_be_ended(fixture: &PaymentsFixture) {
    let checkout = fixture.open(&fixture.purchase()).await;
    fixture.buyer.pay(&checkout).await;
    refused(fixture.port().expire(&checkout.session).await);
    assert!(matches!(fixture.status(&checkout).await, CheckoutStatus::Paid(_)));
}

#[allow(missing_docs)]
pub async fn what_does_not_exist_is_refused(fixture: &PaymentsFixture) {
    let known = fixture.open(&fixture.purchase()).await.session.0;
    for id in ["", "cs_test_unknown", "pi_unknown", "..", "a/b", "?expand=x", "😀", &known[..known.len() - 1]]
    {
        refused(fixture.port().status(&SessionId(id.into())).await);
        refused(fixture.port().expire(&SessionId(id.into())).await);
        refused(fixture.port().payment(&PaymentId(id.into())).await);
        let nothing = RefundRequest {
            order: fixture.purchase().order,
            refund: RefundId::new(fixture.now(), next()),
            payment: PaymentId(id.into()),
            amount: 100,
        };
        refused(fixture.port().refund(&nothing).await);
    }
}

#[allow(missing_docs)]
pub async fn a_refund_is_done_once(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let payment = fixture.paid(&purchase).await;
    let request = fixture.refund_of(&purchase, &payment, 1000);
    let refund = fixture.port().refund(&request).await.unwrap();
    assert_eq!((refund.amount, refund.refund), (1000, Some(request.refund)));
    assert!(matches!(refund.status, RefundStatus::Pending | RefundStatus::Succeeded), "{refund:?}");
    assert_eq!(fixture.port().refund(&request).await.unwrap().id, refund.id);
    let second = fixture.refund_of(&purchase, &payment, 1000);
    let second = fixture.port().refund(&second).await.unwrap();
    assert_ne!(second.id, refund.id, "another refund of as much is another");
    assert_eq!(fixture.port().refund(&request).await.unwrap().id, refund.id);
    let refunds = fixture.port().payment(&payment.id).await.unwrap().refunds;
    let found: Vec<_> = refunds.iter().map(|refund| (&refund.id, refund.amount)).collect();
    assert_eq!(found.len(), 2, "{refunds:?}");
    assert!(found.contains(&(&refund.id, 1000)) && found.contains(&(&second.id, 1000)), "{refunds:?}");
}

#[allow(missing_docs)]
pub async fn no_more_is_given_back_than_was_paid(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let payment = fixture.paid(&purchase).await;
    for amount in [4901, 0, -1] {
        refused(fixture.port().refund(&fixture.refund_of(&purchase, &payment, amount)).await);
    }
    fixture.port().refund(&fixture.refund_of(&purchase, &payment, 4000)).await.unwrap();
    refused(fixture.port().refund(&fixture.refund_of(&purchase, &payment, 901)).await);
    fixture.port().refund(&fixture.refund_of(&purchase, &payment, 900)).await.unwrap();
    refused(fixture.port().refund(&fixture.refund_of(&purchase, &payment, 1)).await);
    let given: i64 =
        fixture.port().payment(&payment.id).await.unwrap().refunds.iter().map(|r| r.amount).sum();
    assert_eq!(given, 4900);
}

#[allow(missing_docs)]
pub async fn a_refund_made_over_there_is_seen_here(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let payment = fixture.paid(&purchase).await;
    fixture.buyer.refund_there(&payment.id, 700).await;
    let refunds = fixture.port().payment(&payment.id).await.unwrap().refunds;
    let found: Vec<_> = refunds.iter().map(|refund| (refund.amount, refund.refund)).collect();
    assert_eq!(found, [(700, None)]);
    refused(fixture.port().refund(&fixture.refund_of(&purchase, &payment, 4900)).await);
}

#[allow(missing_docs)]
pub async fn a_dispute_is_seen_with_its_outcome(fixture: &PaymentsFixture) {
    for (won, outcome) in [(true, DisputeStatus::Won), (false, DisputeStatus::Lost)] {
        let payment = fixture.paid(&fixture.purchase()).await;
        fixture.buyer.dispute(&payment.id).await;
        let disputes = fixture.port().payment(&payment.id).await.unwrap().disputes;
        let [dispute] = &disputes[..] else { panic!("{disputes:?}") };
        assert_eq!((dispute.amount, dispute.status), (4900, DisputeStatus::Open));
        fixture.buyer.decide(&dispute.id, won).await;
        let disputes = fixture.port().payment(&payment.id).await.unwrap().disputes;
        let found: Vec<_> = disputes.iter().map(|dispute| dispute.status).collect();
        assert_eq!(found, [outcome]);
    }
}

/// What moved for a payment from a time on, the newest first.
async fn moved(fixture: &PaymentsFixture, from: Timestamp, payment: &PaymentId) -> Vec<(MovementKind, i64)> {
    let until = fixture.now().plus(Duration::from_secs(60));
    let page = fixture.port().movements(from, until, None).await.unwrap();
    let lines = page.movements.into_iter().filter(|line| line.payment.as_ref() == Some(payment));
    lines
        .inspect(|line| {
            assert!(line.currency == Some(Currency::Eur) && (from..until).contains(&line.at), "{line:?}")
        })
        .map(|line| (line.kind, line.amount))
        .collect()
}

#[allow(missing_docs)]
pub async fn the_book_holds_what_moved(fixture: &PaymentsFixture) {
    let from = fixture.now();
    let purchase = fixture.purchase();
    let payment = fixture.paid(&purchase).await;
    fixture.payments.pace.pass(Duration::from_secs(2)).await;
    fixture.port().refund(&fixture.refund_of(&purchase, &payment, 900)).await.unwrap();
    let refunded = fixture.now();
    fixture.payments.pace.pass(Duration::from_secs(2)).await;
    fixture.open(&fixture.purchase()).await;
    let all = [(MovementKind::Refund, -900), (MovementKind::Payment, 4900)];
    assert_eq!(moved(fixture, from, &payment.id).await, all);
    assert_eq!(moved(fixture, refunded, &payment.id).await, all[..1]);
    let before = fixture.port().movements(from.minus(Duration::from_secs(60)), from, None).await.unwrap();
    assert!(before.movements.iter().all(|line| line.payment.as_ref() != Some(&payment.id)), "{before:?}");

    let disputed = fixture.paid(&fixture.purchase()).await;
    fixture.buyer.dispute(&disputed.id).await;
    let taken = [(MovementKind::Disputed, -4900), (MovementKind::Payment, 4900)];
    assert_eq!(moved(fixture, from, &disputed.id).await, taken);
    let dispute = fixture.port().payment(&disputed.id).await.unwrap().disputes.remove(0).id;
    fixture.buyer.decide(&dispute, true).await;
    assert_eq!(moved(fixture, from, &disputed.id).await[0], (MovementKind::DisputeWon, 4900));
}

#[allow(missing_docs)]
pub async fn the_book_is_read_in_pages(fixture: &PaymentsFixture) {
    let from = fixture.now();
    let purchase = Purchase { lines: vec![line("A course", 20_000)], ..fixture.purchase() };
    let payment = fixture.paid(&purchase).await;
    for _ in 0..120 {
        fixture.port().refund(&fixture.refund_of(&purchase, &payment, 100)).await.unwrap();
    }
    let until = fixture.now().plus(Duration::from_secs(60));
    let (mut amounts, mut after, mut pages) = (Vec::new(), None::<MovementId>, 0);
    loop {
        let page = fixture.port().movements(from, until, after.as_ref()).await.unwrap();
        pages += 1;
        after = page.movements.last().map(|line| line.id.clone());
        amounts.extend(page.movements.into_iter().map(|line| line.amount));
        if !page.more {
            break;
        }
    }
    assert_eq!((pages, amounts.len(), amounts.iter().sum::<i64>()), (2, 121, 8000));
    assert_eq!(
        fixture.port().payment(&payment.id).await.unwrap().refunds.len(),
        120,
        "nor is any other list cut"
    );
}

#[allow(missing_docs)]
pub async fn while_the_service_is_down_everything_is_worth_another_try(fixture: &PaymentsFixture) {
    let purchase = fixture.purchase();
    let payment = fixture.paid(&purchase).await;
    let checkout = fixture.open(&purchase).await;
    let (next, refund) = (fixture.purchase(), fixture.refund_of(&purchase, &payment, 4900));
    fixture.buyer.outage(Outage::Down).await;
    unavailable(fixture.port().open(&next).await);
    unavailable(fixture.port().status(&checkout.session).await);
    unavailable(fixture.port().expire(&checkout.session).await);
    unavailable(fixture.port().payment(&payment.id).await);
    unavailable(fixture.port().refund(&refund).await);
    unavailable(fixture.port().movements(payment.paid, fixture.now(), None).await);
    fixture.buyer.outage(Outage::None).await;
    assert_eq!(fixture.port().payment(&payment.id).await.unwrap(), payment);
    fixture.open(&next).await;
    fixture.port().refund(&refund).await.unwrap();
}

#[allow(missing_docs)]
pub async fn an_answer_that_was_lost_is_asked_for_again(fixture: &PaymentsFixture) {
    let purchase = Purchase { discount: Some(line("SPRING", 900)), ..fixture.purchase() };
    fixture.buyer.outage(Outage::Mute).await;
    unavailable(fixture.port().open(&purchase).await);
    fixture.buyer.outage(Outage::None).await;
    let payment = fixture.paid(&purchase).await;
    let refund = fixture.refund_of(&purchase, &payment, 4000);
    fixture.buyer.outage(Outage::Mute).await;
    unavailable(fixture.port().refund(&refund).await);
    fixture.buyer.outage(Outage::None).await;
    let made = fixture.port().refund(&refund).await.unwrap();
    let refunds = fixture.port().payment(&payment.id).await.unwrap().refunds;
    assert_eq!((refunds.len(), &refunds[0].id), (1, &made.id), "it was done once");
}
