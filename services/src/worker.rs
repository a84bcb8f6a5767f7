//! Takes jobs from a queue and does them, each at least once.

use crate::Stoa;
use crate::clock::Random;
use crate::mail::Post;
use crate::ports::{Delivery, Event, Queue, QueueError};
use domain::id::{AccountId, AssetId, AttachmentId, LessonId, OrderId, VersionId};
use domain::text::Email;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// The queue of conversions, which take long: as many at a time as the machine can bear.
pub const CONVERSIONS: &str = "conversions";
/// The queue of all other jobs, so that they do not wait for conversions.
pub const JOBS: &str = "jobs";
/// The queue of mails, which may wait for days for a mail server, and nothing with them.
pub const MAIL: &str = "mail";
/// The queue of what a cloud's services tell: no jobs, and empty where there is no cloud.
pub const EVENTS: &str = "events";
/// Every queue.
pub const QUEUES: [&str; 4] = [CONVERSIONS, JOBS, MAIL, EVENTS];

/// How long a job stays with a worker that gives no sign of life.
const VISIBILITY: Duration = Duration::from_secs(30);
/// How often a worker gives one: two may get lost.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long a handler may take to stop once it is told to.
const GRACE: Duration = Duration::from_secs(8);
/// How many deliveries a job gets before a failure is its last.
pub const MAX_ATTEMPTS: u32 = 8;
/// The same for a mail: with the longest wait in between, three days.
const MAX_ATTEMPTS_OF_MAIL: u32 = 400;
/// How many more deliveries until it must be the job that ends the process: also a restart of the server in the
/// midst of a long job is a delivery, and no fault of the job.
const MORE_DELIVERIES: u32 = 92;
/// The wait after the first failure; it doubles with each.
const FIRST_BACK_OFF: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(15 * 60);

/// How long a job waits where the disk is full: somebody has to make room.
pub const WHEN_FULL: Duration = Duration::from_secs(60);

/// Work to do later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub enum Job {
    /// Make an uploaded video watchable.
    ProcessVideo {
        /// Which video.
        asset: AssetId,
        /// Which upload of it.
        version: VersionId,
    },
    /// Tell its instructor that a video is ready, or failed; and the operators where they should know.
    AnnounceVideo {
        /// Which video.
        asset: AssetId,
        /// Which upload of it.
        version: VersionId,
    },
    /// Send somebody a mail.
    SendMail {
        /// What, and to whom.
        post: Post,
    },
    /// Make a code and mail it, where somebody waits for one.
    SendCode {
        /// To whom.
        email: Email,
        /// What for.
        purpose: CodeFor,
        /// From where it was asked for.
        #[serde(default)]
        from: Option<IpAddr>,
    },
    /// Tell an identity provider that keeps roles of the one that an account has now.
    TellRole {
        /// Whose.
        account: AccountId,
    },
    /// Find out how an order stands, and do what is to be done.
    SettleOrder {
        /// Which order.
        order: OrderId,
    },
    /// Work through what the payment service told.
    HearPayment {
        /// Which event.
        event: String,
    },
    /// Tell those who run the place.
    TellOperators {
        /// One line.
        subject: String,
        /// Paragraphs.
        text: String,
    },
    /// Publish what happened, for whoever listens.
    PublishEvent {
        /// What happened.
        event: Event,
    },
    /// Take away videos that no lesson shows any more: their records and all their files.
    RemoveVideos {
        /// Which videos.
        assets: Vec<AssetId>,
    },
    /// Bring the copy of a video that learners may keep in line with what is allowed.
    CopyVideo {
        /// Which video.
        asset: AssetId,
    },
    /// Bring the captions beside the version of a video that learners watch in line with its record.
    PlaceCaptions {
        /// Which video.
        asset: AssetId,
    },
    /// Take away the bytes of attachments that no lesson offers any more.
    RemoveAttachments {
        /// Which attachments.
        attachments: Vec<AttachmentId>,
    },
    /// Take away all files of lessons that are gone.
    RemoveLessonFiles {
        /// Which lessons.
        lessons: Vec<LessonId>,
        /// Whose room they took, where that was known.
        #[serde(default)]
        owner: Option<AccountId>,
    },
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeFor {
    /// A registration that waits for it.
    Registration,
    /// A new password.
    Reset,
}

impl Job {
    /// Where it waits for its turn.
    pub fn queue(&self) -> &'static str {
        match self {
            Job::ProcessVideo { .. } => CONVERSIONS,
            Job::SendMail { .. } => MAIL,
            _ => JOBS,
        }
    }
}

/// A job as its handler gets it.
#[derive(Debug, Clone)]
pub struct Task<T = Job> {
    /// What to do.
    pub job: T,
    /// Whether [`Outcome::Retry`] will not be followed by another attempt.
    pub last_attempt: bool,
    /// Cancelled when the handler should stop soon: the server shuts down, or another worker has the job now.
    /// One that then returns [`Outcome::Retry`] will be run again; one that does not return is dropped.
    pub cancelled: CancellationToken,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, or there is nothing to do any more.
    Done,
    /// It did not work this time.
    Retry {
        /// Why, for the log and the dead letter.
        reason: String,
        /// When to try again; `None` for a wait that grows with each attempt.
        after: Option<Duration>,
    },
    /// It will never work.
    Fail {
        /// Why, for the log and the dead letter.
        reason: String,
    },
}

/// Works on one queue.
#[derive(Clone)]
pub struct Worker {
    queue: Arc<dyn Queue>,
    random: Arc<dyn Random>,
    name: String,
    concurrency: usize,
    max_attempts: u32,
}

impl Worker {
    /// For the queue of this name, with at most so many jobs at a time.
    pub fn new(stoa: &Stoa, name: &str, concurrency: usize) -> Self {
        let max_attempts = if name == MAIL { MAX_ATTEMPTS_OF_MAIL } else { MAX_ATTEMPTS };
        let (queue, random) = (stoa.queue.clone(), stoa.random.clone());
        Self { queue, random, name: name.to_owned(), concurrency, max_attempts }
    }

    /// Works until `shutdown`, then tells the handlers to stop and hands back what they did not finish.
    ///
    /// A handler that panics has failed for this time. A job may be handled twice, even at the same time, where
    /// its worker was silent for too long.
    pub async fn run<H, F>(self, handler: H, shutdown: CancellationToken)
    where
        H: Fn(Task) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler = move |task: Task<&str>| {
            let job = serde_json::from_str(task.job)
                .map_err(|error| format!("is no job that this program knows: {error}"))?;
            tracing::info!(?job, "a job starts");
            Ok(handler(Task { job, last_attempt: task.last_attempt, cancelled: task.cancelled }))
        };
        self.run_on_text(handler, shutdown).await;
    }

    /// The same on a queue whose messages are no jobs. What the handler refuses will never work.
    pub async fn run_on_text<H, F>(self, handler: H, shutdown: CancellationToken)
    where
        H: Fn(Task<&str>) -> Result<F, String> + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let mut running = JoinSet::new();
        while !shutdown.is_cancelled() {
            let free = self.concurrency - running.len();
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(_) = running.join_next() => continue,
                () = self.queue.ready(&self.name), if free > 0 => {}
            }
            for delivery in self.receive(free, &shutdown).await {
                let span = tracing::info_span!("job", queue = self.name, attempt = delivery.attempt);
                let (worker, handler, shutdown) = (self.clone(), handler.clone(), shutdown.clone());
                running.spawn(
                    async move { worker.attend(delivery, &*handler, &shutdown).await }.instrument(span),
                );
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// What is to be had; nothing, after a moment, where the queue does not answer.
    async fn receive(&self, most: usize, shutdown: &CancellationToken) -> Vec<Delivery> {
        match self.queue.receive(&self.name, most, VISIBILITY).await {
            Ok(deliveries) => deliveries,
            Err(error) => {
                tracing::warn!(%error, queue = self.name, "no jobs can be received; trying again soon");
                let _ = timeout(Duration::from_secs(1), shutdown.cancelled()).await;
                Vec::new()
            }
        }
    }

    /// Runs the handler for one delivery and settles it.
    async fn attend<H, F>(&self, delivery: Delivery, handler: &H, shutdown: &CancellationToken)
    where
        H: Fn(Task<&str>) -> Result<F, String>,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let settled = match self.outcome(&delivery, handler, shutdown).await {
            None => {
                tracing::warn!("another worker has the job now");
                return;
            }
            Some(outcome) => self.settle(&delivery, outcome, shutdown.is_cancelled()).await,
        };
        match settled {
            Ok(()) => {}
            Err(QueueError::Gone) => tracing::warn!("another worker has the job now"),
            // It comes again after its visibility timeout.
            Err(error) => tracing::error!(%error, "a job's outcome could not be stored"),
        }
    }

    /// `None` where the delivery was lost to another worker.
    async fn outcome<H, F>(
        &self,
        delivery: &Delivery,
        handler: &H,
        shutdown: &CancellationToken,
    ) -> Option<Outcome>
    where
        H: Fn(Task<&str>) -> Result<F, String>,
        F: Future<Output = Outcome> + Send + 'static,
    {
        if delivery.attempt > self.max_attempts + MORE_DELIVERIES {
            return Some(Outcome::Fail { reason: "was delivered again and again and never finished".into() });
        }
        let cancelled = shutdown.child_token();
        let last_attempt = delivery.attempt >= self.max_attempts;
        let work_on = match handler(Task { job: &*delivery.body, last_attempt, cancelled: cancelled.clone() })
        {
            Ok(work) => work,
            Err(reason) => return Some(Outcome::Fail { reason }),
        };
        // A task of its own, so that a panic ends there. Dropped with us, or by the grace below.
        let mut work = JoinSet::new();
        work.spawn(work_on.in_current_span());
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut overdue = pin!(overdue(&cancelled));
        let mut lost = false;
        loop {
            tokio::select! {
                Some(result) = work.join_next() => {
                    return (!lost).then(|| result.unwrap_or_else(|panic| {
                        tracing::error!(%panic, "a job's handler panicked");
                        Outcome::Retry { reason: format!("its handler panicked: {panic}"), after: None }
                    }));
                }
                _ = heartbeat.tick(), if !lost => match self.queue.extend(&delivery.receipt, VISIBILITY).await {
                    Ok(()) => {}
                    Err(QueueError::Gone) => {
                        lost = true;
                        cancelled.cancel();
                    }
                    Err(error) => tracing::warn!(%error, "a job's heartbeat failed"),
                },
                () = &mut overdue => {
                    tracing::warn!("a job's handler did not stop in time and is dropped");
                    work.shutdown().await;
                    return (!lost).then(|| Outcome::Retry { reason: "did not stop in time".into(), after: None });
                }
            }
        }
    }

    async fn settle(&self, delivery: &Delivery, outcome: Outcome, stopping: bool) -> Result<(), QueueError> {
        let receipt = &delivery.receipt;
        match outcome {
            Outcome::Done => {
                tracing::info!("a job is done");
                self.queue.acknowledge(receipt).await
            }
            Outcome::Retry { reason, .. } if stopping => {
                tracing::info!(reason, "a job is handed back");
                self.queue.extend(receipt, Duration::ZERO).await
            }
            Outcome::Retry { reason, after } if delivery.attempt < self.max_attempts => {
                let wait = after.unwrap_or_else(|| back_off(delivery.attempt, &*self.random));
                tracing::warn!(reason, wait_seconds = wait.as_secs(), "a job failed and will be tried again");
                self.queue.extend(receipt, wait).await
            }
            Outcome::Retry { reason, .. } | Outcome::Fail { reason } => {
                tracing::error!(reason, "a job is given up");
                self.queue.bury(receipt, &reason).await
            }
        }
    }
}

/// Returns when somebody who was told to stop should have.
async fn overdue(cancelled: &CancellationToken) {
    cancelled.cancelled().await;
    sleep(GRACE).await;
}

/// How long to wait after this many attempts: doubling, and spread over its upper half, so that jobs that
/// failed together do not come back together.
fn back_off(attempt: u32, random: &dyn Random) -> Duration {
    let doubled = FIRST_BACK_OFF.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    let longest = doubled.min(LONGEST_BACK_OFF);
    let mut bits = [0; 4];
    random.fill(&mut bits);
    longest.mul_f64(0.5 + 0.5 * f64::from(u32::from_le_bytes(bits)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
