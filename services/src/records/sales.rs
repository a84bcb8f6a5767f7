//! What was sold: counters for each day, course, owner and coupon, counted with the entry of the book that they are of.

use super::keys;
use crate::Result;
use crate::ports::{Key, Query, Range, Table, Write};
use domain::id::{AccountId, CourseId};
use domain::ledger::{Account, Cause, JournalEntry};
use domain::money::Currency;
use domain::order::UsedCoupon;
use std::collections::BTreeMap;

/// How many counters are read at a time.
const BATCH: usize = 1_000;

/// Of what sales are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    Course(CourseId),
    Owner(AccountId),
    Coupon(UsedCoupon),
}

impl Of {
    fn partition(&self) -> String {
        match self {
            Of::Course(course) => keys::sales_of_course(*course),
            Of::Owner(owner) => keys::sales_of_owner(*owner),
            Of::Coupon(coupon) => keys::sales_by_coupon(coupon.owner, &coupon.code),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// How many courses were sold.
    Count,
    /// For how much, in minor units.
    Sold,
    /// How much of it was given back.
    Refunded,
    /// How much of it buyers' banks took.
    Disputed,
}

impl What {
    const ALL: [What; 4] = [What::Count, What::Sold, What::Refunded, What::Disputed];

    fn name(self) -> &'static str {
        match self {
            What::Count => "COUNT",
            What::Sold => "SOLD",
            What::Refunded => "REFUNDED",
            What::Disputed => "DISPUTED",
        }
    }
}

/// The sales of a day in a currency. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    /// How many courses were sold.
    pub(crate) count: i64,
    /// For how much.
    pub(crate) sold: i64,
    /// How much of it was given back.
    pub(crate) refunded: i64,
    /// How much of it buyers' banks took.
    pub(crate) disputed: i64,
}

/// The writes that count new entries. They belong into the transaction of these.
pub(crate) fn count(entries: &[JournalEntry], coupon: Option<&UsedCoupon>) -> Vec<Write> {
    let mut counters: BTreeMap<(String, String), i64> = BTreeMap::new();
    for entry in entries {
        for posting in entry.postings() {
            let (sold, what, amount) = match posting.account {
                Account::Clearing => continue,
                Account::Sales(sold) => (sold, What::Sold, -posting.amount),
                Account::Refunds(sold) => (sold, What::Refunded, posting.amount),
                Account::Disputes(sold) => (sold, What::Disputed, posting.amount),
            };
            let theirs = coupon.filter(|coupon| coupon.owner == sold.owner).cloned().map(Of::Coupon);
            for of in [Of::Course(sold.course), Of::Owner(sold.owner)].into_iter().chain(theirs) {
                let mut add = |what: What, amount: i64| {
                    let sort = format!("{}#{}#{}", entry.at.date(), entry.currency, what.name());
                    *counters.entry((of.partition(), sort)).or_default() += amount;
                };
                add(what, amount);
                if matches!(entry.cause, Cause::Payment(_)) {
                    add(What::Count, 1);
                }
            }
        }
    }
    let changed = counters.into_iter().filter(|(_, amount)| *amount != 0);
    changed.map(|((partition, sort), amount)| Write::Add(Key::new(partition, sort), amount)).collect()
}

/// Sales from one day to another, both included, as `2026-11-22`: by day and currency.
pub(crate) async fn between(
    table: &dyn Table,
    of: &Of,
    from: &str,
    until: &str,
) -> Result<BTreeMap<(String, Currency), Sums>> {
    let mut query = Query {
        range: Range::Between(from.to_owned(), format!("{until}$")),
        ..Query::partition(of.partition(), BATCH)
    };
    let mut found: BTreeMap<(String, Currency), Sums> = BTreeMap::new();
    loop {
        let page = table.query(query.clone()).await?;
        for item in &page.items {
            let mut parts = item.key.sort.splitn(3, '#');
            let (Some(day), Some(currency), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let what = What::ALL.into_iter().find(|what| what.name() == name);
            let (Ok(currency), Some(what)) = (currency.parse(), what) else { continue };
            let sums = found.entry((day.to_owned(), currency)).or_default();
            match what {
                What::Count => sums.count = item.counter,
                What::Sold => sums.sold = item.counter,
                What::Refunded => sums.refunded = item.counter,
                What::Disputed => sums.disputed = item.counter,
            }
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}
