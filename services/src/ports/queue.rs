//! Work to do, delivered at least once. The shape is SQS's (developer guide, "Visibility timeout").

use async_trait::async_trait;
use domain::time::Timestamp;
use std::time::Duration;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its text, at most 256 KB.
    pub body: String,
    /// How long it stays hidden at first.
    pub delay: Duration,
}

/// Proof of one delivery: with it, and while it is the latest one, the message can be settled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt(pub String);

/// A message handed out. Until its visibility timeout nobody else gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// To settle it with.
    pub receipt: Receipt,
    /// The text.
    pub body: String,
    /// Which delivery of this message it is, from 1.
    pub attempt: u32,
    /// When it was sent.
    pub sent: Timestamp,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Names it, for [`Queue::redrive`].
    pub id: String,
    /// The text.
    pub body: String,
    /// How often it was delivered.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: String,
    /// When it was sent.
    pub sent: Timestamp,
}

/// Why the queue did not do it.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The receipt is not the latest one of a message that is there: somebody else has it, or settled it.
    #[error("the message was delivered again or settled in the meantime")]
    Gone,
    /// The queue does not answer now. Trying again may help.
    #[error("the queue is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the queue failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Work to do. Several named queues; each message is delivered at least once, in no promised order.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Stores a message durably, then returns.
    async fn send(&self, queue: &str, message: NewMessage) -> Result<(), QueueError>;

    /// Up to `max` visible messages, each hidden from others for `visibility`. Returns at once, empty where
    /// nothing is to be had.
    async fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility: Duration,
    ) -> Result<Vec<Delivery>, QueueError>;

    /// Keeps a message hidden for `visibility` from now. With zero it is handed back: visible at once.
    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<(), QueueError>;

    /// The work is done: the message is gone for good.
    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), QueueError>;

    /// The work is given up: the message is kept as a dead letter, with the reason.
    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), QueueError>;

    /// Up to `max` dead letters, oldest first.
    async fn dead_letters(&self, queue: &str, max: usize) -> Result<Vec<DeadLetter>, QueueError>;

    /// Puts a dead letter back, as if it had just been sent.
    async fn redrive(&self, queue: &str, id: &str) -> Result<(), QueueError>;

    /// Returns when a message may have become visible (or on a whim); a worker then calls `receive`.
    async fn ready(&self, queue: &str);
}
