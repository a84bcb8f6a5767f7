//! Whether the book says what the payment service's says.

use super::news::tell_operators;
use super::settle::settle;
use crate::ports::{DisputeStatus, MovementKind, Payment, Payments, PaymentsError, RefundStatus};
use crate::records::{books, ledger};
use crate::{Error, Result, Stoa, access, audit};
use domain::account::Actor;
use domain::audit::Event;
use domain::id::OrderId;
use domain::money::{Currency, Price};
use domain::payment::PaymentId;
use domain::permission::Permission;
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest span.
const LONGEST: Duration = Duration::from_secs(31 * 24 * 3600);
/// How far back the program compares by itself.
const LATELY: Duration = Duration::from_secs(2 * 24 * 3600);
/// The most payments that are looked at one by one. More differences than that are no accident of a few messages.
const MOST: usize = 500;

/// The two books side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What moved in the span, by currency.
    pub sums: Vec<Sums>,
    /// What is not the same, even after everything lost on the way was asked for. None is how it should be.
    pub differences: Vec<Difference>,
    /// What moved there and is about no order: charged or paid from the service's own pages.
    pub others: Vec<(PaymentId, Option<Price>)>,
}

/// What moved in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// In which.
    pub currency: Currency,
    /// In our book, in minor units.
    pub ours: i64,
    /// In theirs.
    pub theirs: i64,
}

/// A payment that is not the same in both books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub payment: PaymentId,
    /// Of which order.
    pub order: OrderId,
    /// What is left of it in our book.
    pub ours: Price,
    /// In theirs.
    pub theirs: Price,
}

/// Compares the books from one moment (inclusive) to another (exclusive). Where a payment differs, its order is settled
/// first: word of it may have been lost.
pub async fn reconcile(stoa: &Stoa, actor: Actor, from: Timestamp, until: Timestamp) -> Result<Report> {
    access::check(actor, Permission::Reconcile)?;
    let payments = stoa.payments.as_deref();
    let payments = payments.ok_or_else(|| Error::Refused("Payments are not set up.".to_owned()))?;
    if until.since(from) > LONGEST {
        return Err(Error::invalid("Span", "is longer than 31 days"));
    }
    stoa.table.write(audit::entry(stoa, actor, &Event::PaymentsReconciled {})?).await?;
    compare(stoa, payments, from, until).await
}

/// Compares the books of the last days, once an hour, whichever server comes first: word of a refund or a dispute that was
/// lost on its way is found so. Returns how many differences stay; operators are told of them once a day.
pub async fn watch(stoa: &Stoa) -> Result<u32> {
    let Some(payments) = stoa.payments.as_deref() else { return Ok(0) };
    let now = stoa.clock.now();
    match stoa.table.write(books::compared(now)).await.map_err(Error::from) {
        Err(Error::Conflict) => return Ok(0),
        written => written?,
    }
    let Report { differences, .. } = compare(stoa, payments, now.minus(LATELY).day(), now).await?;
    if differences.is_empty() {
        return Ok(0);
    }
    let line = |found: &Difference| {
        format!(
            "{} of the order {}: {} here, {} there.",
            found.payment, found.order, found.ours, found.theirs
        )
    };
    let lines: Vec<_> = differences.iter().map(line).collect();
    tracing::error!(differences = lines.join(" "), "the books do not say the same");
    let text =
        format!("What is left of these payments is not the same in both books:\n\n{}", lines.join("\n"));
    let told = vec![books::told(now), tell_operators(stoa, "The books do not say the same", text)?];
    match stoa.table.transact(told).await.map_err(Error::from) {
        Err(Error::Conflict) => {}
        told => told?,
    }
    stoa.wake.notify_one();
    Ok(differences.len() as u32)
}

async fn compare(stoa: &Stoa, payments: &dyn Payments, from: Timestamp, until: Timestamp) -> Result<Report> {
    let theirs = theirs(payments, from, until).await?;
    let ours = ours(stoa, from, until).await?;
    let suspects: Vec<&PaymentId> =
        theirs.keys().chain(ours.keys()).filter(|id| theirs.get(id) != ours.get(id)).collect();
    if suspects.len() > 2 * MOST {
        return Err(Error::Refused("Too much is not the same: compare a shorter span.".to_owned()));
    }
    let mut report = Report { sums: Vec::new(), differences: Vec::new(), others: Vec::new() };
    let mut looked_at = std::collections::BTreeSet::new();
    for id in suspects.into_iter().filter(|id| looked_at.insert((*id).clone())) {
        match look(stoa, payments, id).await? {
            Found::Same => {}
            Found::Different(difference) => report.differences.push(difference),
            Found::Other(price) => report.others.push((id.clone(), price)),
        }
    }
    report.sums = sums(&self::ours(stoa, from, until).await?, &theirs);
    Ok(report)
}

/// What moved of each payment, by currency; `None` for one that we do not sell in.
type Moved = BTreeMap<PaymentId, (Option<Currency>, i64)>;

fn add(moved: &mut Moved, payment: &PaymentId, currency: Option<Currency>, amount: i64) {
    moved.entry(payment.clone()).or_insert((currency, 0)).1 += amount;
}

async fn ours(stoa: &Stoa, from: Timestamp, until: Timestamp) -> Result<Moved> {
    let mut moved = Moved::new();
    for entry in ledger::between(&*stoa.table, from, until).await? {
        add(&mut moved, &entry.payment, Some(entry.currency), entry.cleared());
    }
    Ok(moved)
}

async fn theirs(payments: &dyn Payments, from: Timestamp, until: Timestamp) -> Result<Moved> {
    let (mut moved, mut after) = (Moved::new(), None);
    loop {
        let page = payments.movements(from, until, after.as_ref()).await?;
        for movement in &page.movements {
            if let (false, Some(payment)) =
                (matches!(movement.kind, MovementKind::Other(_)), &movement.payment)
            {
                add(&mut moved, payment, movement.currency, movement.amount);
            }
        }
        after = page.movements.last().map(|movement| movement.id.clone());
        if !page.more || after.is_none() {
            return Ok(moved);
        }
    }
}

enum Found {
    Same,
    Different(Difference),
    Other(Option<Price>),
}

/// Compares all that ever became of a payment: a span cuts through some.
async fn look(stoa: &Stoa, payments: &dyn Payments, id: &PaymentId) -> Result<Found> {
    let payment = match payments.payment(id).await {
        Ok(payment) => payment,
        Err(PaymentsError::Refused { .. }) => return Ok(Found::Other(None)),
        Err(error) => return Err(error.into()),
    };
    let theirs = Price { minor: left(&payment), currency: payment.currency };
    let Some(order) = payment.order else { return Ok(Found::Other(Some(theirs))) };
    match settle(stoa, order).await {
        Ok(_) => {}
        Err(Error::NotFound) => return Ok(Found::Other(Some(theirs))),
        Err(error) => return Err(error),
    }
    let entries = ledger::of_order(&*stoa.table, order).await?;
    let ours = entries.iter().filter(|entry| entry.payment == *id).map(|entry| entry.cleared()).sum();
    let ours = Price { minor: ours, currency: payment.currency };
    if ours == theirs {
        return Ok(Found::Same);
    }
    Ok(Found::Different(Difference { payment: id.clone(), order, ours, theirs }))
}

/// What is left of a payment at the service.
fn left(payment: &Payment) -> i64 {
    let given = payment.refunds.iter().filter(|refund| !matches!(refund.status, RefundStatus::Failed(_)));
    let taken = payment
        .disputes
        .iter()
        .filter(|dispute| matches!(dispute.status, DisputeStatus::Open | DisputeStatus::Lost));
    payment.amount
        - given.map(|refund| refund.amount).sum::<i64>()
        - taken.map(|dispute| dispute.amount).sum::<i64>()
}

fn sums(ours: &Moved, theirs: &Moved) -> Vec<Sums> {
    let mut sums: BTreeMap<Currency, (i64, i64)> = BTreeMap::new();
    for (currency, amount) in ours.values() {
        if let Some(currency) = currency {
            sums.entry(*currency).or_default().0 += amount;
        }
    }
    for (currency, amount) in theirs.values() {
        if let Some(currency) = currency {
            sums.entry(*currency).or_default().1 += amount;
        }
    }
    sums.into_iter().map(|(currency, (ours, theirs))| Sums { currency, ours, theirs }).collect()
}
