//! Doing jobs one by one, where a test says when.

use crate::Stoa;
use crate::worker::{Job, QUEUES, Task};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The next job of any queue that changes something of ours, once it is there; it is then gone from the queue. Jobs
/// that only tell somebody are dropped.
///
/// # Panics
/// Where the queue does not work, or holds what is no job.
pub async fn next_task(stoa: &Stoa) -> Task {
    loop {
        match task_at_hand(stoa).await {
            Some(task) => return task,
            None => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}

/// The same, if it is there now.
///
/// # Panics
/// As [`next_task`].
pub async fn task_at_hand(stoa: &Stoa) -> Option<Task> {
    for queue in QUEUES {
        loop {
            let deliveries = stoa.queue.receive(queue, 1, Duration::from_secs(3600)).await;
            let deliveries = deliveries.expect("the queue works");
            let Some(delivery) = deliveries.first() else { break };
            stoa.queue.acknowledge(&delivery.receipt).await.expect("the queue works");
            let job = serde_json::from_str(&delivery.body).expect("a job");
            if !matches!(job, Job::AnnounceVideo { .. } | Job::PublishEvent { .. } | Job::SendMail { .. }) {
                return Some(Task { job, last_attempt: false, cancelled: CancellationToken::new() });
            }
        }
    }
    None
}
