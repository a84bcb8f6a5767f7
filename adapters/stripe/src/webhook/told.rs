//! What an event says. Pure: whatever arrives is either one of Stripe's or nothing.

use crate::answers::{ORDER, REFUND};
use domain::payment::{DisputeId, PaymentId, SessionId};
use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use services::ports::{PaymentNews, Told};
use std::str::FromStr;

/// Reads an event (API reference, "The Event object"); `None` where it is none. Who posted it, [`Signatures`](super::Signatures) says.
pub fn told(body: &[u8]) -> Option<Told> {
    let event: Event = serde_json::from_slice(body).ok()?;
    if event.object != "event" {
        return None;
    }
    let object = &event.data["object"];
    let kind = object["object"].as_str().unwrap_or_default();
    let id = |wanted: &str| (kind == wanted).then(|| text(&object["id"])).flatten();
    let payment = id("payment_intent").or_else(|| named(&object["payment_intent"]));
    Some(Told {
        event: event.id,
        created: Timestamp::from_seconds(event.created),
        live: event.livemode,
        order: ours(&object["metadata"][ORDER]).or_else(|| ours(&object["client_reference_id"])),
        session: id("checkout.session").map(SessionId),
        payment: payment.map(PaymentId),
        refund: if kind == "refund" { ours(&object["metadata"][REFUND]) } else { None },
        dispute: id("dispute").map(DisputeId),
        news: news(event.kind),
    })
}

#[derive(Deserialize)]
struct Event {
    id: String,
    object: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    #[serde(default)]
    livemode: bool,
    #[serde(default)]
    data: Value,
}

fn news(kind: String) -> PaymentNews {
    match kind.as_str() {
        "checkout.session.completed" => PaymentNews::CheckoutCompleted,
        "checkout.session.async_payment_succeeded" => PaymentNews::CheckoutPaid,
        "checkout.session.async_payment_failed" => PaymentNews::CheckoutFailed,
        "checkout.session.expired" => PaymentNews::CheckoutExpired,
        "payment_intent.succeeded" => PaymentNews::PaymentSucceeded,
        "payment_intent.payment_failed" => PaymentNews::PaymentFailed,
        "charge.refunded"
        | "charge.refund.updated"
        | "refund.created"
        | "refund.updated"
        | "refund.failed" => PaymentNews::Refunded,
        "charge.dispute.created"
        | "charge.dispute.updated"
        | "charge.dispute.closed"
        | "charge.dispute.funds_withdrawn"
        | "charge.dispute.funds_reinstated" => PaymentNews::Disputed,
        _ => PaymentNews::Other(kind),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// What is named may come along whole.
fn named(value: &Value) -> Option<String> {
    text(value).or_else(|| text(&value["id"]))
}

fn ours<T: FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{OrderId, RefundId};
    use proptest::prelude::*;
    use serde_json::json;

    fn event(kind: &str, object: &Value) -> Vec<u8> {
        let event = json!({
            "id": "evt_1", "object": "event", "type": kind, "created": 1_780_000_000, "livemode": false,
            "api_version": "2026-09-30.endive", "data": { "object": object }, "pending_webhooks": 1, "request": null,
        });
        event.to_string().into_bytes()
    }

    fn order() -> OrderId {
        OrderId::new(Timestamp::from_seconds(1_780_000_000), 7)
    }

    #[test]
    fn a_page_is_named_with_its_order_and_payment() {
        let session = json!({
            "id": "cs_test_1", "object": "checkout.session", "client_reference_id": order(), "metadata": {},
            "payment_intent": "pi_1", "payment_status": "paid",
        });
        let found = told(&event("checkout.session.completed", &session)).unwrap();
        let expected = Told {
            event: "evt_1".into(),
            created: Timestamp::from_seconds(1_780_000_000),
            news: PaymentNews::CheckoutCompleted,
            live: false,
            order: Some(order()),
            session: Some(SessionId("cs_test_1".into())),
            payment: Some(PaymentId("pi_1".into())),
            refund: None,
            dispute: None,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn refunds_and_disputes_are_named_with_their_payment() {
        let ours = RefundId::new(Timestamp::from_seconds(1), 7);
        let refund = json!({
            "id": "re_1", "object": "refund", "payment_intent": { "id": "pi_1", "object": "payment_intent" },
            "metadata": { "refund": ours },
        });
        let found = told(&event("refund.updated", &refund)).unwrap();
        assert_eq!((found.news, found.refund, found.order), (PaymentNews::Refunded, Some(ours), None));
        assert_eq!(found.payment, Some(PaymentId("pi_1".into())));

        let dispute = json!({ "id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "metadata": {} });
        let found = told(&event("charge.dispute.closed", &dispute)).unwrap();
        assert_eq!((found.news, found.dispute), (PaymentNews::Disputed, Some(DisputeId("dp_1".into()))));
        assert_eq!((found.payment, found.order), (Some(PaymentId("pi_1".into())), None));

        let charge = json!({ "id": "ch_1", "object": "charge", "payment_intent": null, "metadata": { "order": "no id" } });
        let found = told(&event("charge.refunded", &charge)).unwrap();
        assert_eq!((found.news, found.payment, found.order), (PaymentNews::Refunded, None, None));
    }

    #[test]
    fn a_payment_is_named_by_itself() {
        let intent = json!({ "id": "pi_1", "object": "payment_intent", "metadata": { "order": order() } });
        for (kind, news) in [
            ("payment_intent.succeeded", PaymentNews::PaymentSucceeded),
            ("payment_intent.payment_failed", PaymentNews::PaymentFailed),
        ] {
            let found = told(&event(kind, &intent)).unwrap();
            assert_eq!(
                (found.news, found.payment, found.order),
                (news, Some(PaymentId("pi_1".into())), Some(order()))
            );
        }
    }

    #[test]
    fn kinds_that_nobody_knows_yet_are_kept_by_their_name() {
        for object in [json!({ "id": "x_1", "object": "x" }), Value::Null, json!([]), json!("x")] {
            let found = told(&event("x.y_z.w", &object)).unwrap();
            assert_eq!(found.news, PaymentNews::Other("x.y_z.w".into()));
        }
        // Events of the second version name what they are about, and leave it out.
        let thin = br#"{"id":"evt_2","object":"event","type":"v2.x","created":1}"#;
        assert_eq!(told(thin).unwrap().news, PaymentNews::Other("v2.x".into()));
    }

    #[test]
    fn what_is_no_event_is_none() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"id":"evt_1"}"#,
            r#"{"id":1,"object":"event","type":"x","created":1}"#,
        ] {
            assert_eq!(told(body.as_bytes()), None, "{body}");
        }
        let refund = json!({ "id": "re_1", "object": "refund", "type": "x", "created": 1 });
        assert_eq!(told(refund.to_string().as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_event_or_none(body: Vec<u8>) {
            prop_assert_eq!(told(&body), None);
        }
    }
}
