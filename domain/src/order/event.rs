//! What can be heard of an order.

use super::{Asked, CheckoutEnd, Dispute, DisputeStatus, Payment, RefundNews, RefundStatus};
use crate::id::{CourseId, RefundId};
use crate::money::Price;
use crate::payment::{PaymentId, SessionId};
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::fmt;

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The buyer placed it, or asks for a page to pay on for the so manieth time.
    CheckoutAsked {
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// There is a page to pay on.
    CheckoutOpened {
        /// For which attempt.
        attempt: u32,
        /// The service's name for it.
        session: SessionId,
        /// Where it is.
        url: String,
        /// Until when.
        expires: Timestamp,
    },
    /// The payment service did not answer.
    CheckoutDelayed {
        /// Which attempt waits for it.
        attempt: u32,
        /// What was wrong.
        why: String,
    },
    /// The payment service will never open such a page.
    CheckoutRefused {
        /// Which attempt.
        attempt: u32,
        /// Its words.
        why: String,
    },
    /// The page can no longer be paid.
    CheckoutEnded {
        /// Which.
        session: SessionId,
        /// How that came.
        end: CheckoutEnd,
    },
    /// The buyer tried to pay, and may try again.
    Declined {
        /// The service's words.
        why: String,
    },
    /// Money came in.
    Paid(Payment),
    /// The buyer got courses.
    Fulfilled(BTreeSet<CourseId>),
    /// The buyer asks for their money.
    RefundWished {
        /// Why, in their words.
        why: String,
    },
    /// They do not get it, and are told so.
    RefundDeclined {
        /// Why.
        why: String,
    },
    /// Money is to be given back.
    RefundAsked {
        /// Names it.
        refund: RefundId,
        /// Of which payment.
        payment: PaymentId,
        /// Minor units.
        amount: i64,
        /// By whom, and how.
        asked: Asked,
    },
    /// The payment service did not answer.
    RefundDelayed {
        /// Which refund waits for it.
        refund: RefundId,
        /// What was wrong.
        why: String,
    },
    /// The payment service will never do it.
    RefundRefused {
        /// Which.
        refund: RefundId,
        /// Its words.
        why: String,
    },
    /// Money is given back, or was.
    Refunded(RefundNews),
    /// The buyer's bank was, or is, asked to take money back.
    Disputed(Dispute),
    /// The buyer lost courses.
    AccessEnded(BTreeSet<CourseId>),
    /// Nobody is to pay it any more.
    Cancelled {
        /// Why.
        why: String,
    },
}

/// A sentence for people who look after orders.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::CheckoutAsked { attempt: 1 } => f.write_str("Placed"),
            Event::CheckoutAsked { attempt } => write!(f, "The buyer asks to pay, attempt {attempt}"),
            Event::CheckoutOpened { attempt, session, .. } => {
                write!(f, "Can be paid, attempt {attempt}: {session}")
            }
            Event::CheckoutDelayed { why, .. } => write!(f, "Cannot be paid for now: {why}"),
            Event::CheckoutRefused { why, .. } => write!(f, "Cannot be paid: {why}"),
            Event::CheckoutEnded { session, end: CheckoutEnd::Expired } => {
                write!(f, "Was not paid in time: {session}")
            }
            Event::CheckoutEnded { session, end: CheckoutEnd::Failed(why) } => {
                write!(f, "The payment did not come: {session}, {why}")
            }
            Event::CheckoutEnded { session, end: CheckoutEnd::Paid } => {
                write!(f, "Was paid on its page: {session}")
            }
            Event::Declined { why } => write!(f, "A try to pay failed: {why}"),
            Event::Paid(payment) => {
                let price = Price { minor: payment.amount, currency: payment.currency };
                write!(f, "Paid: {price}, {}", payment.id)
            }
            Event::Fulfilled(courses) => write!(f, "The buyer has {} of the courses", courses.len()),
            Event::RefundWished { why } => write!(f, "The buyer asks for their money: {why}"),
            Event::RefundDeclined { why } => write!(f, "The buyer was told that they do not get it: {why}"),
            Event::RefundAsked { refund, asked, .. } => {
                write!(f, "To be given back, {refund}: {}", asked.reason)
            }
            Event::RefundDelayed { refund, why } => {
                write!(f, "Cannot be given back for now, {refund}: {why}")
            }
            Event::RefundRefused { refund, why } => write!(f, "Cannot be given back, {refund}: {why}"),
            Event::Refunded(news) => match &news.status {
                RefundStatus::Pending => write!(f, "Is given back: {}", news.remote),
                RefundStatus::Arrived => write!(f, "Was given back: {}", news.remote),
                RefundStatus::Failed(why) => write!(f, "Could not be given back: {}, {why}", news.remote),
            },
            Event::Disputed(dispute) => {
                let how = match dispute.status {
                    DisputeStatus::Inquiry => "The buyer's bank asks about it",
                    DisputeStatus::Open => "Disputed",
                    DisputeStatus::Lost => "The dispute was lost",
                    DisputeStatus::Won => "The dispute was won",
                };
                write!(f, "{how}: {}, {}", dispute.id, dispute.reason)
            }
            Event::AccessEnded(courses) => write!(f, "The buyer lost {} of the courses", courses.len()),
            Event::Cancelled { why } => write!(f, "Cancelled: {why}"),
        }
    }
}
