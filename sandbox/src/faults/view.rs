//! What the menu shows.

use super::rules::{Fault, Rule};
use crate::books::{Books, Filter};
use crate::currency;
use crate::model::charge::Charge;
use crate::model::dispute::{Dispute, Status};
use crate::model::event::Event;
use crate::page::STYLE;
use crate::problem::Problem;
use crate::webhooks::{self, Told};
use askama::Template;

/// How many payments and events are listed.
const MOST: usize = 25;

/// The page.
#[derive(Template)]
#[template(path = "faults.html")]
pub(super) struct Menu {
    style: &'static str,
    address: String,
    endpoint: Option<String>,
    rules: Vec<Row>,
    payments: Vec<Payment>,
    events: Vec<Shown>,
}

struct Row {
    name: &'static str,
    about: &'static str,
    takes_time: bool,
    rule: Option<Rule>,
}

struct Payment {
    charge: String,
    amount: String,
    left: i64,
    email: String,
    state: String,
    /// The dispute that is open.
    dispute: Option<String>,
    can_refund: bool,
}

struct Shown {
    event: Event,
    about: String,
    told: Vec<Told>,
}

impl Menu {
    pub(super) fn new(books: &Books<'_>) -> Result<Self, Problem> {
        let mut rules = Vec::new();
        for (name, fault, about) in Fault::ALL {
            let rule = books.faults().find(fault)?;
            rules.push(Row { name, about, takes_time: fault.takes_time(), rule });
        }
        let mut events = Vec::new();
        for event in books.list::<Event>(&Filter::default(), MOST)?.0 {
            let about = event.object["id"].as_str().unwrap_or_default().to_owned();
            events.push(Shown { told: webhooks::told(books, &event.id)?, about, event });
        }
        Ok(Self {
            style: STYLE,
            address: books.settings.address.clone(),
            endpoint: books.settings.webhook.as_ref().map(|webhook| webhook.url.clone()),
            rules,
            payments: payments(books)?,
            events,
        })
    }
}

fn payments(books: &Books<'_>) -> Result<Vec<Payment>, Problem> {
    let charges = books.list::<Charge>(&Filter::default(), MOST)?.0;
    let mut payments = Vec::with_capacity(charges.len());
    for charge in charges {
        let dispute = match charge.disputed {
            true => {
                let mut filter = Filter::default();
                filter.equal("charge", Some(charge.id.clone()));
                books.list::<Dispute>(&filter, 1)?.0.pop()
            }
            false => None,
        };
        payments.push(Payment::new(charge, dispute));
    }
    Ok(payments)
}

impl Payment {
    fn new(charge: Charge, dispute: Option<Dispute>) -> Self {
        let left = charge.amount - charge.refunded;
        let state = match (&charge.failure, &dispute) {
            (Some(failure), _) => failure.reason.as_ref().unwrap_or(&failure.code).replace('_', " "),
            (None, Some(dispute)) => match dispute.status {
                Status::NeedsResponse => "disputed".into(),
                Status::Won => "dispute won".into(),
                Status::Lost => "dispute lost".into(),
            },
            (None, None) if left == 0 => "refunded".into(),
            (None, None) if charge.refunded > 0 => {
                format!("{} refunded", currency::spell(charge.refunded, &charge.currency))
            }
            (None, None) => "paid".into(),
        };
        Self {
            amount: format!(
                "{}\u{a0}{}",
                charge.currency.to_ascii_uppercase(),
                currency::spell(charge.amount, &charge.currency)
            ),
            left,
            state,
            dispute: dispute
                .filter(|dispute| dispute.status == Status::NeedsResponse)
                .map(|dispute| dispute.id),
            can_refund: charge.failure.is_none() && !charge.disputed && left > 0,
            email: charge.email,
            charge: charge.id,
        }
    }
}
