//! Mail: what leaves, when, and what is never shown of it.

use crate::site::Site;
use domain::account::Role;
use domain::text::Email;
use services::mail::{self, Code, Mail};
use services::ports::{Item, Query};
use services::worker::{Job, MAIL, Outcome, Task};
use services::{jobs, outbox, videos};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "s3cret-c0de";

fn reset() -> Mail {
    Mail::ResetPassword { code: Code::from(SECRET.to_owned()) }
}

fn ada() -> Email {
    "ada@example.com".parse().unwrap()
}

/// The jobs that the outbox holds.
async fn posted(site: &Site) -> Vec<Job> {
    let page = site.stoa.table.query(Query::partition(outbox::OUTBOX, 10)).await.unwrap();
    let job = |item: Item| {
        let entry: serde_json::Value = serde_json::from_str(&item.document).unwrap();
        assert_eq!(entry["queue"], MAIL);
        serde_json::from_str(entry["body"].as_str().unwrap()).unwrap()
    };
    page.items.into_iter().map(job).collect()
}

/// Does a job, once.
async fn work(site: &Site, job: Job) -> Outcome {
    let task = Task { job, last_attempt: false, cancelled: CancellationToken::new() };
    jobs::handle(site.stoa.clone(), task).await
}

#[tokio::test]
async fn a_mail_leads_to_the_site_under_the_address_that_browsers_know() {
    let site = Site::new().await;
    site.stoa.table.write(mail::post(&site.stoa, &ada(), &reset()).unwrap()).await.unwrap();
    for job in posted(&site).await {
        assert_eq!(work(&site, job).await, Outcome::Done);
    }
    let mails = site.mails();
    let link = "https://stoa.example/reset?email=ada%40example.com&code=s3cret-c0de";
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("ada@example.com", "Set a new password"));
    assert!(mail.text.contains(link), "{mail:?}");
}

#[tokio::test]
async fn a_secret_in_a_mail_is_neither_logged_nor_shown_to_operators() {
    let site = Site::new().await;
    site.stoa.table.write(mail::post(&site.stoa, &ada(), &reset()).unwrap()).await.unwrap();
    let jobs = posted(&site).await;
    let shown = format!("{jobs:?}");
    assert!(shown.contains("reset-password") && !shown.contains(SECRET) && !shown.contains("ada"), "{shown}");

    let operator = site.person("grace", Role::Admin).await;
    let queue = &site.stoa.queue;
    for body in [serde_json::to_string(&jobs[0]).unwrap(), format!("{{\"code\":\"{SECRET}\"}}")] {
        queue.send(MAIL, services::ports::NewMessage { body, delay: Duration::ZERO }).await.unwrap();
    }
    for delivery in queue.receive(MAIL, 10, Duration::from_secs(60)).await.unwrap() {
        queue.bury(&delivery.receipt, "too often").await.unwrap();
    }
    let board = videos::board(&site.stoa, operator).await.unwrap();
    let shown = format!("{board:?}");
    assert!(board.dead.len() == 2 && shown.contains("reset-password") && !shown.contains(SECRET), "{shown}");
}
