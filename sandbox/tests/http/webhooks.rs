use crate::support::{Playground, SECRET};
use std::time::Duration;

#[tokio::test]
async fn an_event_that_is_refused_comes_again_with_a_fresh_signature_until_it_is_taken() {
    let mut playground = Playground::start().await;
    playground.endpoint.answer(&[500, 404]);
    playground.post("coupons", &[("percent_off", "10")]).await;
    let first = playground.endpoint.next().await;
    let mut again = Vec::new();
    for wait in [60, 600] {
        // The clock is moved until what came of the last try is written down, which nobody is told of.
        let next = async {
            loop {
                playground.pass(Duration::from_secs(wait));
                tokio::time::sleep(Duration::from_millis(50)).await;
                if let Some(heard) = playground.endpoint.rest().pop() {
                    break heard;
                }
            }
        };
        again.push(tokio::time::timeout(Duration::from_secs(20), next).await.unwrap());
    }
    for heard in &again {
        assert_eq!((heard.id(), &heard.body), (first.id(), &first.body));
        assert!(heard.verified(SECRET).unwrap() > first.verified(SECRET).unwrap());
    }
    let event = playground.get(&format!("events/{}", first.id())).await.json();
    assert_eq!(event, first.event);
}

#[tokio::test]
async fn what_was_not_delivered_before_a_crash_is_delivered_after_it() {
    let mut playground = Playground::start().await;
    playground.endpoint.answer(&[503; 4]);
    let session = playground.session().await;
    playground.pay(&session, "4242424242424242").await;
    let mut before: Vec<String> =
        playground.endpoint.hear(4).await.iter().map(|heard| heard.id().to_owned()).collect();
    playground.restart().await;
    playground.pass(Duration::from_secs(60));
    let mut after: Vec<String> =
        playground.endpoint.hear(4).await.iter().map(|heard| heard.id().to_owned()).collect();
    before.sort();
    after.sort();
    assert_eq!(after, before);
    let path = format!("checkout/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(playground.get(&path).await.json()["payment_status"], "paid");
}

#[tokio::test]
async fn events_can_be_listed_by_what_happened() {
    let mut playground = Playground::start().await;
    playground.paid("4242424242424242").await;
    let listed = playground.get("events?type=charge.succeeded").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let listed =
        playground.get("events?types[]=charge.succeeded&types[]=payment_intent.succeeded").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert_eq!(listed["data"][0]["object"], "event");
}
