//! What happens to videos is published, for whoever listens.

use crate::site::{LISTENER, Site};
use domain::account::Role;
use services::ports::Event;
use services::worker::{JOBS, Job, Task};
use services::{jobs, outbox};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long what was received stays with who received it.
const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn that_a_video_is_ready_is_published_with_an_id_that_stays() {
    let site = Site::new().await;
    let owner = site.person("ada", Role::Instructor).await;
    let (course, lesson) = site.draft(owner, "Films").await;
    site.give_video(owner, course, lesson).await;
    let stop = CancellationToken::new();
    tokio::spawn(outbox::relay(site.stoa.clone(), stop.clone()));
    let job = loop {
        let received = site.stoa.queue.receive(JOBS, 10, LONG).await.unwrap();
        let mut found = received.iter().map(|delivery| serde_json::from_str::<Job>(&delivery.body).unwrap());
        if let Some(job) = found.find(|job| matches!(job, Job::PublishEvent { .. })) {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    stop.cancel();
    // As after a crash: its worker may do a job twice.
    for _ in 0..2 {
        let task = Task { job: job.clone(), last_attempt: true, cancelled: CancellationToken::new() };
        jobs::handle(site.stoa.clone(), task).await;
    }
    let told = site.stoa.queue.receive(LISTENER, 10, LONG).await.unwrap();
    let told: Vec<Event> = told.iter().map(|delivery| Event::parse(&delivery.body).unwrap()).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].kind, "video.ready");
    assert_eq!(told[0].detail["lesson"], lesson.to_string());
}
