//! [`EventBus`] on EventBridge. Rules of the bus deliver to queues; they are infrastructure, made of the same list as
//! the embedded bus has ([`pattern`]).

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use services::ports::{Event, EventBus, EventError, Rule};

/// An event bus of EventBridge.
pub struct EventBridge {
    client: Client,
    bus: String,
}

impl EventBridge {
    /// The bus of that name: `default` is in every account.
    pub fn new(connection: &Connection, bus: impl Into<String>) -> Self {
        Self { client: Client::new(&connection.config), bus: bus.into() }
    }
}

/// The event pattern of a rule (EventBridge user guide, "Event patterns"): for whoever makes the infrastructure.
pub fn pattern(rule: &Rule) -> String {
    let kinds = match rule.kinds.as_str() {
        "" => String::new(),
        kinds => format!(r#","detail-type":[{{"prefix":"{kinds}"}}]"#),
    };
    format!(r#"{{"source":["{}"]{kinds}}}"#, Event::SOURCE)
}

#[async_trait]
impl EventBus for EventBridge {
    async fn publish(&self, event: &Event) -> Result<(), EventError> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(Event::SOURCE)
            .detail_type(&event.kind)
            .detail(event.told()?)
            .time(DateTime::from_millis(event.time.millis()))
            .build();
        let put = self.client.put_events().entries(entry).send().await;
        let put = put.map_err(|error| {
            let Fault { kind, source } = Fault::of(error);
            match kind {
                Kind::Passing => EventError::Unavailable(source),
                Kind::Missing | Kind::Defect => EventError::Internal(source),
            }
        })?;
        // An entry that failed is told in an answer that did not (API reference, PutEvents).
        match put.entries().first().and_then(|entry| entry.error_code()) {
            None => Ok(()),
            Some(code @ ("InternalFailure" | "InternalException" | "ThrottlingException")) => {
                Err(EventError::Unavailable(code.into()))
            }
            Some(code) => Err(EventError::Internal(code.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_what_a_rule_says() {
        let of = |kinds: &str| pattern(&Rule { kinds: kinds.into(), queue: "q".into() });
        assert_eq!(of(""), r#"{"source":["stoa"]}"#);
        assert_eq!(of("course."), r#"{"source":["stoa"],"detail-type":[{"prefix":"course."}]}"#);
        for kinds in ["", "course."] {
            serde_json::from_str::<serde_json::Value>(&of(kinds)).unwrap();
        }
    }
}
