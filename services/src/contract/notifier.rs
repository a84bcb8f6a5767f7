//! What every [`Operators`] and every [`Mailer`] does.

#![allow(clippy::unwrap_used, reason = "a suite is a test, compiled as a library")]

use crate::ports::{Letter, Mailer, NotifyError, Operators};
use futures::future::BoxFuture;
use std::any::Any;
use std::sync::Arc;

/// An adapter, and what arrives of what it sends.
pub struct Bench<P: ?Sized> {
    /// The adapter.
    pub port: Arc<P>,
    /// The next message that arrived, as whom it reached reads it.
    pub arrived: Box<dyn Fn() -> BoxFuture<'static, Arrived> + Send + Sync>,
    /// Kept for as long as the adapter is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// A message that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The addresses it went to; the empty text where there are none, as in a topic.
    pub to: String,
    /// Its subject line, decoded.
    pub subject: String,
    /// Its text, decoded, with `\n` at the end of lines.
    pub text: String,
    /// Its other form, where it has one.
    pub html: Option<String>,
    /// The header lines that end such mails: `List-Unsubscribe`, `List-Unsubscribe-Post`.
    pub unsubscribe: [Option<String>; 2],
}

impl Arrived {
    /// What a channel of text alone brings.
    pub fn text(to: impl Into<String>, subject: impl Into<String>, text: impl Into<String>) -> Self {
        let (to, subject, text) = (to.into(), subject.into(), text.into());
        Self { to, subject, text, html: None, unsubscribe: [None, None] }
    }
}

/// Makes the tests; `$fresh` is a `fn() -> Bench<dyn Operators>`.
#[macro_export]
macro_rules! operators_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::notifier,
            [operators_read_what_they_are_told, operators_read_subjects_that_do_not_fit]
        );
    };
}

/// Makes the tests; `$fresh` is a `fn() -> Bench<dyn Mailer>`.
#[macro_export]
macro_rules! mailer_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::notifier,
            [
                a_letter_arrives_as_it_was_written,
                a_letter_arrives_in_both_its_forms_and_can_be_ended,
                a_letter_adds_no_header_and_no_address
            ]
        );
    };
}

const TEXT: &str = "Grüße,\n\n.\nFrom here = on\n€ 😀";

/// See its name.
pub async fn operators_read_what_they_are_told(bench: &Bench<dyn Operators>) {
    bench.port.tell("The disk is full", TEXT).await.unwrap();
    let Arrived { subject, text, .. } = (bench.arrived)().await;
    assert_eq!((subject.as_str(), text.trim_end()), ("The disk is full", TEXT));
}

/// See its name.
pub async fn operators_read_subjects_that_do_not_fit(bench: &Bench<dyn Operators>) {
    let long = format!("Disk {}", "full ".repeat(40));
    for subject in ["Übung € 😀", "two\r\nlines: here", " leading", "", long.trim_end()] {
        bench.port.tell(subject, "text").await.unwrap();
        let arrived = (bench.arrived)().await;
        let one_line = subject.replace("\r\n", " ");
        let all = format!("{}\n{}", arrived.subject, arrived.text);
        assert!(all.contains(one_line.trim()), "{arrived:?}");
        assert!(
            !arrived.subject.contains(['\r', '\n']) && arrived.text.trim_end().ends_with("text"),
            "{arrived:?}"
        );
    }
}

fn letter(subject: &str, text: &str) -> Letter {
    Letter::plain("ada@example.com", subject, text)
}

/// See its name.
pub async fn a_letter_arrives_as_it_was_written(bench: &Bench<dyn Mailer>) {
    let long_line = "x".repeat(3000);
    for (subject, text) in
        [("Hello", TEXT), ("Übung € 😀 of a subject that is longer than a line may be, by far", &long_line)]
    {
        bench.port.mail(&letter(subject, text)).await.unwrap();
        let arrived = (bench.arrived)().await;
        assert_eq!((arrived.to.as_str(), arrived.subject.as_str()), ("ada@example.com", subject));
        assert_eq!(arrived.text.trim_end(), text);
    }
}

/// See its name.
pub async fn a_letter_arrives_in_both_its_forms_and_can_be_ended(bench: &Bench<dyn Mailer>) {
    let (html, link) =
        ("<!DOCTYPE html>\n<p>Grüße &amp; €</p>", "https://stoa.example/unsubscribe?proof=a-b_c");
    let letter =
        Letter {
            html: Some(html.into()), unsubscribe: Some(link.into()), ..letter("Hello", "Grüße & €")
        };
    bench.port.mail(&letter).await.unwrap();
    let arrived = (bench.arrived)().await;
    assert_eq!(arrived.text.trim_end(), "Grüße & €");
    assert_eq!(arrived.html.as_deref().map(str::trim_end), Some(html));
    let [address, way] = arrived.unsubscribe.map(Option::unwrap);
    assert_eq!((address, way.as_str()), (format!("<{link}>"), "List-Unsubscribe=One-Click"));
}

/// See its name.
pub async fn a_letter_adds_no_header_and_no_address(bench: &Bench<dyn Mailer>) {
    bench
        .port
        .mail(&letter("Hi\r\nBcc: eve@example.com\r\n\r\nBody", "text\r\n.\r\nRCPT TO:<eve@example.com>"))
        .await
        .unwrap();
    let arrived = (bench.arrived)().await;
    assert_eq!(
        (arrived.to.as_str(), arrived.subject.as_str()),
        ("ada@example.com", "Hi Bcc: eve@example.com  Body")
    );
    for to in [
        "",
        "ada",
        "a@b@c",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
    ] {
        let found = bench.port.mail(&Letter { to: to.into(), ..letter("Hi", "text") }).await;
        assert!(matches!(found, Err(NotifyError::Address)), "{to:?}: {found:?}");
    }
}
