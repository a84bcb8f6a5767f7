//! How an order stands, and what is to be done next. Both follow from what was heard, and from nothing else.

use super::{CheckoutEnd, DisputeStatus, Order, Payment};
use crate::id::{CourseId, RefundId};
use crate::payment::{PaymentId, SessionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// There is no page to pay on yet.
    Draft,
    /// It waits to be paid.
    Pending,
    /// It is paid; its courses are about to be given.
    Paid,
    /// The buyer has what they paid for.
    Fulfilled,
    /// It was not paid in time, or was cancelled.
    Expired,
    /// It could not be paid.
    Failed,
    /// Some of the money was given back.
    PartlyRefunded,
    /// All of it was.
    Refunded,
    /// The buyer's bank took it back.
    Disputed,
}

impl OrderState {
    /// Every state.
    pub const ALL: [OrderState; 9] = [
        OrderState::Draft,
        OrderState::Pending,
        OrderState::Paid,
        OrderState::Fulfilled,
        OrderState::Expired,
        OrderState::Failed,
        OrderState::PartlyRefunded,
        OrderState::Refunded,
        OrderState::Disputed,
    ];

    /// In one word, as records and addresses hold it.
    pub fn name(self) -> &'static str {
        match self {
            OrderState::Draft => "draft",
            OrderState::Pending => "pending",
            OrderState::Paid => "paid",
            OrderState::Fulfilled => "fulfilled",
            OrderState::Expired => "expired",
            OrderState::Failed => "failed",
            OrderState::PartlyRefunded => "partly-refunded",
            OrderState::Refunded => "refunded",
            OrderState::Disputed => "disputed",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            OrderState::Draft => "Payment opens shortly",
            OrderState::Pending => "Waits to be paid",
            OrderState::Paid => "Paid, not given yet",
            OrderState::Fulfilled => "Paid",
            OrderState::Expired => "Not paid",
            OrderState::Failed => "Could not be paid",
            OrderState::PartlyRefunded => "Partly refunded",
            OrderState::Refunded => "Refunded",
            OrderState::Disputed => "Disputed",
        }
    }
}

/// What is to be done next. Whoever finds a step may do it, and several may at the same time: each is harmless twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Ask the payment service for a page to pay on.
    OpenCheckout {
        /// For this attempt.
        attempt: u32,
    },
    /// End a page that nobody is to pay on any more.
    EndCheckout(SessionId),
    /// Give the buyer these courses.
    Fulfil(BTreeSet<CourseId>),
    /// Take these courses away.
    EndAccess(BTreeSet<CourseId>),
    /// Ask the payment service to give money back.
    Refund(RefundId),
    /// Decide to give back a payment that does not count: the order was paid twice.
    ReturnSurplus(PaymentId),
}

impl Order {
    /// How it stands.
    pub fn state(&self) -> OrderState {
        let Some(payment) = self.payment() else {
            return if self.total().is_free() { self.given() } else { self.unpaid() };
        };
        let given_back = self.given_back(payment);
        if given_back >= payment.amount {
            return OrderState::Refunded;
        }
        // A bank that only asks took nothing, and what was won is over.
        if self.disputed(payment, &[DisputeStatus::Open, DisputeStatus::Lost]) {
            return OrderState::Disputed;
        }
        if given_back > 0 { OrderState::PartlyRefunded } else { self.given() }
    }

    fn given(&self) -> OrderState {
        if self.fulfilled.is_some() { OrderState::Fulfilled } else { OrderState::Paid }
    }

    fn unpaid(&self) -> OrderState {
        if self.checkouts.iter().any(|checkout| checkout.end.is_none()) {
            return OrderState::Pending;
        }
        if self.cancelled.is_some() {
            return OrderState::Expired;
        }
        if self.refused.as_ref().is_some_and(|(attempt, _)| *attempt == self.attempt) {
            return OrderState::Failed;
        }
        match self.checkouts.iter().find(|checkout| checkout.attempt == self.attempt).map(|last| &last.end) {
            None => OrderState::Draft,
            Some(Some(CheckoutEnd::Failed(_))) => OrderState::Failed,
            Some(Some(CheckoutEnd::Expired)) => OrderState::Expired,
            // Paid, and nobody heard yet of which payment.
            Some(Some(CheckoutEnd::Paid) | None) => OrderState::Pending,
        }
    }

    /// Whether something may still come of it without the buyer beginning anew.
    pub fn is_open(&self) -> bool {
        matches!(self.state(), OrderState::Draft | OrderState::Pending | OrderState::Paid)
    }

    /// The courses that the buyer is to have by this order: all of them once it is paid, but for those whose money went
    /// back. Where that money did not arrive, they get them back.
    pub fn entitled(&self) -> BTreeSet<CourseId> {
        let gone = self.gone();
        let bought = self.lines.iter().map(|line| line.course);
        if self.is_paid() {
            bought.filter(|course| !gone.contains(course)).collect()
        } else {
            BTreeSet::new()
        }
    }

    /// The courses that they lost.
    fn gone(&self) -> BTreeSet<CourseId> {
        let Some(payment) = self.payment() else { return BTreeSet::new() };
        let all = || self.lines.iter().map(|line| line.course).collect();
        if self.disputed(payment, &[DisputeStatus::Lost]) {
            return all();
        }
        let done =
            self.refunds.iter().filter(|r| r.payment == payment.id && r.stands() && r.remote.is_some());
        let mut gone = BTreeSet::new();
        for refund in done {
            match &refund.asked {
                Some(asked) if asked.removes && asked.courses.is_empty() => return all(),
                Some(asked) if asked.removes => gone.extend(&asked.courses),
                Some(_) => {}
                // Who gives all back from the service's own pages cannot say that the course stays.
                None if self.given_back(payment) >= payment.amount => return all(),
                None => {}
            }
        }
        gone
    }

    /// What is to be done next, if anything.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.state() == OrderState::Draft {
            steps.push(Step::OpenCheckout { attempt: self.attempt });
        }
        if self.is_paid() || self.cancelled.is_some() {
            let open = self.checkouts.iter().filter(|checkout| checkout.end.is_none());
            steps.extend(open.map(|checkout| Step::EndCheckout(checkout.session.clone())));
        }
        let entitled = self.entitled();
        let missing: BTreeSet<_> = entitled.difference(&self.given).copied().collect();
        if !missing.is_empty() {
            steps.push(Step::Fulfil(missing));
        }
        let lost: BTreeSet<_> = self.given.difference(&entitled).copied().collect();
        if !lost.is_empty() {
            steps.push(Step::EndAccess(lost));
        }
        let asked = self.refunds.iter().filter(|refund| refund.remote.is_none() && refund.stands());
        steps.extend(asked.filter_map(|refund| refund.id).map(Step::Refund));
        steps.extend(self.surplus().map(|payment| Step::ReturnSurplus(payment.id.clone())));
        steps
    }

    fn disputed(&self, payment: &Payment, statuses: &[DisputeStatus]) -> bool {
        self.disputes
            .iter()
            .any(|dispute| dispute.payment == payment.id && statuses.contains(&dispute.status))
    }

    /// Payments that do not count, and of which nobody decided yet what becomes of them.
    pub(super) fn surplus(&self) -> impl Iterator<Item = &Payment> {
        let counts = self.payment().map(|payment| &payment.id);
        let decided = |payment: &Payment| self.refunds.iter().any(|refund| refund.payment == payment.id);
        self.payments.iter().filter(move |payment| Some(&payment.id) != counts && !decided(payment))
    }
}
