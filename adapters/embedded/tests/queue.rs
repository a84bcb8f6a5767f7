//! The SQLite queue keeps the contract, and what it promises beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use services::contract::{Fixture, TestClock};
use services::ports::{NewMessage, Queue};
use std::sync::Arc;
use std::time::Duration;
use stoa_embedded::Database;

fn fresh() -> Fixture<dyn Queue> {
    let folder = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let database = Database::open(folder.path().join("stoa.db"), clock.clone()).unwrap();
    Fixture::new(Arc::new(database.queue()), clock, folder)
}

services::queue_contract!(fresh);

fn message(body: &str, delay: Duration) -> NewMessage {
    NewMessage { body: body.into(), delay }
}

#[tokio::test]
async fn a_restart_hands_out_at_once_what_was_being_worked_on_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    let clock = TestClock::new();
    let hour = Duration::from_secs(3600);
    let stale = {
        let queue = Database::open(&path, clock.clone()).unwrap().queue();
        queue.send("q", message("taken", Duration::ZERO)).await.unwrap();
        queue.send("q", message("buried", Duration::ZERO)).await.unwrap();
        queue.send("q", message("delayed", hour)).await.unwrap();
        let deliveries = queue.receive("q", 2, hour).await.unwrap();
        let buried = deliveries.iter().find(|delivery| delivery.body == "buried").unwrap();
        queue.bury(&buried.receipt, "bad").await.unwrap();
        deliveries.iter().find(|delivery| delivery.body == "taken").unwrap().receipt.clone()
    };
    let queue = Database::open(&path, clock.clone()).unwrap().queue();
    let again = queue.receive("q", 10, hour).await.unwrap();
    assert_eq!(again.iter().map(|d| (d.body.as_str(), d.attempt)).collect::<Vec<_>>(), [("taken", 2)]);
    assert!(queue.acknowledge(&stale).await.is_err());
    assert_eq!(queue.dead_letters("q", 10).await.unwrap().len(), 1);
    clock.advance(hour);
    let delayed = queue.receive("q", 10, hour).await.unwrap();
    assert!(delayed.iter().any(|delivery| delivery.body == "delayed"));
}

#[tokio::test]
async fn a_second_process_leaves_alone_what_the_first_works_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stoa.db");
    let clock = TestClock::new();
    let first = Database::open(&path, clock.clone()).unwrap().queue();
    first.send("q", message("work", Duration::ZERO)).await.unwrap();
    let delivery = first.receive("q", 1, Duration::from_secs(60)).await.unwrap().remove(0);
    let second = Database::open(&path, clock.clone()).unwrap().queue();
    assert_eq!(second.receive("q", 1, Duration::from_secs(60)).await.unwrap(), []);
    first.acknowledge(&delivery.receipt).await.unwrap();
}
