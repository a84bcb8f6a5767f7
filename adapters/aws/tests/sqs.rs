//! SQS keeps the contract of the queue, in real time, and what the adapter promises beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use services::clock::Clock;
use services::contract::{Fixture, Pace};
use services::ports::{NewMessage, Queue};
use stand_in::{SystemClock, ministack, now, unique};
use std::sync::Arc;
use std::time::Duration;
use stoa_aws::SqsQueue;

/// Fresh queues by these names, with those for their dead letters.
async fn queues(names: &[&str]) -> (aws_sdk_sqs::Client, String, SqsQueue) {
    let client = aws_sdk_sqs::Client::new(&ministack().infrastructure());
    let prefix = unique("stoa");
    let mut url = String::new();
    for name in names {
        for name in [format!("{prefix}-{name}-dead"), format!("{prefix}-{name}")] {
            url = client.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap();
        }
    }
    let (account, _) = url.rsplit_once('/').unwrap();
    // The stand-in calls itself localhost, which may be an address where it does not listen.
    let account = account.rsplit_once('/').unwrap().1;
    let prefix = format!("{}/{account}/{prefix}-", ministack().endpoint());
    let queue = SqsQueue::new(&ministack().connect().await, &prefix, Arc::new(SystemClock));
    (client, prefix, queue)
}

fn fresh() -> Fixture<dyn Queue> {
    let (_, _, queue) = now(queues(&["q", "a", "b"]));
    let pace = Pace::Waited {
        clock: Arc::new(SystemClock),
        minute: Duration::from_secs(5),
        slack: Duration::from_secs(2),
    };
    Fixture::with_pace(Arc::new(queue), pace, ())
}

services::queue_contract!(fresh);

fn message(body: &str, delay: Duration) -> NewMessage {
    NewMessage { body: body.into(), delay }
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delay_longer_than_sqs_knows_is_sent_on_when_its_first_part_is_over() {
    let (client, prefix, queue) = queues(&["q"]).await;
    let sent = SystemClock.now();
    queue.send("q", message("late", 20 * MINUTE)).await.unwrap();
    assert_eq!(queue.receive("q", 10, MINUTE).await.unwrap(), []);
    let url = format!("{prefix}q");
    // As it comes out of SQS after its quarter of an hour: what is due is in the message.
    for (body, due) in [("later", sent.plus(20 * MINUTE)), ("now", sent)] {
        let attribute = |millis: i64| {
            aws_sdk_sqs::types::MessageAttributeValue::builder()
                .data_type("String")
                .string_value(millis.to_string())
                .build()
                .unwrap()
        };
        let request = client.send_message().queue_url(&url).message_body(body);
        let request = request.message_attributes("due", attribute(due.millis()));
        request.message_attributes("sent", attribute(sent.millis() - 900_000)).send().await.unwrap();
    }
    let deliveries = queue.receive("q", 10, MINUTE).await.unwrap();
    let found: Vec<_> = deliveries.iter().map(|found| (found.body.as_str(), found.sent.millis())).collect();
    assert_eq!(found, [("now", sent.millis() - 900_000)]);
    queue.acknowledge(&deliveries[0].receipt).await.unwrap();
    assert_eq!(queue.receive("q", 10, MINUTE).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_ended_a_wait_is_handed_out_though_nobody_waits_any_more() {
    let (_, _, queue) = queues(&["q"]).await;
    let waiting = queue.clone();
    let waiting = tokio::spawn(async move { waiting.ready("q").await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    waiting.abort();
    queue.send("q", message("work", Duration::ZERO)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), queue.ready("q")).await.expect("ready");
    let deliveries = queue.receive("q", 10, MINUTE).await.unwrap();
    assert_eq!(
        deliveries.iter().map(|found| (found.body.as_str(), found.attempt)).collect::<Vec<_>>(),
        [("work", 1)]
    );
    queue.acknowledge(&deliveries[0].receipt).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_and_reasons_that_sqs_refuses_arrive_all_the_same() {
    let (_, _, queue) = queues(&["q"]).await;
    for body in ["", "\u{0}", "\u{ffff}"] {
        queue.send("q", message(body, Duration::ZERO)).await.unwrap();
        let delivery = queue.receive("q", 1, MINUTE).await.unwrap().remove(0);
        assert_eq!(delivery.body, body);
        queue.bury(&delivery.receipt, body).await.unwrap();
    }
    let letters = queue.dead_letters("q", 10).await.unwrap();
    assert_eq!(
        letters.iter().map(|letter| letter.body.as_str()).collect::<Vec<_>>(),
        ["", "\u{0}", "\u{ffff}"]
    );
    assert_eq!(queue.dead_letters("q", 10).await.unwrap(), letters, "who looked handed them back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_ten_messages_are_received_at_once() {
    let (_, _, queue) = queues(&["q"]).await;
    for n in 0..25 {
        queue.send("q", message(&n.to_string(), Duration::ZERO)).await.unwrap();
    }
    assert_eq!(queue.receive("q", 24, MINUTE).await.unwrap().len(), 24);
    assert_eq!(queue.receive("q", 24, MINUTE).await.unwrap().len(), 1);
}
