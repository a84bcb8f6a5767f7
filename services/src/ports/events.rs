//! Things that happened, told to whom they may concern. The shape is EventBridge's (user guide, "Events"): whoever
//! publishes does not know who listens; rules say which queue gets what.

use async_trait::async_trait;
use domain::id::EventId;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Tells it from others: whoever hears it twice knows it by this.
    pub id: EventId,
    /// What happened, from the general to the particular, at most 128 of `[a-z.-]`: `course.published`.
    pub kind: String,
    /// What there is to know about it, at most 128 KB as JSON.
    pub detail: Value,
    /// When it happened.
    pub time: Timestamp,
}

/// Who gets what: events whose kind starts with `kinds` are delivered to `queue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The start of a kind; all of them for the empty text.
    pub kinds: String,
    /// The name of a queue.
    pub queue: String,
}

impl Rule {
    /// Whether an event of that kind is delivered by this rule.
    pub fn fits(&self, kind: &str) -> bool {
        kind.starts_with(&self.kinds)
    }
}

/// Why an event was not published.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The bus does not answer now. Trying again may help.
    #[error("the event bus is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the event bus failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Things that happened.
#[async_trait]
pub trait EventBus: Send + Sync + 'static {
    /// Tells everybody whom a rule names, durably: each of their queues gets a message with [`Event::envelope`] or
    /// one that [`Event::parse`] reads alike. At least once: after an error some may have heard it, and publishing
    /// it again is right. An event that no rule fits is forgotten.
    async fn publish(&self, event: &Event) -> Result<(), EventError>;
}

/// The envelope that EventBridge delivers, as far as it is read here: its own `id` and `time` are of the delivery
/// and to the second, so ours are in the detail.
#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    source: String,
    #[serde(rename = "detail-type")]
    kind: String,
    detail: T,
}

#[derive(Serialize, Deserialize)]
struct Told {
    id: EventId,
    time: Timestamp,
    detail: Value,
}

impl Event {
    /// Who publishes, as EventBridge calls it. AWS's own services are `aws.…`.
    pub const SOURCE: &str = "stoa";
    const MOST_KIND: usize = 128;
    const MOST_DETAIL: usize = 128 * 1024;

    /// The event as the message that a queue gets.
    pub fn envelope(&self) -> Result<String, EventError> {
        let detail = serde_json::from_str::<Value>(&self.told()?).map_err(internal)?;
        let envelope = Envelope { source: Self::SOURCE.into(), kind: self.kind.clone(), detail };
        serde_json::to_string(&envelope).map_err(internal)
    }

    /// What is in the envelope: its `detail`. Fails where the event is none that all buses take.
    pub fn told(&self) -> Result<String, EventError> {
        let kind_ok = (1..=Self::MOST_KIND).contains(&self.kind.len())
            && self.kind.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-'));
        if !kind_ok {
            return Err(EventError::Internal(format!("no kind of event: {:?}", self.kind).into()));
        }
        let told = Told { id: self.id, time: self.time, detail: self.detail.clone() };
        let told = serde_json::to_string(&told).map_err(internal)?;
        if told.len() > Self::MOST_DETAIL {
            return Err(EventError::Internal("an event has at most 128 KB".into()));
        }
        Ok(told)
    }

    /// The event that a message is about; `None` where it is none of ours.
    pub fn parse(message: &str) -> Option<Self> {
        let Envelope { source, kind, detail } = serde_json::from_str::<Envelope<Told>>(message).ok()?;
        (source == Self::SOURCE).then_some(Self {
            id: detail.id,
            kind,
            detail: detail.detail,
            time: detail.time,
        })
    }
}

fn internal(error: serde_json::Error) -> EventError {
    EventError::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_eventbridge_delivers_is_read_and_what_others_say_is_not() {
        let id = EventId::new(Timestamp::from_millis(7), 7);
        let ours = serde_json::json!({
            "version": "0", "id": "0d079340-135a-c8c6-95c2-41fb8f496c53", "detail-type": "course.published",
            "source": "stoa", "account": "123456789012", "time": "2026-11-22T18:43:48Z", "region": "eu-central-1",
            "resources": [], "detail": {"id": id, "time": 1_780_000_000_123_i64, "detail": {"course": "C"}},
        });
        let event = Event::parse(&ours.to_string()).unwrap();
        assert_eq!(
            (event.id, event.kind.as_str(), event.time.millis()),
            (id, "course.published", 1_780_000_000_123)
        );
        assert_eq!(event.detail["course"], "C");
        let mut others = ours;
        others["source"] = "aws.s3".into();
        assert_eq!(Event::parse(&others.to_string()), None);
    }

    proptest! {
        #[test]
        fn an_envelope_holds_the_event(millis in 0i64..1 << 47, random: u128, kind in "[a-z]{1,9}(\\.[a-z-]{1,9}){0,3}", text: String) {
            let time = Timestamp::from_millis(millis);
            let event = Event { id: EventId::new(time, random), kind, detail: Value::String(text), time };
            prop_assert_eq!(Event::parse(&event.envelope().unwrap()), Some(event));
        }

        #[test]
        fn any_text_is_an_event_or_none(text: String) {
            prop_assert_eq!(Event::parse(&text), None);
        }
    }
}
