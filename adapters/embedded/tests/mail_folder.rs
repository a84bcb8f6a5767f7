//! The folder of mails keeps the contracts, as another implementation of RFC 5322 reads its files.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use mail_parser::MessageParser;
use services::contract::notifier::{Arrived, Bench};
use services::contract::{TestClock, TestRandom};
use services::ports::{Mailer, Operators};
use std::path::Path;
use std::sync::Arc;
use stoa_embedded::MailFolder;

fn bench<P: ?Sized>(of: fn(Arc<MailFolder>) -> Arc<P>) -> Bench<P> {
    let folder = tempfile::tempdir().unwrap();
    let mails = MailFolder::open(folder.path(), TestClock::new(), Arc::new(TestRandom::default())).unwrap();
    let path = folder.path().to_owned();
    let arrived = move || {
        let mail = take(&path);
        Box::pin(async move { mail }) as _
    };
    Bench { port: of(Arc::new(mails)), arrived: Box::new(arrived), keep: Box::new(folder) }
}

/// The one mail that is there, taken out.
fn take(folder: &Path) -> Arrived {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    let file = files.pop().unwrap();
    assert!(files.is_empty() && file.extension().unwrap() == "eml", "{file:?} {files:?}");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    assert!(lines.all(|line| line.len() <= 1000 && (line.ends_with(b"\r\n") || !line.contains(&b'\n'))));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert!(
        mail.bcc().is_none() && mail.cc().is_none() && mail.date().is_some() && mail.message_id().is_some()
    );
    let to =
        mail.to().unwrap().iter().map(|address| address.address().unwrap()).collect::<Vec<_>>().join(",");
    let line = |name: &str| mail.header_raw(name).map(|line| line.trim().to_owned());
    let html = (mail.html_body_count() > 0 && mail.parts.len() > 1)
        .then(|| mail.body_html(0).unwrap().replace("\r\n", "\n"));
    Arrived {
        to,
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap().replace("\r\n", "\n"),
        html,
        unsubscribe: ["List-Unsubscribe", "List-Unsubscribe-Post"].map(line),
    }
}

mod operators {
    fn fresh() -> super::Bench<dyn super::Operators> {
        super::bench(|mails| mails)
    }
    services::operators_contract!(fresh);
}

mod mailer {
    fn fresh() -> super::Bench<dyn super::Mailer> {
        super::bench(|mails| mails)
    }
    services::mailer_contract!(fresh);
}
