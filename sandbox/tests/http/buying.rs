use crate::support::{BEGIN, OLD_SECRET, Playground, SECRET, kinds};
use std::time::Duration;

#[tokio::test]
async fn who_pays_is_led_back_and_the_merchant_hears_of_it_and_reads_that_it_is_paid() {
    let mut playground = Playground::start().await;
    let session = playground.session().await;
    assert_eq!(
        (session["status"].as_str(), session["payment_status"].as_str()),
        (Some("open"), Some("unpaid"))
    );
    assert_eq!(session["amount_total"], 2000);
    assert!(session["payment_intent"].is_null());

    let page = playground.page(session["url"].as_str().unwrap()).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Geometry"), "{}", page.text);

    let id = session["id"].as_str().unwrap();
    let paid = playground.pay(&session, "4242 4242 4242 4242").await;
    assert_eq!(paid.status, 303);
    assert_eq!(paid.header("location"), format!("http://127.0.0.1:9/return?session={id}"));

    let heard = playground.endpoint.hear(4).await;
    assert_eq!(
        kinds(&heard),
        [
            "charge.succeeded",
            "checkout.session.completed",
            "payment_intent.created",
            "payment_intent.succeeded"
        ]
    );
    for event in &heard {
        assert_eq!(event.verified(SECRET), Some(BEGIN / 1000));
        assert_eq!(event.verified(OLD_SECRET), Some(BEGIN / 1000), "while secrets change, both sign");
        assert_eq!(event.verified("whsec_other"), None);
    }
    let completed = heard.iter().find(|event| event.kind() == "checkout.session.completed").unwrap();
    assert_eq!(completed.event["data"]["object"]["client_reference_id"], "order-1");
    assert_eq!(completed.event["data"]["object"]["metadata"]["order"], "order-1");

    let path = format!(
        "checkout/sessions/{id}?expand%5B0%5D=payment_intent.latest_charge.balance_transaction&expand[]=line_items"
    );
    let session = playground.get(&path).await.json();
    assert_eq!(
        (session["status"].as_str(), session["payment_status"].as_str()),
        (Some("complete"), Some("paid"))
    );
    let intent = &session["payment_intent"];
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["metadata"]["order"], "order-1");
    assert_eq!(intent["latest_charge"]["balance_transaction"]["amount"], 2000);
    assert_eq!(session["line_items"]["data"][1]["description"], "Logic <b>&</b>");
    let receipt = playground.page(intent["latest_charge"]["receipt_url"].as_str().unwrap()).await;
    assert!(receipt.text.contains("USD\u{a0}20.00"), "{}", receipt.text);
}

#[tokio::test]
async fn who_pays_twice_is_charged_once() {
    let mut playground = Playground::start().await;
    let (session, _, charge) = playground.paid("4242424242424242").await;
    let open = serde_json::json!({ "url": format!("{}/c/pay/{}", playground.address, session["id"].as_str().unwrap()) });
    let again = playground.pay(&open, "4242424242424242").await;
    assert_eq!(again.header("location"), open["url"].as_str().unwrap());
    let page = playground.page(open["url"].as_str().unwrap()).await;
    assert!(page.text.contains("This is paid") && !page.text.contains("<form"), "{}", page.text);
    let charges = playground.get("charges").await.json();
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
    assert_eq!(charges["data"][0]["id"], charge["id"]);
    assert!(playground.endpoint.rest().is_empty());
}

#[tokio::test]
async fn two_who_pay_at_the_same_moment_are_charged_once() {
    let playground = Playground::start().await;
    let session = playground.session().await;
    let tries = (0..6).map(|_| playground.pay(&session, "4242424242424242"));
    let answers = futures::future::join_all(tries).await;
    let paid = answers.iter().filter(|answer| answer.header("location").contains("/return")).count();
    assert_eq!(paid, 1);
    assert_eq!(playground.get("charges").await.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_declined_card_says_why_and_another_one_pays() {
    let mut playground = Playground::start().await;
    let session = playground.session().await;
    let url = session["url"].as_str().unwrap();
    for (card, code, reason) in [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
    ] {
        let declined = playground.pay(&session, card).await;
        assert_eq!((declined.status.as_u16(), declined.header("location")), (303, url));
        let page = playground.page(url).await;
        assert!(page.text.contains(r#"role="alert""#), "{}", page.text);
        let path = format!("checkout/sessions/{}?expand[]=payment_intent", session["id"].as_str().unwrap());
        let now = playground.get(&path).await.json();
        assert_eq!((now["status"].as_str(), now["payment_status"].as_str()), (Some("open"), Some("unpaid")));
        let error = &now["payment_intent"]["last_payment_error"];
        assert_eq!((error["code"].as_str(), error["decline_code"].as_str()), (Some(code), Some(reason)));
        assert_eq!(now["payment_intent"]["status"], "requires_payment_method");
    }
    let heard = playground.endpoint.hear(7).await;
    assert_eq!(kinds(&heard).iter().filter(|kind| **kind == "payment_intent.payment_failed").count(), 3);
    assert!(playground.pay(&session, "4242424242424242").await.header("location").contains("/return"));
    let movements = playground.get("balance_transactions").await.json();
    assert_eq!(movements["data"].as_array().unwrap().len(), 1, "what was declined moved nothing");
}

#[tokio::test]
async fn a_card_that_asks_its_owner_pays_when_they_confirm_and_does_not_when_they_refuse() {
    let mut playground = Playground::start().await;
    let session = playground.session().await;
    let url = session["url"].as_str().unwrap();
    let confirm = format!("{url}/confirm");
    let asked = playground.pay(&session, "4000002500003155").await;
    assert_eq!(asked.header("location"), confirm);
    assert!(playground.page(&confirm).await.text.contains("USD\u{a0}20.00"));

    let refused = playground.form(&confirm, &[("answer", "refuse")]).await;
    assert_eq!(refused.header("location"), url);
    assert!(playground.page(url).await.text.contains("unable to authenticate"));
    assert_eq!(playground.page(&confirm).await.header("location"), url, "nobody is asked any more");
    assert_eq!(playground.form(&confirm, &[("answer", "confirm")]).await.header("location"), url);

    playground.pay(&session, "4000002500003155").await;
    let confirmed = playground.form(&confirm, &[("answer", "confirm")]).await;
    assert!(confirmed.header("location").contains("/return"));
    let heard = playground.endpoint.hear(7).await;
    assert_eq!(
        kinds(&heard),
        [
            "charge.succeeded",
            "checkout.session.completed",
            "payment_intent.created",
            "payment_intent.payment_failed",
            "payment_intent.requires_action",
            "payment_intent.requires_action",
            "payment_intent.succeeded",
        ]
    );
}

#[tokio::test]
async fn a_session_expires_by_itself_and_takes_no_money_any_more() {
    let mut playground = Playground::start().await;
    let session = playground.session().await;
    playground.pass(Duration::from_secs(24 * 60 * 60));
    let heard = playground.endpoint.next().await;
    assert_eq!(heard.kind(), "checkout.session.expired");
    let url = session["url"].as_str().unwrap();
    assert_eq!(playground.pay(&session, "4242424242424242").await.header("location"), url);
    assert!(playground.page(url).await.text.contains("expired"));
    assert_eq!(playground.get("charges").await.json()["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_merchant_can_end_a_session_that_is_open_and_no_other() {
    let mut playground = Playground::start().await;
    let session = playground.session().await;
    let path = format!("checkout/sessions/{}/expire", session["id"].as_str().unwrap());
    let ended = playground.post(&path, &[]).await.json();
    assert_eq!(ended["status"], "expired");
    assert!(ended["url"].is_null());
    assert_eq!(playground.endpoint.next().await.kind(), "checkout.session.expired");
    assert_eq!(playground.post(&path, &[]).await.status, 400);
    let (paid, ..) = playground.paid("4242424242424242").await;
    let path = format!("checkout/sessions/{}/expire", paid["id"].as_str().unwrap());
    assert_eq!(playground.post(&path, &[]).await.status, 400);
}

#[tokio::test]
async fn everything_works_below_a_path() {
    let playground = Playground::mounted("/sandbox").await;
    let session = playground.session().await;
    let url = session["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/c/pay/cs_test_", playground.address)));
    assert!(playground.page(url).await.text.contains(&format!(r#"action="{url}""#)));
    assert!(playground.pay(&session, "4242424242424242").await.header("location").contains("/return"));
    assert_eq!(playground.page(&format!("{}/faults", playground.address)).await.status, 200);
}
