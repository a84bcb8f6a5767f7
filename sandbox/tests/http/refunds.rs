use crate::support::{Playground, kinds};
use serde_json::Value;
use std::time::Duration;

/// What moved, in all.
async fn balance(playground: &Playground) -> i64 {
    let movements = playground.get("balance_transactions?limit=100").await.json();
    movements["data"].as_array().unwrap().iter().map(|movement| movement["amount"].as_i64().unwrap()).sum()
}

async fn charge(playground: &Playground, charge: &Value) -> Value {
    playground.get(&format!("charges/{}?expand[]=refunds", charge["id"].as_str().unwrap())).await.json()
}

#[tokio::test]
async fn money_goes_back_in_parts_and_never_more_than_came() {
    let mut playground = Playground::start().await;
    let (_, intent, paid) = playground.paid("4242424242424242").await;
    let id = intent["id"].as_str().unwrap();
    let part = playground
        .post("refunds", &[("payment_intent", id), ("amount", "500"), ("metadata[refund]", "1")])
        .await
        .json();
    assert_eq!((part["status"].as_str(), part["amount"].as_i64()), (Some("succeeded"), Some(500)));
    assert_eq!(part["metadata"]["refund"], "1");
    assert_eq!(kinds(&playground.endpoint.hear(2).await), ["charge.refunded", "refund.created"]);
    let now = charge(&playground, &paid).await;
    assert_eq!((now["amount_refunded"].as_i64(), now["refunded"].as_bool()), (Some(500), Some(false)));

    for amount in ["1501", "0", "-5", "x"] {
        assert_eq!(
            playground.post("refunds", &[("payment_intent", id), ("amount", amount)]).await.status,
            400
        );
    }
    let rest = playground.post("refunds", &[("charge", paid["id"].as_str().unwrap())]).await.json();
    assert_eq!(rest["amount"], 1500);
    let now = charge(&playground, &paid).await;
    assert_eq!(
        (now["refunded"].as_bool(), now["refunds"]["data"].as_array().unwrap().len()),
        (Some(true), 2)
    );
    let more = playground.post("refunds", &[("payment_intent", id)]).await;
    assert_eq!(more.error().2, "charge_already_refunded");
    assert_eq!(balance(&playground).await, 0);
    let listed = playground.get(&format!("refunds?payment_intent={id}")).await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refund_can_take_a_while() {
    let mut playground = Playground::start().await;
    let (_, intent, _) = playground.paid("4000000000007726").await;
    let refund =
        playground.post("refunds", &[("payment_intent", intent["id"].as_str().unwrap())]).await.json();
    assert_eq!(refund["status"], "pending");
    playground.endpoint.hear(2).await;
    playground.pass(Duration::from_secs(2));
    let updated = playground.endpoint.next().await;
    assert_eq!(
        (updated.kind(), &updated.event["data"]["object"]["status"]),
        ("refund.updated", &"succeeded".into())
    );
    assert_eq!(updated.event["data"]["previous_attributes"]["status"], "pending");
}

#[tokio::test]
async fn a_refund_that_fails_leaves_the_money_with_the_merchant() {
    let mut playground = Playground::start().await;
    let (_, intent, paid) = playground.paid("4000000000005126").await;
    let refund =
        playground.post("refunds", &[("payment_intent", intent["id"].as_str().unwrap())]).await.json();
    assert_eq!(refund["status"], "succeeded");
    playground.endpoint.hear(2).await;
    playground.pass(Duration::from_secs(2));
    assert_eq!(kinds(&playground.endpoint.hear(2).await), ["refund.failed", "refund.updated"]);
    let failed = playground.get(&format!("refunds/{}", refund["id"].as_str().unwrap())).await.json();
    assert_eq!((failed["status"].as_str(), failed["failure_reason"].is_string()), (Some("failed"), true));
    assert_eq!(charge(&playground, &paid).await["amount_refunded"], 0);
    assert_eq!(balance(&playground).await, 2000);
}

#[tokio::test]
async fn what_is_disputed_is_gone_until_the_merchant_wins() {
    let mut playground = Playground::start().await;
    let (_, intent, paid) = playground.paid("4000000000000259").await;
    playground.endpoint.hear(2).await;
    assert_eq!(balance(&playground).await, 0);
    let listed =
        playground.get(&format!("disputes?payment_intent={}", intent["id"].as_str().unwrap())).await.json();
    let dispute = &listed["data"][0];
    assert_eq!(
        (dispute["status"].as_str(), dispute["amount"].as_i64()),
        (Some("needs_response"), Some(2000))
    );
    assert_eq!(charge(&playground, &paid).await["disputed"], true);
    let refund = playground.post("refunds", &[("payment_intent", intent["id"].as_str().unwrap())]).await;
    assert_eq!(refund.error().2, "charge_disputed");

    let action =
        serde_json::json!({ "action": "close", "dispute": dispute["id"], "outcome": "won" }).to_string();
    assert_eq!(playground.act(&action).await.json()["status"], "won");
    assert_eq!(
        kinds(&playground.endpoint.hear(2).await),
        ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    );
    assert_eq!(balance(&playground).await, 2000);
    assert_eq!(playground.act(&action).await.status, 400, "it is closed already");
}

#[tokio::test]
async fn from_the_menu_a_payment_is_refunded_or_disputed_and_the_merchant_hears_of_it() {
    let mut playground = Playground::start().await;
    let (_, _, first) = playground.paid("4242424242424242").await;
    let (_, _, second) = playground.paid("4242424242424242").await;
    let refund = serde_json::json!({ "action": "refund", "charge": first["id"], "amount": 700 }).to_string();
    assert_eq!(playground.act(&refund).await.json()["amount"], 700);
    assert_eq!(kinds(&playground.endpoint.hear(2).await), ["charge.refunded", "refund.created"]);
    let dispute = serde_json::json!({ "action": "dispute", "charge": second["id"] }).to_string();
    let dispute = playground.act(&dispute).await.json();
    assert_eq!(
        kinds(&playground.endpoint.hear(2).await),
        ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    );
    let lost =
        serde_json::json!({ "action": "close", "dispute": dispute["id"], "outcome": "lost" }).to_string();
    assert_eq!(playground.act(&lost).await.json()["status"], "lost");
    assert_eq!(playground.endpoint.next().await.kind(), "charge.dispute.closed");
    assert_eq!(balance(&playground).await, 1300);
}
