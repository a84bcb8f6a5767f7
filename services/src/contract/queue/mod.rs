//! What every [`Queue`] does.

mod memory;

pub use memory::MemoryQueue;

use super::Fixture;
use crate::ports::{Delivery, NewMessage, Queue, QueueError, Receipt};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// Makes the tests of a queue; `$fresh` is a `fn() -> Fixture<dyn Queue>`.
#[macro_export]
macro_rules! queue_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::queue,
            [
                a_message_that_was_handed_out_is_hidden_until_its_timeout,
                an_extension_keeps_a_message_hidden,
                a_message_can_be_handed_back,
                an_acknowledged_message_never_comes_again,
                only_the_latest_receipt_settles_a_message,
                a_delayed_message_waits,
                a_buried_message_is_kept_with_its_reason,
                a_dead_letter_can_be_sent_again,
                queues_do_not_mix,
                a_receiver_gets_no_more_than_it_asked_for,
                receivers_at_the_same_time_never_share_a_message,
                large_bodies_come_back_whole,
                ready_returns_where_a_message_waits,
                ready_returns_when_a_message_is_sent_or_handed_back,
                ready_returns_when_a_hidden_message_is_due,
            ]
        );
    };
}

/// What a case gets.
pub type QueueFixture = Fixture<dyn Queue>;

async fn send(queue: &dyn Queue, name: &str, body: &str) {
    send_later(queue, name, body, Duration::ZERO).await;
}

async fn send_later(queue: &dyn Queue, name: &str, body: &str, delay: Duration) {
    queue.send(name, NewMessage { body: body.into(), delay }).await.expect("a message is sent");
}

async fn receive(fixture: &QueueFixture, name: &str) -> Vec<Delivery> {
    fixture.port.receive(name, 10, fixture.pace.minute()).await.expect("receiving succeeds")
}

async fn receive_one(fixture: &QueueFixture, name: &str) -> Delivery {
    let mut deliveries = receive(fixture, name).await;
    assert_eq!(deliveries.len(), 1, "one message is to be had: {deliveries:?}");
    deliveries.remove(0)
}

fn gone<T: std::fmt::Debug>(result: Result<T, QueueError>) {
    assert!(matches!(result, Err(QueueError::Gone)), "{result:?}");
}

#[allow(missing_docs)]
pub async fn a_message_that_was_handed_out_is_hidden_until_its_timeout(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    let before = pace.now();
    send(queue, "q", "work").await;
    let sent = before..=pace.now();
    let first = receive_one(fixture, "q").await;
    assert_eq!((first.body.as_str(), first.attempt), ("work", 1));
    pace.assert_time(first.sent, sent.clone());
    pace.pass_nearly(minute).await;
    assert_eq!(receive(fixture, "q").await, []);
    pace.pass_the_rest().await;
    let second = receive_one(fixture, "q").await;
    assert_eq!((second.body.as_str(), second.attempt), ("work", 2));
    pace.assert_time(second.sent, sent);
}

#[allow(missing_docs)]
pub async fn an_extension_keeps_a_message_hidden(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    send(queue, "q", "work").await;
    let delivery = receive_one(fixture, "q").await;
    for _ in 0..3 {
        pace.pass(minute / 2).await;
        queue.extend(&delivery.receipt, minute).await.expect("extended");
    }
    pace.pass_nearly(minute).await;
    assert_eq!(receive(fixture, "q").await, []);
    pace.pass_the_rest().await;
    assert_eq!(receive_one(fixture, "q").await.attempt, 2);
}

#[allow(missing_docs)]
pub async fn a_message_can_be_handed_back(fixture: &QueueFixture) {
    let queue = &*fixture.port;
    send(queue, "q", "work").await;
    let first = receive_one(fixture, "q").await;
    queue.extend(&first.receipt, Duration::ZERO).await.expect("handed back");
    let second = receive_one(fixture, "q").await;
    assert_eq!((second.body.as_str(), second.attempt), ("work", 2));
    gone(queue.acknowledge(&first.receipt).await);
}

#[allow(missing_docs)]
pub async fn an_acknowledged_message_never_comes_again(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    send(queue, "q", "work").await;
    let delivery = receive_one(fixture, "q").await;
    queue.acknowledge(&delivery.receipt).await.expect("acknowledged");
    pace.pass_long().await;
    assert_eq!(receive(fixture, "q").await, []);
    gone(queue.extend(&delivery.receipt, minute).await);
    assert_eq!(queue.dead_letters("q", 10).await.expect("read"), []);
}

#[allow(missing_docs)]
pub async fn only_the_latest_receipt_settles_a_message(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    send(queue, "q", "work").await;
    let stale = receive_one(fixture, "q").await.receipt;
    pace.pass(minute).await;
    // Timed out, but still the latest: nobody else has the message.
    queue.extend(&stale, Duration::ZERO).await.expect("extended");
    let latest = receive_one(fixture, "q").await.receipt;
    for receipt in [stale, Receipt(String::new()), Receipt("999999:1".into()), Receipt("no receipt".into())] {
        gone(queue.extend(&receipt, minute).await);
        gone(queue.extend(&receipt, Duration::ZERO).await);
        gone(queue.acknowledge(&receipt).await);
        gone(queue.bury(&receipt, "given up").await);
    }
    assert_eq!(receive(fixture, "q").await, [], "none of that made the message visible");
    assert_eq!(queue.dead_letters("q", 10).await.expect("read"), []);
    queue.acknowledge(&latest).await.expect("the latest receipt is good");
}

#[allow(missing_docs)]
pub async fn a_delayed_message_waits(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    send_later(queue, "q", "late", minute).await;
    send(queue, "q", "now").await;
    assert_eq!(receive_one(fixture, "q").await.body, "now");
    pace.pass_nearly(minute).await;
    assert_eq!(receive(fixture, "q").await, []);
    pace.pass_the_rest().await;
    let bodies: BTreeSet<_> = receive(fixture, "q").await.into_iter().map(|delivery| delivery.body).collect();
    assert_eq!(
        bodies,
        ["late".to_owned(), "now".to_owned()].into(),
        "the delay is over, and so is the timeout"
    );
}

#[allow(missing_docs)]
pub async fn a_buried_message_is_kept_with_its_reason(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    let before = pace.now();
    for body in ["first", "second", "third"] {
        send(queue, "q", body).await;
        receive_one(fixture, "q").await;
        pace.pass(minute).await;
        let again = receive_one(fixture, "q").await;
        queue.bury(&again.receipt, &format!("{body} is bad")).await.expect("buried");
        gone(queue.acknowledge(&again.receipt).await);
    }
    pace.pass_long().await;
    assert_eq!(receive(fixture, "q").await, []);
    let letters = queue.dead_letters("q", 2).await.expect("read");
    assert_eq!(letters.len(), 2);
    let first = &letters[0];
    assert_eq!((first.body.as_str(), first.reason.as_str(), first.attempts), ("first", "first is bad", 2));
    pace.assert_time(first.sent, before..=before);
    assert_eq!(letters[1].body, "second");
}

#[allow(missing_docs)]
pub async fn a_dead_letter_can_be_sent_again(fixture: &QueueFixture) {
    let (pace, minute) = (&fixture.pace, fixture.pace.minute());
    let queue = &*fixture.port;
    send(queue, "q", "work").await;
    let buried = receive_one(fixture, "q").await;
    queue.bury(&buried.receipt, "bad").await.expect("buried");
    let id = queue.dead_letters("q", 10).await.expect("read")[0].id.clone();
    pace.pass(minute).await;
    gone(queue.redrive("another queue", &id).await);
    let before = pace.now();
    queue.redrive("q", &id).await.expect("sent again");
    let resent = before..=pace.now();
    assert_eq!(queue.dead_letters("q", 10).await.expect("read"), []);
    gone(queue.redrive("q", &id).await);
    gone(queue.redrive("q", "no id").await);
    let again = receive_one(fixture, "q").await;
    assert_eq!((again.body.as_str(), again.attempt), ("work", 1));
    pace.assert_time(again.sent, resent);
    gone(queue.acknowledge(&buried.receipt).await);
}

#[allow(missing_docs)]
pub async fn queues_do_not_mix(fixture: &QueueFixture) {
    let queue = &*fixture.port;
    send(queue, "a", "for a").await;
    assert_eq!(receive(fixture, "b").await, []);
    let delivery = receive_one(fixture, "a").await;
    queue.bury(&delivery.receipt, "bad").await.expect("buried");
    assert_eq!(queue.dead_letters("b", 10).await.expect("read"), []);
}

#[allow(missing_docs)]
pub async fn a_receiver_gets_no_more_than_it_asked_for(fixture: &QueueFixture) {
    let minute = fixture.pace.minute();
    let queue = &*fixture.port;
    for n in 0..5 {
        send(queue, "q", &n.to_string()).await;
    }
    let mut seen = BTreeSet::new();
    while seen.len() < 5 {
        let deliveries = queue.receive("q", 2, minute).await.expect("received");
        assert!((1..=2).contains(&deliveries.len()));
        seen.extend(deliveries.into_iter().map(|delivery| delivery.body));
    }
    assert_eq!(receive(fixture, "q").await, []);
}

#[allow(missing_docs)]
pub async fn receivers_at_the_same_time_never_share_a_message(fixture: &QueueFixture) {
    let minute = fixture.pace.minute();
    for n in 0..60 {
        send(&*fixture.port, "q", &n.to_string()).await;
    }
    let receivers: Vec<_> = (0..6)
        .map(|_| {
            let queue = fixture.port.clone();
            tokio::spawn(async move {
                let mut bodies = Vec::new();
                loop {
                    let deliveries = queue.receive("q", 3, minute).await.expect("received");
                    if deliveries.is_empty() {
                        return bodies;
                    }
                    bodies.extend(deliveries.into_iter().map(|delivery| delivery.body));
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for receiver in receivers {
        all.extend(receiver.await.expect("no receiver panics"));
    }
    assert_eq!(all.len(), 60, "none came twice");
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 60, "each came");
}

#[allow(missing_docs)]
pub async fn large_bodies_come_back_whole(fixture: &QueueFixture) {
    let body = "ä\u{1}".repeat(256 * 1024 / 3);
    send(&*fixture.port, "q", &body).await;
    assert_eq!(receive_one(fixture, "q").await.body, body);
    let too_large = NewMessage { body: "x".repeat(256 * 1024 + 1), delay: Duration::ZERO };
    assert!(matches!(fixture.port.send("q", too_large).await, Err(QueueError::Internal(_))));
}

/// Long enough that only a wake-up that never comes takes it.
const FAR: Duration = Duration::from_secs(20);

#[allow(missing_docs)]
pub async fn ready_returns_where_a_message_waits(fixture: &QueueFixture) {
    send(&*fixture.port, "q", "work").await;
    timeout(FAR, fixture.port.ready("q")).await.expect("ready");
    timeout(FAR, fixture.port.ready("q")).await.expect("ready still: nobody received it");
}

#[allow(missing_docs)]
pub async fn ready_returns_when_a_message_is_sent_or_handed_back(fixture: &QueueFixture) {
    let minute = fixture.pace.minute();
    let queue = fixture.port.clone();
    let worker = tokio::spawn(async move {
        for _ in 0..50 {
            let delivery = loop {
                queue.ready("q").await;
                if let Some(delivery) = queue.receive("q", 1, minute).await.expect("received").pop() {
                    break delivery;
                }
            };
            if delivery.attempt == 1 {
                queue.extend(&delivery.receipt, Duration::ZERO).await.expect("handed back");
            } else {
                queue.acknowledge(&delivery.receipt).await.expect("acknowledged");
            }
        }
    });
    for n in 0..25 {
        send(&*fixture.port, "q", &n.to_string()).await;
    }
    timeout(FAR, worker).await.expect("no wake-up was missed").expect("the worker does not panic");
}

#[allow(missing_docs)]
pub async fn ready_returns_when_a_hidden_message_is_due(fixture: &QueueFixture) {
    let pace = &fixture.pace;
    let queue = &*fixture.port;
    let soon = pace.moment();
    send_later(queue, "q", "late", soon).await;
    timeout(FAR, queue.ready("q")).await.expect("ready when the delay is over");
    pace.pass(soon).await;
    let delivery = receive_one(fixture, "q").await;
    queue.extend(&delivery.receipt, soon).await.expect("extended");
    timeout(FAR, queue.ready("q")).await.expect("ready when the timeout is over");
}
