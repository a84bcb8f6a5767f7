//! [`Queue`] on SQS: each queue is one of SQS's, with another one beside it for its dead letters.

mod dead;
mod handed;
mod lane;
mod text;

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::MessageSystemAttributeName as Attribute;
use domain::time::Timestamp;
use handed::Handed;
use lane::Lane;
use services::clock::Clock;
use services::ports::{DeadLetter, Delivery, NewMessage, Queue, QueueError, Receipt};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The port's limit: a body may grow on its way (see `text`), and SQS takes 1 MiB.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// The longest delay of SQS.
const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);
/// The longest visibility timeout of SQS, counted from when a message was received.
const LONGEST_VISIBILITY: Duration = Duration::from_secs(12 * 60 * 60);
/// The most messages that SQS hands out at a time.
const BATCH: usize = 10;
/// How long a message stays hidden while its receipt is tried.
const WHILE_SETTLING: Duration = Duration::from_secs(30);

/// Queues of SQS. They are there already: `{prefix}{name}`, and `{prefix}{name}-dead` for dead letters, standard queues both.
///
/// SQS counts in seconds: shorter spans are rounded up. Visibility ends 12 hours after a message was received. Whether
/// a receipt is the latest is as certain as SQS says: it may take an older one for good, and then a message is settled
/// that somebody else works on.
#[derive(Clone)]
pub struct SqsQueue {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    prefix: String,
    clock: Arc<dyn Clock>,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
}

impl SqsQueue {
    /// Queues whose addresses begin so: `https://sqs.eu-central-1.amazonaws.com/123456789012/stoa-`.
    pub fn new(connection: &Connection, prefix: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        let (client, prefix) = (Client::new(&connection.config), prefix.into());
        Self { shared: Arc::new(Shared { client, prefix, clock, lanes: Mutex::default() }) }
    }

    fn url(&self, queue: &str) -> String {
        format!("{}{queue}", self.shared.prefix)
    }

    fn lane(&self, queue: &str) -> Arc<Lane> {
        let mut lanes = self.shared.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.entry(queue.to_owned()).or_default().clone()
    }

    /// Sends a body, or what is left of its delay.
    async fn post(&self, queue: &str, body: &str, sent: Timestamp, due: Timestamp) -> Result<(), QueueError> {
        let wait = due.since(self.shared.clock.now());
        let mut request = self.shared.client.send_message().queue_url(self.url(queue));
        request = request.delay_seconds(seconds(wait.min(LONGEST_DELAY)));
        if wait > LONGEST_DELAY {
            request = request.message_attributes(handed::DUE, text::attribute(&due.millis().to_string())?);
            request = request.message_attributes(handed::SENT, text::attribute(&sent.millis().to_string())?);
        }
        let (body, mark) = text::pack(body)?;
        if let Some(mark) = mark {
            request = request.message_attributes(text::ENCODING, mark);
        }
        request.message_body(body).send().await.map_err(failure)?;
        Ok(())
    }

    /// Up to [`BATCH`] messages, after waiting for some at most so long.
    async fn take(
        &self,
        queue: &str,
        max: usize,
        visibility: Duration,
        wait: Duration,
    ) -> Result<Vec<Delivery>, QueueError> {
        let request = self.shared.client.receive_message().queue_url(self.url(queue));
        let request = request
            .max_number_of_messages(max.min(BATCH) as i32)
            .visibility_timeout(seconds(visibility.min(LONGEST_VISIBILITY)))
            .wait_time_seconds(seconds(wait))
            .message_system_attribute_names(Attribute::ApproximateReceiveCount)
            .message_system_attribute_names(Attribute::SentTimestamp)
            .message_attribute_names("All");
        let received = request.send().await.map_err(failure)?;
        let mut deliveries = Vec::new();
        for message in received.messages.unwrap_or_default() {
            let message = Handed::read(queue, message);
            match message.due.filter(|due| *due > self.shared.clock.now()) {
                None => deliveries.push(message.deliver()?),
                // Only now: a crash in between sends it twice.
                Some(due) => {
                    self.post(queue, &message.body, message.sent, due).await?;
                    self.delete(queue, &message.handle).await?;
                }
            }
        }
        Ok(deliveries)
    }

    async fn hide(&self, queue: &str, handle: &str, visibility: Duration) -> Result<(), QueueError> {
        let request = self.shared.client.change_message_visibility().queue_url(self.url(queue));
        let request = request.receipt_handle(handle);
        let visibility = seconds(visibility.min(LONGEST_VISIBILITY));
        request.visibility_timeout(visibility).send().await.map_err(unsettled)?;
        Ok(())
    }

    async fn delete(&self, queue: &str, handle: &str) -> Result<(), QueueError> {
        let request = self.shared.client.delete_message().queue_url(self.url(queue));
        request.receipt_handle(handle).send().await.map_err(unsettled)?;
        Ok(())
    }

    /// Finds out whether a receipt is the latest: SQS says so when the message is hidden with it, and not when it is
    /// deleted.
    async fn check(&self, message: &Handed) -> Result<(), QueueError> {
        match self.hide(&message.queue, &message.handle, WHILE_SETTLING).await {
            // Its time is over, and nobody else has it.
            Err(QueueError::Internal(error)) if is_visible(&*error) => Ok(()),
            result => result,
        }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: &str, message: NewMessage) -> Result<(), QueueError> {
        if message.body.len() > MAX_BODY_BYTES {
            return Err(QueueError::Internal("a message has at most 256 KB".into()));
        }
        let now = self.shared.clock.now();
        self.post(queue, &message.body, now, now.plus(message.delay)).await
    }

    async fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility: Duration,
    ) -> Result<Vec<Delivery>, QueueError> {
        let mut deliveries = Vec::new();
        for delivery in self.lane(queue).unstash(max) {
            match self.extend(&delivery.receipt, visibility).await {
                Ok(()) => deliveries.push(delivery),
                Err(QueueError::Gone) => {}
                // It comes back by itself.
                Err(error) => tracing::warn!(%error, queue, "a message that waited cannot be handed out"),
            }
        }
        while deliveries.len() < max {
            let more = match self.take(queue, max - deliveries.len(), visibility, Duration::ZERO).await {
                // Those that are there must not be hidden in vain.
                Err(error) if !deliveries.is_empty() => {
                    tracing::warn!(%error, queue, "no more messages can be received");
                    break;
                }
                more => more?,
            };
            let last = more.len() < BATCH;
            deliveries.extend(more);
            if last {
                break;
            }
        }
        Ok(deliveries)
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<(), QueueError> {
        let message = Handed::parse(receipt)?;
        match self.hide(&message.queue, &message.handle, visibility).await {
            Err(QueueError::Internal(error)) if is_visible(&*error) => {
                // It is visible: just what zero asks for.
                if visibility.is_zero() { Ok(()) } else { Err(QueueError::Gone) }
            }
            result => result,
        }
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), QueueError> {
        let message = Handed::parse(receipt)?;
        self.check(&message).await?;
        self.delete(&message.queue, &message.handle).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), QueueError> {
        let message = Handed::parse(receipt)?;
        self.check(&message).await?;
        // The letter first: a crash in between leaves two, never none.
        self.keep(&message, reason).await?;
        self.delete(&message.queue, &message.handle).await
    }

    async fn dead_letters(&self, queue: &str, max: usize) -> Result<Vec<DeadLetter>, QueueError> {
        self.letters(queue, max).await
    }

    async fn redrive(&self, queue: &str, id: &str) -> Result<(), QueueError> {
        self.send_again(queue, id).await
    }

    /// Waits as SQS does, which takes the message that ends the wait: it is kept for the next `receive`, and comes
    /// back to the queue if there is none.
    async fn ready(&self, queue: &str) {
        self.lane(queue).ready(self, queue).await;
    }
}

/// SQS counts in seconds. Rounded up: what is hidden stays so for no shorter than was asked.
fn seconds(span: Duration) -> i32 {
    i32::try_from(span.as_secs() + u64::from(span.subsec_nanos() > 0)).unwrap_or(i32::MAX)
}

fn failure<E>(error: SdkError<E, HttpResponse>) -> QueueError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let Fault { kind, source } = Fault::of(error);
    match kind {
        Kind::Passing => QueueError::Unavailable(source),
        Kind::Missing | Kind::Defect => QueueError::Internal(source),
    }
}

/// What SQS calls a receipt that is not the latest, of a message that is gone, or none at all.
const GONE: [&str; 3] = ["ReceiptHandleIsInvalid", "InvalidParameterValue", "InvalidIdFormat"];

/// An error of a request that settles a message.
fn unsettled<E>(error: SdkError<E, HttpResponse>) -> QueueError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if error.code().is_some_and(|code| GONE.contains(&code)) { QueueError::Gone } else { failure(error) }
}

fn is_visible(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use aws_sdk_sqs::operation::change_message_visibility::ChangeMessageVisibilityError as Change;
    error
        .downcast_ref::<SdkError<Change, HttpResponse>>()
        .and_then(SdkError::as_service_error)
        .is_some_and(Change::is_message_not_inflight)
}
