//! [`EventBus`] within this program: events go straight to the queues that its rules name.

use async_trait::async_trait;
use services::ports::{Event, EventBus, EventError, NewMessage, Queue, QueueError, Rule};
use std::sync::Arc;
use std::time::Duration;

/// Delivers events to queues by a list of rules. As durable as the queue.
pub struct LocalEvents {
    queue: Arc<dyn Queue>,
    rules: Vec<Rule>,
}

impl LocalEvents {
    /// With rules that never change.
    pub fn new(queue: Arc<dyn Queue>, rules: Vec<Rule>) -> Self {
        Self { queue, rules }
    }
}

#[async_trait]
impl EventBus for LocalEvents {
    async fn publish(&self, event: &Event) -> Result<(), EventError> {
        let envelope = event.envelope()?;
        for rule in self.rules.iter().filter(|rule| rule.fits(&event.kind)) {
            let message = NewMessage { body: envelope.clone(), delay: Duration::ZERO };
            self.queue.send(&rule.queue, message).await.map_err(failure)?;
        }
        Ok(())
    }
}

fn failure(error: QueueError) -> EventError {
    match error {
        QueueError::Unavailable(_) => EventError::Unavailable(error.into()),
        QueueError::Gone | QueueError::Internal(_) => EventError::Internal(error.into()),
    }
}
