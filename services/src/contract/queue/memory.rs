//! A queue in memory: the simplest thing that keeps the contract, for unit tests.

use crate::clock::Clock;
use crate::ports::{DeadLetter, Delivery, NewMessage, Queue, QueueError, Receipt};
use async_trait::async_trait;
use domain::time::Timestamp;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// A queue in memory.
pub struct MemoryQueue {
    state: Mutex<State>,
    came: Notify,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    last_id: u64,
    messages: Vec<Message>,
    dead: Vec<(String, DeadLetter)>,
}

struct Message {
    id: u64,
    queue: String,
    body: String,
    sent: Timestamp,
    visible: Timestamp,
    attempts: u32,
}

impl Message {
    fn receipt(&self) -> Receipt {
        Receipt(format!("{}:{}", self.id, self.attempts))
    }
}

impl State {
    fn send(&mut self, queue: &str, body: String, sent: Timestamp, visible: Timestamp) {
        self.last_id += 1;
        self.messages.push(Message {
            id: self.last_id,
            queue: queue.into(),
            body,
            sent,
            visible,
            attempts: 0,
        });
    }

    fn position(&self, receipt: &Receipt) -> Result<usize, QueueError> {
        let named = |message: &Message| message.attempts > 0 && message.receipt() == *receipt;
        self.messages.iter().position(named).ok_or(QueueError::Gone)
    }
}

impl MemoryQueue {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Mutex::default(), came: Notify::new(), clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, queue: &str, message: NewMessage) -> Result<(), QueueError> {
        if message.body.len() > 256 * 1024 {
            return Err(QueueError::Internal("a message has at most 256 KB".into()));
        }
        let now = self.clock.now();
        self.state().send(queue, message.body, now, now.plus(message.delay));
        self.came.notify_waiters();
        Ok(())
    }

    async fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility: Duration,
    ) -> Result<Vec<Delivery>, QueueError> {
        let now = self.clock.now();
        let mut state = self.state();
        let visible =
            state.messages.iter_mut().filter(|message| message.queue == queue && message.visible <= now);
        Ok(visible
            .take(max)
            .map(|message| {
                message.attempts += 1;
                message.visible = now.plus(visibility);
                Delivery {
                    receipt: message.receipt(),
                    body: message.body.clone(),
                    attempt: message.attempts,
                    sent: message.sent,
                }
            })
            .collect())
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<(), QueueError> {
        let mut state = self.state();
        let at = state.position(receipt)?;
        state.messages[at].visible = self.clock.now().plus(visibility);
        self.came.notify_waiters();
        Ok(())
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), QueueError> {
        let mut state = self.state();
        let at = state.position(receipt)?;
        state.messages.remove(at);
        Ok(())
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), QueueError> {
        let mut state = self.state();
        let at = state.position(receipt)?;
        let Message { id, queue, body, sent, attempts, .. } = state.messages.remove(at);
        state
            .dead
            .push((queue, DeadLetter { id: id.to_string(), body, attempts, reason: reason.into(), sent }));
        Ok(())
    }

    async fn dead_letters(&self, queue: &str, max: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let state = self.state();
        let of_queue = state.dead.iter().filter(|(name, _)| name == queue);
        Ok(of_queue.take(max).map(|(_, letter)| letter.clone()).collect())
    }

    async fn redrive(&self, queue: &str, id: &str) -> Result<(), QueueError> {
        let mut state = self.state();
        let named = |(name, letter): &(String, DeadLetter)| name == queue && letter.id == id;
        let at = state.dead.iter().position(named).ok_or(QueueError::Gone)?;
        let (_, letter) = state.dead.remove(at);
        let now = self.clock.now();
        state.send(queue, letter.body, now, now);
        self.came.notify_waiters();
        Ok(())
    }

    async fn ready(&self, queue: &str) {
        let mut came = pin!(self.came.notified());
        came.as_mut().enable();
        let due = self
            .state()
            .messages
            .iter()
            .filter(|message| message.queue == queue)
            .map(|message| message.visible)
            .min();
        match due {
            Some(due) => drop(tokio::time::timeout(due.since(self.clock.now()), came).await),
            None => came.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Fixture, TestClock};

    fn fresh() -> Fixture<dyn Queue> {
        let clock = TestClock::new();
        Fixture::new(Arc::new(MemoryQueue::new(clock.clone())), clock, ())
    }

    crate::queue_contract!(fresh);
}
