//! What Stripe, and what lies between, may answer, and what becomes of it.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod service;

use domain::id::{OrderId, RefundId};
use domain::money::Currency;
use domain::payment::{PaymentId, SessionId};
use domain::time::Timestamp;
use serde_json::{Value, json};
use service::{Answer, Service, adapter};
use services::ports::{
    CheckoutStatus, DisputeStatus, MovementKind, Payments, PaymentsError, Purchase, PurchaseLine,
    RefundRequest, RefundStatus,
};

fn session() -> SessionId {
    SessionId("cs_test_1".into())
}

fn purchase() -> Purchase {
    let line = |title: &str, amount| PurchaseLine { title: title.into(), amount };
    Purchase {
        order: OrderId::new(Timestamp::from_seconds(1_780_000_000), 1),
        attempt: 2,
        lines: vec![line("Watercolour & more", 4900), line("水彩画", 100)],
        discount: Some(line("A coupon whose name is longer than forty letters", 500)),
        currency: Currency::Eur,
        buyer: "ada@example.com".parse().unwrap(),
        success_url: "https://stoa.example/done".into(),
        cancel_url: "https://stoa.example/cart".into(),
        expires: Timestamp::from_seconds(1_780_003_600),
        language: "de-AT".into(),
    }
}

fn error(status: u16, kind: &str, code: &str) -> Answer {
    Answer::Json(status, json!({ "error": { "type": kind, "code": code, "message": "Words of Stripe's." } }))
}

async fn status_after(answer: Answer) -> Result<CheckoutStatus, PaymentsError> {
    Service::answering([answer]).await.adapter().status(&session()).await
}

#[tokio::test]
async fn what_may_work_later_is_told_from_what_never_will() {
    for passing in [
        error(429, "invalid_request_error", "rate_limit"),
        error(409, "idempotency_error", "idempotency_key_in_use"),
        error(500, "api_error", ""),
        error(503, "api_error", ""),
        error(401, "invalid_request_error", "api_key_expired"),
        error(429, "a_type_of_tomorrow", "a_code_of_tomorrow"),
        Answer::Page(502, "<html>Bad gateway</html>"),
        Answer::Page(503, ""),
        Answer::Page(500, "null"),
        Answer::Broken,
        Answer::Silence,
    ] {
        let found = status_after(passing).await;
        assert!(matches!(found, Err(PaymentsError::Unavailable(_))), "{found:?}");
    }
    let found = status_after(error(404, "invalid_request_error", "resource_missing")).await;
    let Err(PaymentsError::Refused { message }) = found else { panic!("{found:?}") };
    assert_eq!(message, "Words of Stripe's. (404, resource_missing)");
    for wrong in [
        Answer::Page(200, "<html>Welcome to the hotel's network</html>"),
        Answer::Json(200, json!({ "id": 1 })),
    ] {
        let found = status_after(wrong).await;
        assert!(matches!(found, Err(PaymentsError::Internal(_))), "{found:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_worth_another_try() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let found = adapter(&format!("http://{closed}")).status(&session()).await;
    assert!(matches!(found, Err(PaymentsError::Unavailable(_))), "{found:?}");
}

#[tokio::test]
async fn what_fails_is_not_repeated_behind_the_callers_back() {
    let failing = || error(503, "api_error", "");
    let service = Service::answering([failing(), failing(), failing()]).await;
    assert!(service.adapter().open(&purchase()).await.is_err());
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn what_is_asked_for_is_what_stripe_documents() {
    let made =
        json!({ "id": "cs_test_1", "url": "https://checkout.stripe.com/c/1", "expires_at": 1_780_003_600 });
    let service =
        Service::answering([Answer::Json(200, json!({ "id": "Zx9" })), Answer::Json(200, made)]).await;
    let purchase = purchase();
    let checkout = service.adapter().open(&purchase).await.unwrap();
    assert_eq!((checkout.session, checkout.expires), (session(), purchase.expires));
    let asked = service.asked();
    let [coupon, page] = &asked[..] else { panic!("{asked:?}") };
    for asked in [coupon, page] {
        assert_eq!(asked.header("authorization"), Some("Bearer sk_test_stoa"));
        assert_eq!(asked.header("stripe-version"), Some("2026-09-30.endive"));
        assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
    let order = purchase.order;
    assert_eq!(coupon.what, "POST /v1/coupons");
    assert_eq!(coupon.header("idempotency-key"), Some(&*format!("order-{order}-coupon-2")));
    assert_eq!(page.what, "POST /v1/checkout/sessions");
    assert_eq!(page.header("idempotency-key"), Some(&*format!("order-{order}-checkout-2")));
    let fields = form(&coupon.body);
    let expected = json!({
        "amount_off": "500", "currency": "eur", "duration": "once", "max_redemptions": "1",
        "metadata[order]": order, "name": "A coupon whose name is longer than forty",
    });
    assert_eq!(fields, expected);
    let expected = json!({
        "adaptive_pricing[enabled]": "false", "cancel_url": "https://stoa.example/cart",
        "client_reference_id": order, "customer_email": "ada@example.com", "discounts[0][coupon]": "Zx9",
        "expires_at": "1780003600", "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][product_data][name]": "Watercolour & more",
        "line_items[0][price_data][unit_amount]": "4900", "line_items[0][quantity]": "1",
        "line_items[1][price_data][currency]": "eur", "line_items[1][price_data][product_data][name]": "水彩画",
        "line_items[1][price_data][unit_amount]": "100", "line_items[1][quantity]": "1", "locale": "de",
        "metadata[order]": order, "mode": "payment", "payment_intent_data[metadata][order]": order,
        "success_url": "https://stoa.example/done",
    });
    assert_eq!(form(&page.body), expected);
}

#[tokio::test]
async fn a_language_that_stripes_page_does_not_speak_is_the_browsers() {
    for (language, locale) in
        [("de", "de"), ("pt-BR", "pt-BR"), ("pt-AO", "pt"), ("zh-TW", "zh-TW"), ("tlh", "auto"), ("", "auto")]
    {
        let service = Service::answering([]).await;
        let purchase = Purchase { language: language.into(), discount: None, ..purchase() };
        assert!(service.adapter().open(&purchase).await.is_err());
        assert_eq!(form(&service.asked()[0].body)["locale"], locale, "{language}");
    }
}

/// The fields of a form (URL Standard, §5.1).
fn form(body: &str) -> Value {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let fields = body.split('&').map(|field| field.split_once('=').unwrap());
    fields
        .map(|(name, value)| (decoded(name), Value::String(decoded(value))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn page(status: &str, payment_status: &str, intent: Value) -> Answer {
    let page = json!({
        "id": "cs_test_1", "status": status, "payment_status": payment_status, "payment_intent": intent,
        "ui_mode": "something new", "a_field_of_tomorrow": [1, 2.5, { "deep": null }],
    });
    Answer::Json(200, page)
}

fn tried(status: &str, failure: Option<&str>) -> Value {
    let failure = failure.map(|message| json!({ "code": "card_declined", "message": message }));
    json!({ "id": "pi_1", "status": status, "last_payment_error": failure })
}

#[tokio::test]
async fn a_page_stands_as_its_money_does() {
    let declined = || Some("Your card was declined.".to_owned());
    for (answer, expected) in [
        (page("open", "unpaid", Value::Null), CheckoutStatus::Open { failure: None }),
        (
            page("open", "unpaid", tried("requires_payment_method", Some("Your card was declined."))),
            CheckoutStatus::Open { failure: declined() },
        ),
        (page("complete", "unpaid", tried("processing", None)), CheckoutStatus::Processing),
        (page("complete", "unpaid", tried("a_status_of_tomorrow", None)), CheckoutStatus::Processing),
        (
            page("complete", "unpaid", tried("requires_payment_method", Some("Your card was declined."))),
            CheckoutStatus::Failed { failure: declined() },
        ),
        (page("complete", "unpaid", tried("canceled", None)), CheckoutStatus::Failed { failure: None }),
        (page("expired", "unpaid", Value::Null), CheckoutStatus::Expired),
        (
            page("a_status_of_tomorrow", "a_status_of_tomorrow", Value::Null),
            CheckoutStatus::Open { failure: None },
        ),
    ] {
        assert_eq!(status_after(answer).await.unwrap(), expected);
    }
}

fn intent(status: &str, disputed: bool) -> Answer {
    let charge = json!({ "id": "ch_1", "created": 1_780_000_100, "disputed": disputed, "receipt_url": "https://pay.stripe.com/r/1" });
    let intent = json!({
        "id": "pi_1", "status": status, "amount": 4900, "amount_received": 4900, "currency": "eur", "created": 1_780_000_000,
        "metadata": { "order": purchase().order }, "latest_charge": charge,
    });
    Answer::Json(200, intent)
}

fn list(data: &[Value], has_more: bool) -> Answer {
    Answer::Json(200, json!({ "object": "list", "data": data, "has_more": has_more }))
}

/// An adapter for a payment with these refunds and disputes. What is asked for at the same time comes in any order, so each
/// has a service of its own kind of answer.
async fn payment(refunds: &[Value], disputes: &[Value]) -> services::ports::Payment {
    // Which of two requests arrives first nobody knows: the one answer holds what the other needs, too.
    let mut both = json!({ "object": "list", "data": refunds, "has_more": false });
    let Answer::Json(_, intent) = intent("succeeded", !disputes.is_empty()) else { unreachable!() };
    both.as_object_mut().unwrap().extend(intent.as_object().unwrap().clone());
    let both = || Answer::Json(200, both.clone());
    let service = Service::answering([both(), both(), list(disputes, false)]).await;
    service.adapter().payment(&PaymentId("pi_1".into())).await.unwrap()
}

#[tokio::test]
async fn refunds_and_disputes_stand_as_stripe_says() {
    let refund =
        |status: Value| json!({ "id": "re_1", "amount": 100, "status": status, "created": 1_780_000_200 });
    for (status, expected) in [
        (json!("pending"), RefundStatus::Pending),
        (json!("requires_action"), RefundStatus::Pending),
        (json!("a_status_of_tomorrow"), RefundStatus::Pending),
        (Value::Null, RefundStatus::Pending),
        (json!("succeeded"), RefundStatus::Succeeded),
        (json!("failed"), RefundStatus::Failed("failed".into())),
        (json!("canceled"), RefundStatus::Failed("canceled".into())),
    ] {
        let found = payment(&[refund(status)], &[]).await;
        assert_eq!(found.refunds[0].status, expected);
        assert_eq!((found.order, found.paid.seconds()), (Some(purchase().order), 1_780_000_100));
    }
    for (status, expected) in [
        ("warning_needs_response", DisputeStatus::Inquiry),
        ("warning_closed", DisputeStatus::Inquiry),
        ("needs_response", DisputeStatus::Open),
        ("under_review", DisputeStatus::Open),
        ("a_status_of_tomorrow", DisputeStatus::Open),
        ("won", DisputeStatus::Won),
        ("lost", DisputeStatus::Lost),
        ("prevented", DisputeStatus::Lost),
    ] {
        let dispute = json!({ "id": "dp_1", "amount": 4900, "status": status, "reason": "fraudulent", "created": 1_780_000_300 });
        assert_eq!(payment(&[], &[dispute]).await.disputes[0].status, expected, "{status}");
    }
}

#[tokio::test]
async fn a_refund_that_was_made_is_found_when_its_key_is_forgotten() {
    let ours = RefundId::new(Timestamp::from_seconds(1_780_000_000), 9);
    let made = json!({
        "id": "re_1", "amount": 100, "status": "succeeded", "created": 1_780_000_200, "metadata": { "refund": ours },
    });
    let others = json!({ "id": "re_2", "amount": 100, "status": "succeeded", "created": 1_780_000_300 });
    let service = Service::answering([list(&[others], true), list(&[made], false)]).await;
    let request = RefundRequest {
        order: purchase().order,
        refund: ours,
        payment: PaymentId("pi_1".into()),
        amount: 100,
    };
    let found = service.adapter().refund(&request).await.unwrap();
    assert_eq!((found.id.0.as_str(), found.refund), ("re_1", Some(ours)));
    let asked: Vec<_> = service.asked().into_iter().map(|asked| asked.what).collect();
    let first = "GET /v1/refunds?limit=100&payment_intent=pi_1";
    assert_eq!(asked, [first.to_owned(), format!("{first}&starting_after=re_2")]);
}

#[tokio::test]
async fn the_book_is_in_the_money_that_buyers_paid() {
    let line = |category: &str, amount: i64, source: Value| {
        json!({
            "id": "txn_1", "reporting_category": category, "type": "x", "amount": amount, "currency": "usd", "created": 1_780_000_400,
            "net": amount, "fee": 0, "source": source,
        })
    };
    // A charge of 5,000 yen, which arrives as 33.10 dollars.
    let yen = json!({ "id": "ch_1", "amount": 5000, "currency": "jpy", "payment_intent": "pi_1" });
    for (line, kind, amount, currency) in [
        (line("charge", 3310, yen.clone()), MovementKind::Payment, 5000, Some(Currency::Jpy)),
        (line("refund", -3310, yen.clone()), MovementKind::Refund, -5000, Some(Currency::Jpy)),
        (line("refund_failure", 3310, yen.clone()), MovementKind::RefundFailed, 5000, Some(Currency::Jpy)),
        (line("dispute", -3310, yen.clone()), MovementKind::Disputed, -5000, Some(Currency::Jpy)),
        (line("dispute_reversal", 3310, yen.clone()), MovementKind::DisputeWon, 5000, Some(Currency::Jpy)),
        (
            line("payout", -9900, json!({ "id": "po_1", "amount": 9900, "currency": "usd" })),
            MovementKind::Other("payout".into()),
            -9900,
            Some(Currency::Usd),
        ),
        (line("fee", -20, Value::Null), MovementKind::Other("fee".into()), -20, Some(Currency::Usd)),
    ] {
        let service = Service::answering([list(&[line], true)]).await;
        let (from, until) =
            (Timestamp::from_millis(1_780_000_000_999), Timestamp::from_seconds(1_780_086_400));
        let page = service.adapter().movements(from, until, None).await.unwrap();
        let found = &page.movements[0];
        assert_eq!((&found.kind, found.amount, found.currency, page.more), (&kind, amount, currency, true));
    }
}
