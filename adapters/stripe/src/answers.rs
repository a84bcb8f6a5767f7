//! What we read of Stripe's answers (API reference): the fields that we need, and of those that may be empty, nothing that
//! has to be there. Words that are not known here are text, so that a new one breaks nothing.

use domain::time::Timestamp;
use miniserde::Deserialize;
use std::collections::BTreeMap;

/// Names of ours that things of Stripe's carry.
pub(crate) const ORDER: &str = "order";
pub(crate) const REFUND: &str = "refund";

/// `metadata`.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A name of ours among them.
pub(crate) fn ours<T: std::str::FromStr>(metadata: Option<&Metadata>, name: &str) -> Option<T> {
    metadata?.get(name)?.parse().ok()
}

/// A time of Stripe's.
pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// Whatever is made to be named by something else.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
}

#[derive(Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    pub(crate) has_more: bool,
}

/// A Checkout Session, as it is when it was made.
#[derive(Deserialize)]
pub(crate) struct NewSession {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    pub(crate) expires_at: i64,
}

/// A Checkout Session with its payment intent, expanded: none before somebody tries to pay.
#[derive(Deserialize)]
pub(crate) struct Session {
    pub(crate) status: Option<String>,
    pub(crate) payment_status: String,
    pub(crate) payment_intent: Option<Tried>,
}

/// A payment intent, as far as it says how a page stands.
#[derive(Deserialize)]
pub(crate) struct Tried {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) last_payment_error: Option<Failure>,
}

#[derive(Deserialize)]
pub(crate) struct Failure {
    pub(crate) message: Option<String>,
    pub(crate) code: Option<String>,
}

/// A payment intent with its charge, expanded.
#[derive(Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) amount: i64,
    /// What there is of it; the same, unless somebody took less than they could.
    pub(crate) amount_received: Option<i64>,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) latest_charge: Option<Charge>,
}

#[derive(Deserialize)]
pub(crate) struct Charge {
    pub(crate) created: i64,
    pub(crate) disputed: Option<bool>,
    pub(crate) receipt_url: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) status: Option<String>,
    pub(crate) failure_reason: Option<String>,
    pub(crate) created: i64,
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) created: i64,
}

/// A balance transaction with its source, expanded.
#[derive(Deserialize)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) reporting_category: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) source: Option<Source>,
}

/// A charge, a refund, a dispute, or something else of which little is known.
#[derive(Deserialize)]
pub(crate) struct Source {
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) payment_intent: Option<String>,
}
