//! Mail by SMTP keeps the contract, as maildev takes it and reads it; and what a mail server's answers mean.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod media;
mod world;

use domain::text::Email;
use serde_json::Value;
use services::contract::notifier::{Arrived, Bench};
use services::contract::{TestClock, TestRandom};
use services::mail::{self, Mail};
use services::ports::{Letter, Mailer, NotifyError, Query, Table};
use services::worker::{JOBS, Job, MAIL, Worker};
use services::{authoring, jobs, outbox};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use stoa_embedded::{Encryption, Smtp, SmtpSettings};
use tokio_util::sync::CancellationToken;
use world::World;

/// A mail server of another hand, on free ports of the loopback interface.
struct MailDev {
    smtp: u16,
    web: u16,
    process: Child,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl MailDev {
    fn start() -> Self {
        Self::start_on(free_port())
    }

    fn start_on(smtp: u16) -> Self {
        let web = free_port();
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../node_modules/.bin/maildev");
        let process = Command::new(program)
            .args(["--ip", "127.0.0.1", "--web-ip", "127.0.0.1", "--silent"])
            .args(["-s", &smtp.to_string(), "-w", &web.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .expect("npm ci has brought maildev");
        let started = Self { smtp, web, process };
        for port in [smtp, web] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                pause();
            }
        }
        started
    }

    fn ask(web: u16, method: &str, path: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", web)).unwrap();
        write!(stream, "{method} {path} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// The one mail that is there, taken out.
    fn take(web: u16) -> Arrived {
        let mails = loop {
            match Self::ask(web, "GET", "/email") {
                Value::Array(mails) if mails.is_empty() => pause(),
                mails => break mails,
            }
        };
        let [mail] = mails.as_array().unwrap().as_slice() else { panic!("{mails}") };
        Self::ask(web, "DELETE", "/email/all");
        // The envelope too: what a header says is not where it went.
        let went: Vec<_> =
            mail["envelope"]["to"].as_array().unwrap().iter().map(|to| text(&to["address"])).collect();
        let line = |name: &str| mail["headers"].get(name).map(text);
        Arrived {
            to: went.join(","),
            subject: text(&mail["subject"]),
            text: text(&mail["text"]),
            html: mail.get("html").filter(|html| html.is_string()).map(text),
            unsubscribe: ["list-unsubscribe", "list-unsubscribe-post"].map(line),
        }
    }
}

impl Drop for MailDev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace("\r\n", "\n")
}

#[allow(clippy::disallowed_methods, reason = "another program starts, or reads a mail")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

fn smtp(port: u16) -> Arc<Smtp> {
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        encryption: Encryption::None,
        login: None,
        from: "Stoa <mail@stoa.example>".into(),
        operators: Some("operators@stoa.example".into()),
    };
    Arc::new(Smtp::new(settings, TestClock::new(), Arc::new(TestRandom::default())).unwrap())
}

fn bench<P: ?Sized>(of: fn(Arc<Smtp>) -> Arc<P>) -> Bench<P> {
    let server = MailDev::start();
    let web = server.web;
    let arrived = move || Box::pin(async move { MailDev::take(web) }) as _;
    Bench { port: of(smtp(server.smtp)), arrived: Box::new(arrived), keep: Box::new(server) }
}

mod mailer {
    fn fresh() -> super::Bench<dyn super::Mailer> {
        super::bench(|smtp| smtp)
    }
    services::mailer_contract!(fresh);
}

mod operators {
    fn fresh() -> super::Bench<dyn services::ports::Operators> {
        super::bench(|smtp| smtp)
    }
    services::operators_contract!(fresh);
}

/// A mail server that answers one command, and what follows, so; everything else as it should be.
fn answering(command: &'static str, answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            write!(stream, "220 ready\r\n").unwrap();
            while let Some(Ok(line)) = lines.next() {
                let said = if line.starts_with(command) { answer } else { "250 fine" };
                write!(stream, "{said}\r\n").unwrap();
            }
        }
    });
    port
}

async fn sent(port: u16) -> Result<(), NotifyError> {
    smtp(port).mail(&Letter::plain("ada@example.com", "Hello", "text")).await
}

#[tokio::test]
async fn a_server_that_is_not_there_or_busy_is_tried_again() {
    assert!(matches!(sent(free_port()).await, Err(NotifyError::Unavailable(_))));
    for answer in
        ["421 4.3.2 going down", "450 4.2.1 greylisted", "451 4.3.0 later", "452 4.2.2 mailbox full"]
    {
        let found = sent(answering("RCPT", answer)).await;
        assert!(matches!(found, Err(NotifyError::Unavailable(_))), "{answer}: {found:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_told_from_a_server_that_does_not_want_us() {
    for answer in ["550 5.1.1 no such user", "553 5.1.3 bad address", "550 mailbox unavailable"] {
        let found = sent(answering("RCPT", answer)).await;
        assert!(matches!(found, Err(NotifyError::Address)), "{answer}: {found:?}");
    }
    for (command, answer) in [("RCPT", "550 5.7.1 relaying denied"), ("MAIL", "554 5.7.1 you are listed")] {
        let found = sent(answering(command, answer)).await;
        assert!(matches!(found, Err(NotifyError::Internal(_))), "{answer}: {found:?}");
    }
    let found = sent(answering("MAIL", "530 5.7.0 sign in first")).await;
    assert!(matches!(found, Err(NotifyError::Unavailable(_))), "{found:?}");
}

/// Waits until something holds, and lets time pass now and then: not while somebody is at work, for whom it would be
/// the end of their time.
async fn eventually(world: &World, holds: impl AsyncFn() -> bool) {
    for _ in 0..20 {
        for _ in 0..100 {
            if holds().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.clock.advance(Duration::from_secs(15 * 60));
    }
    panic!("that never came: {:?}", world.stoa.queue.dead_letters(MAIL, 100).await);
}

async fn outbox_is_empty(table: &dyn Table) -> bool {
    table.query(Query::partition(outbox::OUTBOX, 1)).await.unwrap().items.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_down_delays_mail_and_nothing_else() {
    let mut world = World::new().await;
    let port = free_port();
    world.stoa.mailer = smtp(port);
    let stoa = &world.stoa;
    let stop = CancellationToken::new();
    for queue in [MAIL, JOBS] {
        let working = stoa.clone();
        let handle = move |task| jobs::handle(working.clone(), task);
        tokio::spawn(Worker::new(stoa, queue, 4).run(handle, stop.clone()));
    }
    // More than are sent at a time.
    for number in 0..12 {
        let email: Email = format!("person-{number}@example.com").parse().unwrap();
        stoa.table.write(mail::post(stoa, &email, &Mail::AlreadyRegistered).unwrap()).await.unwrap();
    }
    stoa.wake.notify_one();
    // What is written goes on, and so does other work.
    authoring::create_course(stoa, world.actor, "Made meanwhile").await.unwrap();
    let job = Job::RemoveVideos { assets: Vec::new() };
    stoa.table.write(outbox::job(stoa, &job).unwrap()).await.unwrap();
    stoa.wake.notify_one();
    eventually(&world, async || outbox_is_empty(&*stoa.table).await).await;
    // Two days, which is more than any other job is given.
    for _ in 0..200 {
        world.clock.advance(Duration::from_secs(15 * 60));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for queue in [MAIL, JOBS] {
        assert_eq!(stoa.queue.dead_letters(queue, 100).await.unwrap(), []);
    }
    assert!(stoa.queue.receive(JOBS, 10, Duration::from_secs(3600)).await.unwrap().is_empty());

    let server = MailDev::start_on(port);
    let web = server.web;
    let arrived = || MailDev::ask(web, "GET", "/email").as_array().unwrap().len();
    eventually(&world, async || arrived() >= 12).await;
    stop.cancel();
}
