//! Finding out how an order stands, and doing what is to be done: the one place where somebody gets what they paid for.

use super::commit::{Look, commit, hear, load};
use super::news::tell_operators;
use super::truth::{self, Events};
use crate::ports::{Checkout, Payments, PaymentsError, Purchase, PurchaseLine, RefundRequest};
use crate::records::orders::Kept;
use crate::records::{Stored, accounts, enrolments, orders};
use crate::retry::until_written;
use crate::worker::Outcome;
use crate::{Error, Result, Stoa, learning, leases};
use domain::address;
use domain::id::{CourseId, OrderId, RefundId};
use domain::order::{Asked, CheckoutEnd, Event, Order, Step};
use domain::payment::{PaymentId, SessionId};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the payment service keeps a page, from when the buyer asked for it.
const PAGE_KEPT: Duration = Duration::from_secs(23 * 3600 + 55 * 60);
/// From when on a page that could not be opened is asked for anew: it would not be kept for long enough any more.
const TOO_OLD: Duration = Duration::from_secs(20 * 3600);

/// An order, after all was done that can be done for it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// As it is now.
    pub order: Order,
    /// Why not all could be found out or done; the sweeper tries again.
    pub trouble: Option<String>,
}

/// Asks the payment service how an order stands, and does what is to be done then. Whoever calls it, and how often, it
/// happens once.
pub async fn settle(stoa: &Stoa, id: OrderId) -> Result<Settled> {
    let before = load(stoa, id).await?.value.order;
    let (events, mut trouble) = ask(stoa, &before).await?;
    let mut order = hear(stoa, id, events, Look::Soon).await?;
    let mut tried = BTreeSet::new();
    while let Some(step) = order.steps().into_iter().find(|step| !tried.contains(step)) {
        tried.insert(step.clone());
        trouble = act(stoa, id, step).await?.or(trouble);
        order = load(stoa, id).await?.value.order;
    }
    Ok(Settled { order, trouble })
}

/// The same as a job. What the payment service does not answer now the sweeper asks again.
pub(crate) async fn settle_job(stoa: &Stoa, id: OrderId) -> Outcome {
    match settle(stoa, id).await {
        Ok(_) => Outcome::Done,
        Err(Error::NotFound) => Outcome::Fail { reason: format!("there is no order {id}") },
        Err(error) => Outcome::Retry { reason: error.to_string(), after: None },
    }
}

/// The truth about an order: about the pages on which it can be paid, and once it is paid, about the money.
async fn ask(stoa: &Stoa, order: &Order) -> Result<(Events, Option<String>)> {
    let (mut events, mut trouble) = (Vec::new(), None);
    let Some(payments) = &stoa.payments else { return Ok((events, trouble)) };
    let open = order.checkouts.iter().filter(|checkout| checkout.end.is_none());
    for checkout in open {
        match payments.status(&checkout.session).await {
            Ok(status) => events.extend(truth::of_status(&checkout.session, &status)),
            Err(error) => trouble = Some(passing(error)?),
        }
    }
    for payment in &order.payments {
        match payments.payment(&payment.id).await {
            Ok(payment) => events.extend(truth::of_payment(&payment)),
            Err(error) => trouble = Some(passing(error)?),
        }
    }
    Ok((events, trouble))
}

/// What stopped us for now, in words; what is a defect stays an error.
fn passing(error: PaymentsError) -> Result<String> {
    match error {
        PaymentsError::Unavailable(source) => Ok(format!("no answer: {source}")),
        // It knows no such page or payment (any more): nothing comes of asking again.
        PaymentsError::Refused { message } => Ok(message),
        PaymentsError::Internal(_) => Err(error.into()),
    }
}

/// Does a step. Returns what stopped it for now.
async fn act(stoa: &Stoa, id: OrderId, step: Step) -> Result<Option<String>> {
    let payments = stoa.payments.as_deref();
    match (step, payments) {
        (Step::Fulfil(courses), _) => give(stoa, id, &courses).await?,
        (Step::EndAccess(courses), _) => take_away(stoa, id, courses).await?,
        (Step::ReturnSurplus(payment), _) => decide_to_return(stoa, id, &payment).await?,
        (Step::OpenCheckout { attempt }, Some(payments)) => return open(stoa, payments, id, attempt).await,
        (Step::EndCheckout(session), Some(payments)) => return end(stoa, payments, id, &session).await,
        (Step::Refund(refund), Some(payments)) => return give_back(stoa, payments, id, refund).await,
        (Step::OpenCheckout { .. } | Step::EndCheckout(_) | Step::Refund(_), None) => {
            return Ok(Some("payments are not set up".to_owned()));
        }
    }
    Ok(None)
}

/// Enrols the buyer, and marks that, in one transaction: first in no other sense than that one is never without the other.
async fn give(stoa: &Stoa, id: OrderId, courses: &BTreeSet<CourseId>) -> Result<()> {
    until_written(|| async {
        let kept = load(stoa, id).await?;
        let step = kept.value.order.steps().into_iter().find(|step| matches!(step, Step::Fulfil(_)));
        if step.is_none_or(|step| step != Step::Fulfil(courses.clone())) {
            return Ok(());
        }
        let buyer = kept.value.order.buyer;
        if accounts::account(&*stoa.table, buyer).await?.is_none() {
            return give_nobody(stoa, &kept, courses).await;
        }
        let mut writes = vec![accounts::while_there(buyer)];
        for course in courses {
            if enrolments::enrolment(&*stoa.table, buyer, *course).await?.is_none() {
                writes.push(learning::enrolment(stoa, buyer, *course).await?);
            }
        }
        let events = vec![(named(stoa, "given"), Event::Fulfilled(courses.clone()))];
        commit(stoa, &kept, events, writes, Look::Soon).await.map(drop)
    })
    .await
}

/// What was paid by somebody whose account is gone goes back: on the day that they left, a page was open on which they could
/// pay, against all that was done to close it.
async fn give_nobody(stoa: &Stoa, kept: &Stored<Kept>, courses: &BTreeSet<CourseId>) -> Result<()> {
    let order = &kept.value.order;
    let Some(payment) = order.payment() else {
        let events = vec![(named(stoa, "given"), Event::Fulfilled(courses.clone()))];
        return commit(stoa, kept, events, Vec::new(), Look::Soon).await.map(drop);
    };
    if order.refundable().is_free() {
        return Ok(());
    }
    let reason = "The buyer's account is gone".to_owned();
    let asked = Asked { by: None, reason, courses: BTreeSet::new(), removes: true };
    let refund = RefundId::new(stoa.clock.now(), stoa.random.bits());
    let (left, id) = (order.refundable(), order.id);
    let event = Event::RefundAsked { refund, payment: payment.id.clone(), amount: left.minor, asked };
    let text = format!("{left} came in for the order {id} after its buyer had left. It goes back.");
    let told = vec![tell_operators(stoa, "A payment of somebody who left is given back", text)?];
    commit(stoa, kept, vec![(format!("asked {refund}"), event)], told, Look::Soon).await.map(drop)
}

/// Ends the enrolments and what plays, and marks that last: what breaks off in between is done again. What the buyer has by
/// another order, too, stays theirs.
async fn take_away(stoa: &Stoa, id: OrderId, courses: BTreeSet<CourseId>) -> Result<()> {
    let buyer = load(stoa, id).await?.value.order.buyer;
    let mut lost = courses.clone();
    for other in orders::all_of(&*stoa.table, buyer).await?.into_iter().filter(|other| other.id != id) {
        let stays = other.entitled();
        lost.retain(|course| !stays.contains(course));
    }
    let gone: Vec<_> = lost.iter().map(|course| enrolments::delete(buyer, *course)).collect();
    if !gone.is_empty() {
        stoa.table.transact(gone).await?;
    }
    // Whoever asks from now on is refused, and who asked just before has cookies for one lifetime at most.
    for course in &lost {
        leases::end_for_course(stoa, buyer, *course).await?;
    }
    hear(stoa, id, vec![(named(stoa, "taken"), Event::AccessEnded(courses))], Look::Soon).await.map(drop)
}

/// What was paid beside what was to be paid goes back.
async fn decide_to_return(stoa: &Stoa, id: OrderId, payment: &PaymentId) -> Result<()> {
    until_written(|| async {
        let kept = load(stoa, id).await?;
        let order = &kept.value.order;
        let found = order.payments.iter().find(|known| known.id == *payment);
        let Some(found) = found.filter(|_| order.steps().contains(&Step::ReturnSurplus(payment.clone())))
        else {
            return Ok(());
        };
        let asked = Asked {
            by: None,
            reason: "Paid beside what was to be paid".to_owned(),
            courses: BTreeSet::new(),
            removes: false,
        };
        let refund = RefundId::new(stoa.clock.now(), stoa.random.bits());
        let event = Event::RefundAsked { refund, payment: payment.clone(), amount: found.amount, asked };
        commit(stoa, &kept, vec![(format!("asked {refund}"), event)], Vec::new(), Look::Soon).await.map(drop)
    })
    .await
}

/// Has a page opened on which the order can be paid.
async fn open(stoa: &Stoa, payments: &dyn Payments, id: OrderId, attempt: u32) -> Result<Option<String>> {
    let kept = load(stoa, id).await?;
    if stoa.clock.now().since(kept.value.order.asked) > TOO_OLD {
        let attempt = attempt + 1;
        let asked = (format!("asked {attempt}"), Event::CheckoutAsked { attempt });
        hear(stoa, id, vec![asked], Look::AsPlanned).await?;
        return Ok(None);
    }
    let (events, look, trouble) = match payments.open(&purchase(stoa, &kept)).await {
        Ok(Checkout { session, url, expires }) => {
            let name = format!("opened {session}");
            (vec![(name, Event::CheckoutOpened { attempt, session, url, expires })], Look::Soon, None)
        }
        Err(PaymentsError::Refused { message }) => {
            tracing::error!(order = %id, message, "the payment service refuses an order");
            let refused = Event::CheckoutRefused { attempt, why: message };
            (vec![(format!("refused {attempt}"), refused)], Look::Soon, None)
        }
        Err(error) => {
            let why = passing(error)?;
            let delayed = Event::CheckoutDelayed { attempt, why: why.clone() };
            (vec![(named(stoa, "delayed"), delayed)], Look::AsPlanned, Some(why))
        }
    };
    hear(stoa, id, events, look).await?;
    Ok(trouble)
}

/// What the payment service is told: a function of what is kept, so that every try for an attempt says the same.
fn purchase(stoa: &Stoa, kept: &Stored<Kept>) -> Purchase {
    let order = &kept.value.order;
    let line = |line: &domain::order::Line| PurchaseLine { title: line.title.to_string(), amount: line.list };
    let discount = order.discount();
    let coupon = order.coupon.as_ref().filter(|_| !discount.is_free());
    let page = format!("{}{}", stoa.origin, address::order(order.id));
    Purchase {
        order: order.id,
        attempt: order.attempt,
        lines: order.lines.iter().map(line).collect(),
        discount: coupon
            .map(|coupon| PurchaseLine { title: coupon.code.to_string(), amount: discount.minor }),
        currency: order.currency,
        buyer: kept.value.email.clone(),
        success_url: format!("{page}?paid=1"),
        cancel_url: page,
        expires: domain::time::Timestamp::from_seconds(order.asked.plus(PAGE_KEPT).seconds()),
        language: kept.value.language.clone(),
    }
}

/// Ends a page that nobody is to pay on any more. Where somebody has, that is what counts.
async fn end(
    stoa: &Stoa,
    payments: &dyn Payments,
    id: OrderId,
    session: &SessionId,
) -> Result<Option<String>> {
    let events = match payments.expire(session).await {
        Ok(()) => {
            let ended = Event::CheckoutEnded { session: session.clone(), end: CheckoutEnd::Expired };
            vec![(format!("expired {session}"), ended)]
        }
        Err(PaymentsError::Refused { .. }) => match payments.status(session).await {
            Ok(status) => truth::of_status(session, &status),
            Err(error) => return passing(error).map(Some),
        },
        Err(error) => return passing(error).map(Some),
    };
    hear(stoa, id, events, Look::Soon).await?;
    Ok(None)
}

/// Asks the payment service to give money back.
async fn give_back(
    stoa: &Stoa,
    payments: &dyn Payments,
    id: OrderId,
    refund: RefundId,
) -> Result<Option<String>> {
    let order = load(stoa, id).await?.value.order;
    let Some(found) = order.refunds.iter().find(|known| known.id == Some(refund)) else { return Ok(None) };
    let request = RefundRequest { order: id, refund, payment: found.payment.clone(), amount: found.amount };
    let (event, look, trouble) = match payments.refund(&request).await {
        Ok(given) => (truth::of_refund(&found.payment, &given), Look::Soon, None),
        Err(PaymentsError::Refused { message }) => {
            let refused = Event::RefundRefused { refund, why: message };
            ((format!("refused {refund}"), refused), Look::Soon, None)
        }
        Err(error) => {
            let why = passing(error)?;
            let delayed = Event::RefundDelayed { refund, why: why.clone() };
            ((named(stoa, "delayed"), delayed), Look::AsPlanned, Some(why))
        }
    };
    hear(stoa, id, vec![event], look).await?;
    Ok(trouble)
}

/// The name of something that happened here, and happens once.
pub(super) fn named(stoa: &Stoa, what: &str) -> String {
    format!("{what} {}", domain::id::EventId::new(stoa.clock.now(), stoa.random.bits()))
}
