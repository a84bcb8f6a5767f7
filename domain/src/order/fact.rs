//! What an order keeps of what was heard.

use crate::id::{AccountId, CourseId, RefundId};
use crate::money::Currency;
use crate::payment::{DisputeId, PaymentId, RemoteRefund, SessionId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A page of the payment service on which an order can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The service's name for it.
    pub session: SessionId,
    /// Which attempt of the order it is for; 0 where its end was heard of before it was.
    pub attempt: u32,
    /// Where it is.
    pub url: String,
    /// Until when the service keeps it.
    pub expires: Timestamp,
    /// How it ended, where it cannot be paid any more.
    pub end: Option<CheckoutEnd>,
}

/// How such a page ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckoutEnd {
    /// Nobody paid in time, or it was ended.
    Expired,
    /// The money that was on its way did not come: why, in the service's words.
    Failed(String),
    /// It was paid.
    Paid,
}

/// Money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The service's name for it.
    pub id: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// Their currency.
    pub currency: Currency,
    /// When.
    pub paid: Timestamp,
    /// The service's receipt.
    pub receipt_url: Option<String>,
}

/// Money that was given back, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Ours; `None` where somebody gave it back from the service's own pages.
    pub id: Option<RefundId>,
    /// The service's name for it, once it has one.
    pub remote: Option<RemoteRefund>,
    /// Which payment it is of.
    pub payment: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// Who asked for it here, and how.
    pub asked: Option<Asked>,
    /// Since when the service knows it; until then, when it was asked for.
    pub at: Timestamp,
    /// Whether it has arrived.
    pub arrived: bool,
    /// Why it did not arrive after all, in the service's words.
    pub failed: Option<String>,
    /// Why the service did not take it, in its words.
    pub refused: Option<String>,
}

impl Refund {
    /// So much of a payment, and nothing else known of it.
    pub(super) fn of(payment: PaymentId, amount: i64, at: Timestamp) -> Self {
        Self {
            id: None,
            remote: None,
            payment,
            amount,
            asked: None,
            at,
            arrived: false,
            failed: None,
            refused: None,
        }
    }

    /// Whether the money is given back, or to be.
    pub fn stands(&self) -> bool {
        self.failed.is_none() && self.refused.is_none()
    }
}

/// What somebody said of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// In their words.
    pub text: String,
}

/// How a refund was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// By whom; `None` for the program itself, which gives back what was paid twice.
    pub by: Option<AccountId>,
    /// Why, in their words.
    pub reason: String,
    /// For which courses of the order; empty for all of them alike.
    pub courses: BTreeSet<CourseId>,
    /// Whether the buyer loses these courses.
    pub removes: bool,
}

/// What the payment service says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNews {
    /// Its name for it.
    pub remote: RemoteRefund,
    /// Ours, where it is one of ours.
    pub refund: Option<RefundId>,
    /// Which payment it is of.
    pub payment: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// How it stands.
    pub status: RefundStatus,
    /// Since when there is such a refund.
    pub at: Timestamp,
}

/// How a refund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    /// The money is on its way.
    Pending,
    /// It has arrived.
    Arrived,
    /// It did not arrive, and is ours again: why, in the service's words.
    Failed(String),
}

/// A buyer told their bank that they owe nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The service's name for it.
    pub id: DisputeId,
    /// Which payment it is about.
    pub payment: PaymentId,
    /// How much of it, in minor units.
    pub amount: i64,
    /// Why, in the service's words.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// How far it has come. It never goes back.
    pub status: DisputeStatus,
}

/// How a dispute stands, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisputeStatus {
    /// The bank asks, and took nothing.
    Inquiry,
    /// The money is taken until it is decided.
    Open,
    /// The money is the buyer's.
    Lost,
    /// The money is ours again.
    Won,
}
