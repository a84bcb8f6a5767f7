//! Dead letters: messages of a queue of their own. SQS has no way to look without taking, so who looks takes them for a
//! moment and hands them back; meanwhile somebody else who looks does not see them.

use super::handed::SENT;
use super::{BATCH, Handed, SqsQueue, failure, seconds, text};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry as Change, Message, MessageSystemAttributeName as Attribute,
};
use domain::time::Timestamp;
use services::ports::{DeadLetter, QueueError};
use std::time::Duration;

const REASON: &str = "reason";
const ATTEMPTS: &str = "attempts";

/// How long letters are taken for: they come back by themselves where handing them back fails.
const LOOKING: Duration = Duration::from_secs(10);
/// How many are looked at. More than anybody reads, and few enough to be done within [`LOOKING`].
const MOST: usize = 1000;

/// A letter, when it was buried, and what it is handed back with.
struct Found {
    letter: DeadLetter,
    buried: i64,
    handle: String,
}

impl SqsQueue {
    /// Keeps a message as a dead letter.
    pub(super) async fn keep(&self, message: &Handed, reason: &str) -> Result<(), QueueError> {
        let (body, mark) = text::pack(&message.body)?;
        let request = self.shared.client.send_message().queue_url(self.dead(&message.queue));
        let mut request = request
            .message_body(body)
            .message_attributes(REASON, text::attribute(&text::readable(reason))?)
            .message_attributes(ATTEMPTS, text::attribute(&message.attempt.to_string())?)
            .message_attributes(SENT, text::attribute(&message.sent.millis().to_string())?);
        if let Some(mark) = mark {
            request = request.message_attributes(text::ENCODING, mark);
        }
        request.send().await.map_err(failure)?;
        Ok(())
    }

    /// See [`services::ports::Queue::dead_letters`].
    pub(super) async fn letters(&self, queue: &str, max: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let found = self.look(queue).await?;
        self.hand_back(queue, &found).await;
        Ok(found.into_iter().take(max).map(|found| found.letter).collect())
    }

    /// See [`services::ports::Queue::redrive`].
    pub(super) async fn send_again(&self, queue: &str, id: &str) -> Result<(), QueueError> {
        let mut found = match self.look(queue).await {
            // There is no such queue, and so no such letter.
            Err(QueueError::Internal(error)) if is_no_queue(&*error) => return Err(QueueError::Gone),
            found => found?,
        };
        let chosen = found.iter().position(|found| found.letter.id == id).map(|at| found.remove(at));
        self.hand_back(queue, &found).await;
        let chosen = chosen.ok_or(QueueError::Gone)?;
        let now = self.shared.clock.now();
        self.post(queue, &chosen.letter.body, now, now).await?;
        let request = self.shared.client.delete_message().queue_url(self.dead(queue));
        request.receipt_handle(chosen.handle).send().await.map_err(failure)?;
        Ok(())
    }

    fn dead(&self, queue: &str) -> String {
        format!("{}-dead", self.url(queue))
    }

    /// Takes the letters that are there, oldest first.
    async fn look(&self, queue: &str) -> Result<Vec<Found>, QueueError> {
        let mut found: Vec<Found> = Vec::new();
        while found.len() < MOST {
            let request = self.shared.client.receive_message().queue_url(self.dead(queue));
            let request = request
                .max_number_of_messages(BATCH as i32)
                .visibility_timeout(seconds(LOOKING))
                // Asks all of SQS's servers, and still returns at once where there is something.
                .wait_time_seconds(1)
                .message_system_attribute_names(Attribute::SentTimestamp)
                .message_attribute_names("All");
            let page = request.send().await.map_err(failure)?.messages.unwrap_or_default();
            if page.is_empty() {
                break;
            }
            found.extend(page.into_iter().map(Found::read));
        }
        found.sort_by(|one, other| (one.buried, &one.letter.id).cmp(&(other.buried, &other.letter.id)));
        Ok(found)
    }

    async fn hand_back(&self, queue: &str, found: &[Found]) {
        for batch in found.chunks(BATCH) {
            let entries = (0..).zip(batch).map(|(at, found)| {
                Change::builder()
                    .id(at.to_string())
                    .receipt_handle(&found.handle)
                    .visibility_timeout(0)
                    .build()
            });
            let request = self.shared.client.change_message_visibility_batch().queue_url(self.dead(queue));
            let Ok(entries) = entries.collect::<Result<Vec<_>, _>>() else { continue };
            if let Err(error) = request.set_entries(Some(entries)).send().await.map_err(failure) {
                tracing::warn!(%error, queue, "dead letters stay out of sight for some seconds");
            }
        }
    }
}

impl Found {
    fn read(message: Message) -> Self {
        let buried = message.attributes().and_then(|all| all.get(&Attribute::SentTimestamp)?.parse().ok());
        let buried: i64 = buried.unwrap_or_default();
        let sent = text::value(&message, SENT).and_then(|sent| sent.parse().ok()).unwrap_or(buried);
        // Letters without these: SQS itself put them there, by a redrive policy.
        let attempts = text::value(&message, ATTEMPTS).and_then(|attempts| attempts.parse().ok());
        let reason = text::value(&message, REASON).unwrap_or("SQS gave it up");
        let letter = DeadLetter {
            body: text::unpack(&message),
            attempts: attempts.unwrap_or_default(),
            reason: reason.to_owned(),
            sent: Timestamp::from_millis(sent),
            id: message.message_id.unwrap_or_default(),
        };
        Self { letter, buried, handle: message.receipt_handle.unwrap_or_default() }
    }
}

fn is_no_queue(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use aws_sdk_sqs::config::http::HttpResponse;
    use aws_sdk_sqs::error::SdkError;
    use aws_sdk_sqs::operation::receive_message::ReceiveMessageError as Receive;
    error
        .downcast_ref::<SdkError<Receive, HttpResponse>>()
        .and_then(SdkError::as_service_error)
        .is_some_and(Receive::is_queue_does_not_exist)
}
