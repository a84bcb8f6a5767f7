//! Mail: what leaves, when, and what is never shown of it.

use crate::site::Site;
use domain::account::{Actor, Role};
use domain::id::{CourseId, LessonId};
use domain::mail::Topic;
use domain::text::Email;
use services::mail::{self, Code, LessonPlace, Mail};
use services::ports::{Condition, Item, Query, Write};
use services::worker::{Job, MAIL, Outcome, Task};
use services::{Error, accounts, jobs, outbox, videos};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "s3cret-c0de";

fn reset() -> Mail {
    Mail::ResetPassword { code: Code::from(SECRET.to_owned()) }
}

fn ada() -> Email {
    "ada@example.com".parse().unwrap()
}

/// The jobs that the outbox holds, taken out.
async fn posted(site: &Site) -> Vec<Job> {
    let page = site.stoa.table.query(Query::partition(outbox::OUTBOX, 10)).await.unwrap();
    for item in &page.items {
        site.stoa.table.write(Write::Delete(item.key.clone(), Condition::None)).await.unwrap();
    }
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

/// A mail that may be ended, sent to somebody; with the link that ends it.
async fn announced(site: &Site, actor: Actor) -> Option<String> {
    let before = site.mails().len();
    let account = accounts::by_email(&site.stoa, "ada@stoa.example").await.unwrap().unwrap();
    assert_eq!(Some(account.id), actor.account());
    let title = || "Rust".parse().unwrap();
    let id = site.stoa.random.bits();
    let now = site.stoa.clock.now();
    let lesson = LessonPlace {
        course: CourseId::new(now, id),
        course_title: title(),
        lesson: LessonId::new(now, id),
        lesson_title: title(),
    };
    let ready = Mail::VideoReady { lesson, file: "film.mp4".into(), warnings: Vec::new() };
    site.stoa.table.write(mail::post(&site.stoa, &account, &ready).unwrap()).await.unwrap();
    let job = posted(site).await.pop().unwrap();
    assert_eq!(work(site, job).await, Outcome::Done);
    site.mails().split_off(before).pop().map(|mail| {
        assert_eq!(mail.unsubscribe.as_deref().unwrap().trim_matches(['<', '>']), link(&mail.text));
        link(&mail.text).to_owned()
    })
}

fn link(text: &str) -> &str {
    text.split_whitespace().find(|word| word.contains("/unsubscribe?")).unwrap()
}

fn proof(link: &str) -> &str {
    link.split_once("proof=").unwrap().1
}

#[tokio::test]
async fn the_link_of_a_mail_ends_such_mails_without_signing_in() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let first = announced(&site, ada).await.unwrap();
    let account = ada.account().unwrap();
    mail::unsubscribe(&site.stoa, account, Topic::Videos, proof(&first)).await.unwrap();
    mail::unsubscribe(&site.stoa, account, Topic::Videos, proof(&first)).await.unwrap();
    assert_eq!(announced(&site, ada).await, None);
    assert_eq!(mail::unwanted(&site.stoa, ada).await.unwrap(), BTreeSet::from([Topic::Videos]));

    mail::choose(&site.stoa, ada, &BTreeSet::from([Topic::Videos])).await.unwrap();
    assert_eq!(announced(&site, ada).await.unwrap(), first, "the links of older mails stay good");
}

#[tokio::test]
async fn nobody_ends_mails_with_the_link_of_somebody_else() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    let linus = site.person("linus", Role::Learner).await.account().unwrap();
    let link = announced(&site, ada).await.unwrap();
    for proof in [proof(&link), "", "AAAA", "not base64!"] {
        let refused = mail::unsubscribe(&site.stoa, linus, Topic::Videos, proof).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    let forged = mail::unsubscribe(&site.stoa, ada.account().unwrap(), Topic::Videos, "AAAA").await;
    assert!(matches!(forged, Err(Error::NotFound)), "{forged:?}");
    assert!(matches!(mail::unwanted(&site.stoa, Actor::Anonymous).await, Err(Error::SignInNeeded)));
}

#[tokio::test]
async fn mails_about_the_account_itself_cannot_be_ended() {
    let site = Site::new().await;
    let ada = site.person("ada", Role::Instructor).await;
    mail::choose(&site.stoa, ada, &BTreeSet::new()).await.unwrap();
    assert_eq!(announced(&site, ada).await, None);
    let account = accounts::by_email(&site.stoa, "ada@stoa.example").await.unwrap().unwrap();
    site.stoa.table.write(mail::post(&site.stoa, &account, &Mail::PasswordChanged).unwrap()).await.unwrap();
    assert_eq!(work(&site, posted(&site).await.pop().unwrap()).await, Outcome::Done);
    let [mail] = &site.mails()[..] else { panic!() };
    assert_eq!((mail.subject.as_str(), &mail.unsubscribe), ("Your password was changed", &None));
}
