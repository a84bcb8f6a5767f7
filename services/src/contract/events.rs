//! What every [`EventBus`] does.

#![allow(clippy::unwrap_used, reason = "a suite is a test, compiled as a library")]

use crate::ports::{Event, EventBus, EventError, Queue, Rule};
use domain::id::EventId;
use domain::time::Timestamp;
use serde_json::json;
use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// A bus that keeps [`rules`], and the queues that it delivers to.
pub struct Bench {
    /// The adapter.
    pub bus: Arc<dyn EventBus>,
    /// Where its events arrive.
    pub queue: Arc<dyn Queue>,
    /// Kept for as long as the adapter is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// The rules that the bus keeps.
pub fn rules() -> Vec<Rule> {
    [("course.", "courses"), ("course.published", "published"), ("", "all")]
        .map(|(kinds, queue)| Rule { kinds: kinds.into(), queue: queue.into() })
        .into()
}

/// Makes the tests of an event bus; `$fresh` is a `fn() -> Bench`.
#[macro_export]
macro_rules! events_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::events,
            [
                an_event_reaches_every_queue_whose_rule_fits,
                an_event_arrives_as_it_was,
                what_is_published_twice_is_known_by_its_id,
                events_at_the_same_time_all_arrive,
                what_is_no_event_is_never_published,
            ]
        );
    };
}

fn event(n: u32, kind: &str) -> Event {
    let time = Timestamp::from_millis(1_780_000_000_123 + i64::from(n));
    let detail = json!({"n": n, "title": "Ä \"b\" \u{1}\n€", "empty": null});
    Event { id: EventId::new(time, u128::from(n)), kind: kind.into(), detail, time }
}

/// The next `count` events of a queue, whatever else comes after.
async fn heard(bench: &Bench, queue: &str, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    let end = Instant::now() + Duration::from_secs(30);
    while events.len() < count {
        timeout_at(end, bench.queue.ready(queue)).await.expect("the events arrive");
        for delivery in bench.queue.receive(queue, 10, Duration::from_secs(60)).await.unwrap() {
            events.push(Event::parse(&delivery.body).expect("an event"));
            bench.queue.acknowledge(&delivery.receipt).await.unwrap();
        }
    }
    events
}

/// See its name.
pub async fn an_event_reaches_every_queue_whose_rule_fits(bench: &Bench) {
    let kinds = ["course.published", "course.archived", "courses.other", "video.ready"];
    for (n, kind) in (0..).zip(kinds) {
        bench.bus.publish(&event(n, kind)).await.unwrap();
    }
    for (queue, expected) in [("courses", &kinds[..2]), ("published", &kinds[..1]), ("all", &kinds[..])] {
        let found: BTreeSet<_> =
            heard(bench, queue, expected.len()).await.into_iter().map(|event| event.kind).collect();
        assert_eq!(found, expected.iter().map(|kind| (*kind).to_owned()).collect(), "{queue}");
    }
    let more = timeout(Duration::from_millis(300), heard(bench, "published", 1)).await;
    assert!(more.is_err(), "{more:?}");
}

/// See its name.
pub async fn an_event_arrives_as_it_was(bench: &Bench) {
    let event = event(1, "course.published");
    bench.bus.publish(&event).await.unwrap();
    for queue in ["courses", "published", "all"] {
        assert_eq!(heard(bench, queue, 1).await.first(), Some(&event));
    }
}

/// See its name.
pub async fn what_is_published_twice_is_known_by_its_id(bench: &Bench) {
    let event = event(1, "video.ready");
    bench.bus.publish(&event).await.unwrap();
    bench.bus.publish(&event).await.unwrap();
    assert!(heard(bench, "all", 1).await.iter().all(|found| *found == event));
}

/// See its name.
pub async fn events_at_the_same_time_all_arrive(bench: &Bench) {
    let events: Vec<_> = (0..20).map(|n| event(n, "video.ready")).collect();
    futures::future::try_join_all(events.iter().map(|event| bench.bus.publish(event))).await.unwrap();
    let found: BTreeSet<_> = heard(bench, "all", 20).await.into_iter().map(|event| event.id).collect();
    assert_eq!(found, events.into_iter().map(|event| event.id).collect());
}

/// See its name.
pub async fn what_is_no_event_is_never_published(bench: &Bench) {
    let long = "k".repeat(129);
    for kind in ["", "Course", "a b", "a\n", "ä", &long] {
        let result = bench.bus.publish(&event(1, kind)).await;
        assert!(matches!(result, Err(EventError::Internal(_))), "{kind:?}: {result:?}");
    }
    let large = Event { detail: json!("x".repeat(128 * 1024)), ..event(1, "video.ready") };
    assert!(matches!(bench.bus.publish(&large).await, Err(EventError::Internal(_))));
}
