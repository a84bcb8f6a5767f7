//! Waiting for a message of one queue. SQS cannot tell that there is one without handing it out, so a wait has a
//! message in its hands when it ends: it is kept here until it is asked for.

use super::SqsQueue;
use services::ports::Delivery;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The longest wait that SQS offers ("long polling").
const LONG_POLL: Duration = Duration::from_secs(20);
/// How long a message stays hidden that nobody asked for yet: also one whose wait ended with the process.
const KEPT: Duration = Duration::from_secs(10);
/// Before that is over, somebody must have: SQS hands it out again then. Whoever waits asks at once.
const FRESH: Duration = Duration::from_secs(5);

/// One queue, for those who wait for it.
#[derive(Default)]
pub(super) struct Lane {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Vec<(Delivery, Instant)>,
    /// Closed when the wait that goes on is over.
    waiting: Option<watch::Receiver<()>>,
}

impl Lane {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to `max` messages that waits ended with.
    pub(super) fn unstash(&self, max: usize) -> Vec<Delivery> {
        let mut state = self.state();
        state.forget_stale();
        let count = max.min(state.kept.len());
        state.kept.drain(..count).map(|(delivery, _)| delivery).collect()
    }

    /// Returns when there is a message, or a while later. One wait goes on at a time, whoever waits: and it goes on
    /// when they stop waiting, because a message that comes then would be hidden and in nobody's hands.
    pub(super) async fn ready(self: Arc<Self>, sqs: &SqsQueue, queue: &str) {
        let mut over = {
            let mut state = self.state();
            state.forget_stale();
            if !state.kept.is_empty() {
                return;
            }
            let going_on = state.waiting.clone().filter(|over| over.has_changed().is_ok());
            going_on.unwrap_or_else(|| {
                let (end, over) = watch::channel(());
                state.waiting = Some(over.clone());
                let (lane, sqs, queue) = (self.clone(), sqs.clone(), queue.to_owned());
                tokio::spawn(async move {
                    lane.wait(&sqs, &queue).await;
                    drop(end);
                });
                over
            })
        };
        let _ = over.changed().await;
    }

    async fn wait(&self, sqs: &SqsQueue, queue: &str) {
        match sqs.take(queue, 1, KEPT, LONG_POLL).await {
            Ok(deliveries) => {
                let now = Instant::now();
                self.state().kept.extend(deliveries.into_iter().map(|delivery| (delivery, now)));
            }
            Err(error) => {
                tracing::warn!(%error, queue, "the queue cannot be waited for");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

impl State {
    fn forget_stale(&mut self) {
        self.kept.retain(|(_, since)| since.elapsed() < FRESH);
    }
}
