//! What the pages of the checkout show.

use super::{Problems, Typed, is_open, success_url};
use crate::cards;
use crate::currency;
use crate::model::charge::Charge;
use crate::model::session::{Session, Status};
use crate::page::STYLE;
use askama::Template;

/// The page itself, open or not.
#[derive(Template)]
#[template(path = "checkout.html")]
pub(super) struct Checkout<'a> {
    style: &'static str,
    merchant: &'a str,
    state: State,
    action: &'a str,
    back: Option<&'a str>,
    on: String,
    lines: Vec<Line<'a>>,
    subtotal: String,
    discount: Option<String>,
    total: String,
    known_email: Option<&'a str>,
    typed: &'a Typed,
    problems: Problems,
    cards: Vec<(String, &'static str)>,
}

/// What the page is for, now.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    Paid,
    Expired,
}

struct Line<'a> {
    title: &'a str,
    about: Option<&'a str>,
    quantity: i64,
    each: String,
    amount: String,
}

impl<'a> Checkout<'a> {
    pub(super) fn new(
        session: &'a Session,
        merchant: &'a str,
        now: i64,
        typed: &'a Typed,
        problems: Problems,
    ) -> Self {
        let spell = |amount| price(amount, &session.currency);
        let lines = session.lines.iter().map(|line| Line {
            title: &line.title,
            about: line.about.as_deref(),
            quantity: line.quantity,
            each: spell(line.unit),
            amount: spell(line.subtotal()),
        });
        let discount = session.discount();
        Self {
            style: STYLE,
            merchant,
            state: match session.status {
                Status::Complete => State::Paid,
                _ if is_open(session, now) => State::Open,
                _ => State::Expired,
            },
            action: &session.url,
            back: session.cancel_url.as_deref(),
            on: success_url(session),
            lines: lines.collect(),
            subtotal: spell(session.subtotal()),
            discount: (discount > 0).then(|| spell(-discount)),
            total: spell(session.total()),
            known_email: session.email.as_deref(),
            typed,
            problems,
            cards: cards::known().collect(),
        }
    }

    /// Whether the title should say that something is wrong.
    fn troubled(&self) -> bool {
        self.problems.payment.is_some() || self.problems.card.is_some() || self.problems.email.is_some()
    }
}

/// The question to the card's owner.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct Confirm<'a> {
    style: &'static str,
    merchant: &'a str,
    action: String,
    total: String,
}

impl<'a> Confirm<'a> {
    pub(super) fn new(session: &Session, merchant: &'a str) -> Self {
        let total = price(session.total(), &session.currency);
        Self { style: STYLE, merchant, action: format!("{}/confirm", session.url), total }
    }
}

/// What a buyer keeps.
#[derive(Template)]
#[template(path = "receipt.html")]
pub(super) struct Receipt<'a> {
    style: &'static str,
    merchant: &'a str,
    number: &'a str,
    email: &'a str,
    last4: &'a str,
    amount: String,
    refunded: Option<String>,
}

impl<'a> Receipt<'a> {
    pub(super) fn new(charge: &'a Charge, merchant: &'a str) -> Self {
        Self {
            style: STYLE,
            merchant,
            number: &charge.id,
            email: &charge.email,
            last4: charge.card.last4(),
            amount: price(charge.amount, &charge.currency),
            refunded: (charge.refunded > 0).then(|| price(charge.refunded, &charge.currency)),
        }
    }
}

/// `USD 12.34`, with a space that does not break.
fn price(amount: i64, currency: &str) -> String {
    format!(
        "{}\u{a0}{}",
        currency.to_ascii_uppercase(),
        currency::spell(amount, currency).replace('-', "\u{2212}")
    )
}
