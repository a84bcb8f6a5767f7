use super::*;
use crate::clock::Clock;
use crate::contract::TestRandom;
use crate::contract::queue::MemoryQueue;
use crate::ports::NewMessage;
use domain::time::Timestamp;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// Goes with tokio's timers, which a paused runtime moves by itself.
struct TimerClock(Instant);

impl Clock for TimerClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0).plus(self.0.elapsed())
    }
}

/// A worker on a queue in memory, at work.
struct AtWork {
    queue: Arc<MemoryQueue>,
    shutdown: CancellationToken,
    worker: tokio::task::JoinHandle<()>,
}

fn start<H, F>(concurrency: usize, handler: H) -> AtWork
where
    H: Fn(Task) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let queue = Arc::new(MemoryQueue::new(Arc::new(TimerClock(Instant::now()))));
    let shutdown = CancellationToken::new();
    let random = Arc::new(TestRandom::default());
    let worker =
        Worker { queue: queue.clone(), random, name: JOBS.into(), concurrency, max_attempts: MAX_ATTEMPTS };
    AtWork { queue, worker: tokio::spawn(worker.run(handler, shutdown.clone())), shutdown }
}

impl AtWork {
    async fn send(&self, job: &Job) {
        let body = serde_json::to_string(job).unwrap();
        self.queue.send(JOBS, NewMessage { body, delay: Duration::ZERO }).await.unwrap();
    }

    async fn dead(&self) -> Vec<(u32, String)> {
        let letters = self.queue.dead_letters(JOBS, 100).await.unwrap();
        letters.into_iter().map(|letter| (letter.attempts, letter.reason)).collect()
    }

    /// Whether somebody could receive a message this much later.
    async fn anything_left(&self) -> bool {
        sleep(Duration::from_secs(24 * 3600)).await;
        !self.queue.receive(JOBS, 1, Duration::ZERO).await.unwrap().is_empty()
    }

    async fn stop(self) -> Arc<MemoryQueue> {
        self.shutdown.cancel();
        self.worker.await.unwrap();
        self.queue
    }
}

fn job(n: u128) -> Job {
    let now = Timestamp::from_millis(1);
    Job::ProcessVideo { asset: AssetId::new(now, n), version: VersionId::new(now, n) }
}

fn retry() -> Outcome {
    Outcome::Retry { reason: "not today".into(), after: None }
}

#[tokio::test(start_paused = true)]
async fn each_job_is_done_once_and_no_more_than_allowed_at_a_time() {
    let running = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let done = Arc::new(Mutex::new(Vec::new()));
    let (r, m, d) = (running.clone(), most.clone(), done.clone());
    let at_work = start(3, move |task: Task| {
        let (r, m, d) = (r.clone(), m.clone(), d.clone());
        async move {
            m.fetch_max(r.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_secs(5)).await;
            r.fetch_sub(1, Ordering::SeqCst);
            d.lock().unwrap().push(task.job);
            Outcome::Done
        }
    });
    for n in 0..10 {
        at_work.send(&job(n)).await;
    }
    // Four rounds of three; waiting for a fifth would need a free place that is not taken.
    sleep(Duration::from_secs(21)).await;
    let mut done = done.lock().unwrap().clone();
    done.sort_by_key(|job| serde_json::to_string(job).unwrap());
    assert_eq!(done, (0..10).map(job).collect::<Vec<_>>());
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert!(!at_work.anything_left().await);
}

#[tokio::test(start_paused = true)]
async fn a_long_job_is_kept_by_its_heartbeat() {
    let starts = Arc::new(AtomicU32::new(0));
    let counted = starts.clone();
    let at_work = start(2, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async {
            sleep(Duration::from_secs(3600)).await;
            Outcome::Done
        }
    });
    at_work.send(&job(1)).await;
    assert!(!at_work.anything_left().await);
    assert_eq!(starts.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failing_job_is_tried_ever_later_and_then_buried() {
    let starts = Arc::new(Mutex::new(Vec::new()));
    let noted = starts.clone();
    let at_work = start(1, move |task: Task| {
        noted.lock().unwrap().push((Instant::now(), task.last_attempt));
        async { retry() }
    });
    at_work.send(&job(1)).await;
    assert!(!at_work.anything_left().await);
    assert_eq!(at_work.dead().await, [(MAX_ATTEMPTS, "not today".into())]);
    let starts = starts.lock().unwrap().clone();
    assert_eq!(starts.len() as u32, MAX_ATTEMPTS);
    let last: Vec<_> = starts.iter().map(|(_, last)| *last).collect();
    assert!(last[MAX_ATTEMPTS as usize - 1] && !last[..MAX_ATTEMPTS as usize - 1].contains(&true));
    for (n, pair) in starts.windows(2).enumerate() {
        let (waited, longest) = (pair[1].0 - pair[0].0, FIRST_BACK_OFF * (1 << n));
        assert!(
            waited + Duration::from_millis(2) >= longest / 2 && waited <= longest + Duration::from_millis(2),
            "{n}: {waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_can_say_when_to_try_again() {
    let starts = Arc::new(Mutex::new(Vec::new()));
    let noted = starts.clone();
    let at_work = start(1, move |_| {
        let mut starts = noted.lock().unwrap();
        starts.push(Instant::now());
        let first = starts.len() == 1;
        let after = Some(Duration::from_secs(1234));
        async move { if first { Outcome::Retry { reason: "busy".into(), after } } else { Outcome::Done } }
    });
    at_work.send(&job(1)).await;
    assert!(!at_work.anything_left().await);
    let starts = starts.lock().unwrap().clone();
    assert_eq!((starts[1] - starts[0]).as_secs(), 1234);
    assert_eq!(starts.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_can_never_work_is_buried_at_once() {
    let at_work = start(1, |_| async { Outcome::Fail { reason: "no such thing".into() } });
    at_work.send(&job(1)).await;
    at_work.queue.send(JOBS, NewMessage { body: "{}".into(), delay: Duration::ZERO }).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let dead = at_work.dead().await;
    assert_eq!(dead[0], (1, "no such thing".into()));
    assert!(dead[1].0 == 1 && dead[1].1.contains("no job that this program knows"), "{dead:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_is_tried_again_and_the_worker_goes_on() {
    let starts = Arc::new(AtomicU32::new(0));
    let counted = starts.clone();
    let at_work = start(1, move |_| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            assert!(!first, "the first attempt panics");
            Outcome::Done
        }
    });
    at_work.send(&job(1)).await;
    assert!(!at_work.anything_left().await);
    assert_eq!(starts.load(Ordering::SeqCst), 2);
    assert_eq!(at_work.dead().await, []);
}

#[tokio::test(start_paused = true)]
async fn shutdown_stops_a_handler_and_hands_its_job_back() {
    let at_work = start(1, |task: Task| async move {
        task.cancelled.cancelled().await;
        retry()
    });
    at_work.send(&job(1)).await;
    sleep(Duration::from_secs(60)).await;
    let before = Instant::now();
    let queue = at_work.stop().await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(
        queue.receive(JOBS, 1, Duration::ZERO).await.unwrap()[0].attempt,
        2,
        "it is to be had at once"
    );
}

#[tokio::test(start_paused = true)]
async fn shutdown_drops_a_handler_that_does_not_stop_and_hands_its_job_back() {
    struct Dropped(Arc<AtomicU32>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicU32::new(0));
    let held = dropped.clone();
    let at_work = start(1, move |_| {
        let held = Dropped(held.clone());
        async move {
            let _held = held;
            std::future::pending().await
        }
    });
    at_work.send(&job(1)).await;
    sleep(Duration::from_secs(60)).await;
    let before = Instant::now();
    let queue = at_work.stop().await;
    assert!(before.elapsed() <= GRACE + Duration::from_millis(2));
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    assert_eq!(queue.receive(JOBS, 1, Duration::ZERO).await.unwrap().len(), 1, "it is to be had at once");
}

#[tokio::test(start_paused = true)]
async fn a_job_finished_during_shutdown_counts() {
    let at_work = start(1, |task: Task| async move {
        task.cancelled.cancelled().await;
        sleep(GRACE / 2).await;
        Outcome::Done
    });
    at_work.send(&job(1)).await;
    sleep(Duration::from_secs(1)).await;
    let queue = at_work.stop().await;
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(queue.receive(JOBS, 1, Duration::ZERO).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_handler_whose_job_went_to_another_worker_is_told_to_stop() {
    let told = Arc::new(AtomicU32::new(0));
    let counted = told.clone();
    let at_work = start(1, move |task: Task| {
        let counted = counted.clone();
        async move {
            task.cancelled.cancelled().await;
            counted.fetch_add(1, Ordering::SeqCst);
            Outcome::Done
        }
    });
    at_work.send(&job(1)).await;
    sleep(Duration::from_secs(1)).await;
    // As if this worker had been silent: the message becomes visible, and another takes it.
    let receipt = crate::ports::Receipt("1:1".into());
    at_work.queue.extend(&receipt, Duration::ZERO).await.unwrap();
    let hour = Duration::from_secs(3600);
    let other = at_work.queue.receive(JOBS, 1, hour).await.unwrap().remove(0);
    sleep(HEARTBEAT).await;
    assert_eq!(told.load(Ordering::SeqCst), 1);
    at_work.queue.acknowledge(&other.receipt).await.expect("what the loser returned changed nothing");
}

#[test]
fn jobs_are_read_as_they_were_written() {
    let text = r#"{"job":"process-video","asset":"00000000010000000000000001","version":"00000000010000000000000001"}"#;
    assert_eq!(serde_json::from_str::<Job>(text).unwrap(), job(1));
    assert_eq!(serde_json::to_string(&job(1)).unwrap(), text);
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_no_jobs_are_attended_to_and_what_is_refused_is_buried() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let noted = heard.clone();
    let queue = Arc::new(MemoryQueue::new(Arc::new(TimerClock(Instant::now()))));
    let random = Arc::new(TestRandom::default());
    let worker = Worker {
        queue: queue.clone(),
        random,
        name: EVENTS.into(),
        concurrency: 1,
        max_attempts: MAX_ATTEMPTS,
    };
    let handler = move |told: Task<&str>| {
        let told: u32 = told.job.parse().map_err(|_| "no number".to_owned())?;
        noted.lock().unwrap().push(told);
        Ok(async move { if told == 1 { Outcome::Done } else { retry() } })
    };
    let shutdown = CancellationToken::new();
    let working = tokio::spawn(worker.run_on_text(handler, shutdown.clone()));
    for body in ["1", "one", "2"] {
        queue.send(EVENTS, NewMessage { body: body.into(), delay: Duration::ZERO }).await.unwrap();
    }
    sleep(Duration::from_secs(24 * 3600)).await;
    let letters = queue.dead_letters(EVENTS, 9).await.unwrap();
    let letters: Vec<_> = letters.iter().map(|dead| (&*dead.body, &*dead.reason)).collect();
    assert_eq!(letters, [("one", "no number"), ("2", "not today")]);
    assert_eq!(heard.lock().unwrap().len() as u32, 1 + MAX_ATTEMPTS);
    shutdown.cancel();
    working.await.unwrap();
}
