//! A message in somebody's hands.

use super::text;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName as Attribute};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use services::ports::{Delivery, QueueError, Receipt};

/// Attributes of a message whose delay is longer than SQS's: when it is due, and when it was sent. Epoch milliseconds.
pub(super) const DUE: &str = "due";
pub(super) const SENT: &str = "sent";

/// A message that was handed out. All of it is its receipt: SQS cannot be asked for a message by its handle, and
/// burying one needs its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Handed {
    pub(super) queue: String,
    pub(super) handle: String,
    pub(super) body: String,
    pub(super) attempt: u32,
    pub(super) sent: Timestamp,
    #[serde(skip)]
    pub(super) due: Option<Timestamp>,
}

impl Handed {
    pub(super) fn read(queue: &str, message: Message) -> Self {
        let system = message.attributes.as_ref();
        let number = |name| -> Option<i64> { system?.get(&name)?.parse().ok() };
        let millis = |name| Some(Timestamp::from_millis(text::value(&message, name)?.parse().ok()?));
        let sent = number(Attribute::SentTimestamp).unwrap_or_default();
        let attempt = number(Attribute::ApproximateReceiveCount).and_then(|count| count.try_into().ok());
        Self {
            queue: queue.to_owned(),
            body: text::unpack(&message),
            attempt: attempt.unwrap_or(1),
            sent: millis(SENT).unwrap_or(Timestamp::from_millis(sent)),
            due: millis(DUE),
            handle: message.receipt_handle.unwrap_or_default(),
        }
    }

    pub(super) fn deliver(self) -> Result<Delivery, QueueError> {
        let receipt = serde_json::to_string(&self).map_err(|error| QueueError::Internal(error.into()))?;
        Ok(Delivery { receipt: Receipt(receipt), body: self.body, attempt: self.attempt, sent: self.sent })
    }

    pub(super) fn parse(receipt: &Receipt) -> Result<Self, QueueError> {
        serde_json::from_str(&receipt.0).map_err(|_| QueueError::Gone)
    }
}
