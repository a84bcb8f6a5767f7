//! The book of what was sold: double entry, added to and never changed, in minor units.
//!
//! What moves into an account is positive, what moves out of it negative. An entry is named by what the payment service
//! calls the thing that happened, so that it is in the book once, however often that is heard.

use crate::id::{AccountId, CourseId, OrderId};
use crate::money::Currency;
use crate::payment::{DisputeId, PaymentId, RemoteRefund};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where money is, or why it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// With the payment service: what buyers paid, less what was given back or taken. Fees and payouts are between it
    /// and the operator.
    Clearing,
    /// Sold of a course.
    Sales(Sold),
    /// Given back for a course.
    Refunds(Sold),
    /// Taken back by buyers' banks, for a course.
    Disputes(Sold),
}

/// What was sold, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sold {
    /// The course.
    pub course: CourseId,
    /// Its owner when it was sold.
    pub owner: AccountId,
}

/// What moved money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A buyer paid.
    Payment(PaymentId),
    /// It was given back.
    Refund(RemoteRefund),
    /// What was given back did not arrive, and is ours again.
    RefundFailed(RemoteRefund),
    /// A buyer's bank took it.
    Dispute(DisputeId),
    /// The bank returned it.
    DisputeWon(DisputeId),
}

/// Names the entry: in one word what happened, and to what.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Payment(id) => write!(f, "payment {id}"),
            Cause::Refund(id) => write!(f, "refund {id}"),
            Cause::RefundFailed(id) => write!(f, "refund-failed {id}"),
            Cause::Dispute(id) => write!(f, "dispute {id}"),
            Cause::DisputeWon(id) => write!(f, "dispute-won {id}"),
        }
    }
}

/// What moves into an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Which.
    pub account: Account,
    /// Minor units; out of it where negative.
    pub amount: i64,
}

/// One entry of the book. Its postings sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct JournalEntry {
    /// What moved the money. The entry is named by it.
    pub cause: Cause,
    /// Which payment it is about.
    pub payment: PaymentId,
    /// Which order it is for.
    pub order: OrderId,
    /// When it moved.
    pub at: Timestamp,
    /// Of every amount.
    pub currency: Currency,
    postings: Vec<Posting>,
}

/// The postings do not sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the postings of an entry sum to {0}, not to zero")]
pub struct Unbalanced(i128);

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What moved the money.
    pub cause: Cause,
    /// Which payment it is about.
    pub payment: PaymentId,
    /// Which order it is for.
    pub order: OrderId,
    /// When it moved.
    pub at: Timestamp,
    /// Of every amount.
    pub currency: Currency,
}

impl JournalEntry {
    /// An entry that balances.
    pub fn new(about: About, postings: Vec<Posting>) -> Result<Self, Unbalanced> {
        let About { cause, payment, order, at, currency } = about;
        match postings.iter().map(|posting| i128::from(posting.amount)).sum() {
            0 => Ok(Self { cause, payment, order, at, currency, postings }),
            sum => Err(Unbalanced(sum)),
        }
    }

    /// An entry that moves into the clearing account what it moves out of others, or the other way round.
    pub fn against_clearing(about: About, amounts: impl IntoIterator<Item = (Account, i64)>) -> Self {
        let About { cause, payment, order, at, currency } = about;
        let others = amounts.into_iter().filter(|(_, amount)| *amount != 0);
        let mut postings: Vec<_> =
            others.map(|(account, amount)| Posting { account, amount: -amount }).collect();
        let amount = postings.iter().map(|posting| -posting.amount).sum();
        postings.insert(0, Posting { account: Account::Clearing, amount });
        Self { cause, payment, order, at, currency, postings }
    }

    /// What moves.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// What moves into the clearing account.
    pub fn cleared(&self) -> i64 {
        let clearing = |posting: &&Posting| posting.account == Account::Clearing;
        self.postings.iter().filter(clearing).map(|posting| posting.amount).sum()
    }
}

/// An entry as it is written, whatever it sums to.
#[derive(Deserialize)]
struct Unchecked {
    cause: Cause,
    payment: PaymentId,
    order: OrderId,
    at: Timestamp,
    currency: Currency,
    postings: Vec<Posting>,
}

impl TryFrom<Unchecked> for JournalEntry {
    type Error = Unbalanced;
    fn try_from(entry: Unchecked) -> Result<Self, Unbalanced> {
        let Unchecked { cause, payment, order, at, currency, postings } = entry;
        Self::new(About { cause, payment, order, at, currency }, postings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn about() -> About {
        let at = Timestamp::from_millis(1);
        let payment = PaymentId("pi_1".into());
        let cause = Cause::Payment(payment.clone());
        About { cause, payment, order: OrderId::new(at, 1), at, currency: Currency::Eur }
    }

    fn sales(n: u128) -> Account {
        let at = Timestamp::from_millis(1);
        Account::Sales(Sold { course: CourseId::new(at, n), owner: AccountId::new(at, 1) })
    }

    #[test]
    fn an_entry_that_does_not_balance_is_none() {
        let postings = |other| {
            vec![
                Posting { account: Account::Clearing, amount: 1900 },
                Posting { account: sales(1), amount: other },
            ]
        };
        assert_eq!(JournalEntry::new(about(), postings(-1899)), Err(Unbalanced(1)));
        let good = JournalEntry::new(about(), postings(-1900)).unwrap();
        let written = serde_json::to_string(&good).unwrap();
        assert_eq!(serde_json::from_str::<JournalEntry>(&written).unwrap(), good);
        let forged = written.replace("-1900", "-1800");
        assert!(serde_json::from_str::<JournalEntry>(&forged).is_err());
    }

    proptest! {
        #[test]
        fn what_moves_against_clearing_balances(amounts in prop::collection::vec(-1_000_000i64..1_000_000, 0..8)) {
            let moved = amounts.iter().enumerate().map(|(n, amount)| (sales(n as u128), *amount));
            let entry = JournalEntry::against_clearing(about(), moved);
            prop_assert_eq!(entry.postings().iter().map(|posting| posting.amount).sum::<i64>(), 0);
            prop_assert_eq!(entry.cleared(), amounts.iter().sum::<i64>());
        }
    }
}
