//! What is in the book for an order.

use super::{DisputeStatus, Order};
use crate::id::CourseId;
use crate::ledger::{About, Account, Cause, JournalEntry, Sold};
use crate::money::allocate;
use crate::payment::PaymentId;
use crate::time::Timestamp;
use std::collections::BTreeSet;

impl Order {
    /// Every entry that the facts make, by its cause. More facts make more entries, and change none.
    ///
    /// An amount lies on the lines in proportion to what was paid for each. Every payment is a sale, also a second one,
    /// and what is given back of it a refund: which of two counts may turn out later, the book stays.
    pub fn journal(&self) -> Vec<JournalEntry> {
        let mut entries = Vec::new();
        let all = BTreeSet::new();
        for payment in &self.payments {
            let cause = Cause::Payment(payment.id.clone());
            let moved = self.on_lines(payment.amount, &all, Account::Sales);
            entries.push(self.entry(cause, &payment.id, payment.paid, moved, 1));
        }
        for refund in &self.refunds {
            let Some(remote) = &refund.remote else { continue };
            let courses = refund.asked.as_ref().map_or(&all, |asked| &asked.courses);
            let moved = self.on_lines(refund.amount, courses, Account::Refunds);
            let given = Cause::Refund(remote.clone());
            entries.push(self.entry(given, &refund.payment, refund.at, moved.clone(), -1));
            if refund.failed.is_some() {
                let back = Cause::RefundFailed(remote.clone());
                entries.push(self.entry(back, &refund.payment, refund.at, moved, 1));
            }
        }
        for dispute in self.disputes.iter().filter(|dispute| dispute.status > DisputeStatus::Inquiry) {
            let moved = self.on_lines(dispute.amount, &all, Account::Disputes);
            let taken = Cause::Dispute(dispute.id.clone());
            entries.push(self.entry(taken, &dispute.payment, dispute.at, moved.clone(), -1));
            if dispute.status == DisputeStatus::Won {
                let won = Cause::DisputeWon(dispute.id.clone());
                entries.push(self.entry(won, &dispute.payment, dispute.at, moved, 1));
            }
        }
        entries.sort_by(|a, b| a.cause.cmp(&b.cause));
        entries
    }

    fn entry(
        &self,
        cause: Cause,
        payment: &PaymentId,
        at: Timestamp,
        moved: Vec<(Account, i64)>,
        sign: i64,
    ) -> JournalEntry {
        let known = self.payments.iter().find(|known| known.id == *payment);
        let currency = known.map_or(self.currency, |known| known.currency);
        let about = About { cause, payment: payment.clone(), order: self.id, at, currency };
        JournalEntry::against_clearing(
            about,
            moved.into_iter().map(|(account, amount)| (account, sign * amount)),
        )
    }

    /// An amount on the lines with these courses; on every line where none is named.
    fn on_lines(
        &self,
        amount: i64,
        courses: &BTreeSet<CourseId>,
        account: fn(Sold) -> Account,
    ) -> Vec<(Account, i64)> {
        let named = |course| courses.is_empty() || courses.contains(&course);
        let weights: Vec<i64> =
            self.lines.iter().map(|line| if named(line.course) { line.to_pay() } else { 0 }).collect();
        let parts = allocate(amount, &weights, 1);
        self.lines.iter().zip(parts).map(|(line, part)| (account(line.sold()), part)).collect()
    }
}
