//! Orders: what somebody buys at once, and what became of it.
//!
//! An order keeps facts: that it was paid, that money was given back, that its courses were given. Facts are only added,
//! and how the order stands ([`Order::state`]), what is to be done next ([`Order::steps`]) and what is in the book for it
//! ([`Order::journal`]) follow from them. So it does not matter in which order facts are heard, how often, or from whom:
//! a message of the payment service, the page that the buyer comes back to, or the sweeper.

mod event;
mod fact;
mod hear;
mod history;
mod journal;
mod state;
#[cfg(test)]
mod tests;

pub use event::Event;
pub use fact::{
    Asked, Checkout, CheckoutEnd, Dispute, DisputeStatus, Payment, Refund, RefundNews, RefundStatus, Said,
};
pub use hear::{News, Transition};
pub use history::{History, HistoryLine};
pub use state::{OrderState, Step};

use crate::coupon::CouponCode;
use crate::id::{AccountId, CourseId, OrderId};
use crate::ledger::Sold;
use crate::money::{Currency, Price};
use crate::text::Title;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody buys at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its identifier, made when it was placed.
    pub id: OrderId,
    /// Who buys.
    pub buyer: AccountId,
    /// What they buy, as it was called and priced then. At least one line.
    pub lines: Vec<Line>,
    /// Of every amount.
    pub currency: Currency,
    /// What made it cheaper.
    pub coupon: Option<UsedCoupon>,
    /// How often the buyer asked for a page to pay on: the number of the last attempt, from 1.
    pub attempt: u32,
    /// When they asked for it.
    pub asked: Timestamp,
    /// Since when nobody is to pay it any more.
    pub cancelled: Option<Timestamp>,
    /// The last attempt that the payment service refused for good, and its words.
    pub refused: Option<(u32, String)>,
    /// The last attempt that the buyer was told to wait for.
    pub delayed: Option<u32>,
    /// The pages on which it could be paid.
    pub checkouts: Vec<Checkout>,
    /// The money that came in; the first counts.
    pub payments: Vec<Payment>,
    /// When its courses were given first.
    pub fulfilled: Option<Timestamp>,
    /// Those that the buyer has by it.
    pub given: BTreeSet<CourseId>,
    /// That the buyer asked for their money, and why.
    pub wished: Option<Said>,
    /// That they were told that they do not get it, and why.
    pub declined: Option<Said>,
    /// What was given back, or is to be.
    pub refunds: Vec<Refund>,
    /// What the buyer disputed.
    pub disputes: Vec<Dispute>,
    /// All that was heard of it.
    pub history: History,
}

/// One course of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub course: CourseId,
    /// Whose it is.
    pub owner: AccountId,
    /// What it was called.
    pub title: Title,
    /// What it cost, in minor units.
    pub list: i64,
    /// What a coupon took off that.
    pub discount: i64,
}

impl Line {
    /// What is to be paid for it.
    pub fn to_pay(&self) -> i64 {
        self.list - self.discount
    }

    fn sold(&self) -> Sold {
        Sold { course: self.course, owner: self.owner }
    }
}

/// The coupon of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedCoupon {
    /// Whose it is.
    pub owner: AccountId,
    /// What the buyer typed.
    pub code: CouponCode,
}

impl Order {
    /// An order that was just placed. Nothing was heard of it.
    pub fn new(
        id: OrderId,
        buyer: AccountId,
        lines: Vec<Line>,
        currency: Currency,
        coupon: Option<UsedCoupon>,
    ) -> Self {
        Self {
            id,
            buyer,
            lines,
            currency,
            coupon,
            attempt: 1,
            asked: id.created(),
            cancelled: None,
            refused: None,
            delayed: None,
            checkouts: Vec::new(),
            payments: Vec::new(),
            fulfilled: None,
            given: BTreeSet::new(),
            wished: None,
            declined: None,
            refunds: Vec::new(),
            disputes: Vec::new(),
            history: History::default(),
        }
    }

    /// What its courses cost together.
    pub fn list_price(&self) -> Price {
        self.price(self.lines.iter().map(|line| line.list).sum())
    }

    /// What the coupon takes off that.
    pub fn discount(&self) -> Price {
        self.price(self.lines.iter().map(|line| line.discount).sum())
    }

    /// What is to be paid.
    pub fn total(&self) -> Price {
        self.price(self.lines.iter().map(Line::to_pay).sum())
    }

    /// What can still be given back.
    pub fn refundable(&self) -> Price {
        self.price(self.payment().map_or(0, |payment| payment.amount - self.given_back(payment)))
    }

    /// What was given back, or is to be.
    pub fn refunded(&self) -> Price {
        self.price(self.payment().map_or(0, |payment| self.given_back(payment)))
    }

    /// That the buyer asked for their money, where nobody has answered yet.
    pub fn open_wish(&self) -> Option<&Said> {
        let wish = self.wished.as_ref().filter(|_| self.declined.is_none() && self.holds_money());
        wish.filter(|wish| !self.refunded_since(wish.at))
    }

    /// That the buyer was told that they do not get their money, where nobody thought better of it.
    pub fn standing_decline(&self) -> Option<&Said> {
        self.declined.as_ref().filter(|said| !self.refunded_since(said.at))
    }

    /// Whether any of the money was given back since, or is to be. The payment service counts in seconds.
    fn refunded_since(&self, at: Timestamp) -> bool {
        let of_it = |refund: &Refund| self.payment().is_some_and(|payment| refund.payment == payment.id);
        let since = |refund: &Refund| refund.stands() && refund.at.seconds() >= at.seconds();
        self.refunds.iter().any(|refund| since(refund) && of_it(refund))
    }

    /// Whether the buyer can ask for their money: once, and as long as it is here.
    pub fn may_wish(&self) -> bool {
        self.wished.is_none() && self.holds_money() && !self.refundable().is_free()
    }

    /// Whether money is here, and nobody's bank is about to take it.
    fn holds_money(&self) -> bool {
        matches!(self.state(), OrderState::Paid | OrderState::Fulfilled | OrderState::PartlyRefunded)
    }

    /// The payment that counts: the first one of the right amount.
    pub fn payment(&self) -> Option<&Payment> {
        let total = self.total();
        let counts = |payment: &&Payment| payment.amount == total.minor && payment.currency == total.currency;
        self.payments.iter().filter(counts).min_by_key(|payment| (payment.paid, &payment.id))
    }

    /// The page on which it can be paid now.
    pub fn checkout(&self) -> Option<&Checkout> {
        let open = |checkout: &&Checkout| checkout.end.is_none() && checkout.attempt == self.attempt;
        if self.is_paid() || self.cancelled.is_some() { None } else { self.checkouts.iter().find(open) }
    }

    /// Whether there is nothing (more) to pay.
    pub fn is_paid(&self) -> bool {
        self.total().is_free() || self.payment().is_some()
    }

    fn price(&self, minor: i64) -> Price {
        Price { minor, currency: self.currency }
    }

    fn given_back(&self, payment: &Payment) -> i64 {
        let of_it = |refund: &&Refund| refund.payment == payment.id && refund.stands();
        self.refunds.iter().filter(of_it).map(|refund| refund.amount).sum()
    }
}
