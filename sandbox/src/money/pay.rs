//! Somebody pays, or tries to.

use super::{dispute, move_money};
use crate::books::Books;
use crate::cards::{Card, Decline, UNAUTHENTICATED, Verdict};
use crate::faults::Fault;
use crate::model::charge::Charge;
use crate::model::coupon::Coupon;
use crate::model::movement::Why;
use crate::model::payment::{Failure, Payment, Status as PaymentStatus};
use crate::model::session::{Session, Status};
use crate::problem::Problem;
use crate::webhooks::emit;

/// What became of a try.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// It is paid.
    Paid,
    /// The card's owner has to confirm.
    ToConfirm,
    /// It is not paid; the payment intent says why.
    Declined,
    /// The session is not open, or no longer: nothing was tried.
    Closed,
}

/// Tries to pay a session with a card. Whoever pays a paid one again pays nothing.
pub(crate) fn pay(
    books: &Books<'_>,
    session: &mut Session,
    card: &Card,
    email: &str,
) -> Result<Attempt, Problem> {
    if !open(books, session) {
        return Ok(Attempt::Closed);
    }
    let verdict = card.verdict();
    if verdict == Verdict::Approved {
        may_crash(books)?;
    }
    let mut payment = payment(books, session)?;
    payment.asked = None;
    match verdict {
        Verdict::Approved => approve(books, session, payment, card, email),
        Verdict::Declined(decline) => refuse(books, payment, card, email, decline),
        Verdict::Authenticate => {
            payment.status = PaymentStatus::RequiresAction;
            payment.failure = None;
            payment.asked = Some((card.clone(), email.into()));
            books.put(&payment)?;
            emit(books, "payment_intent.requires_action", &payment)?;
            Ok(Attempt::ToConfirm)
        }
    }
}

/// The card's owner confirmed.
pub(crate) fn authenticated(books: &Books<'_>, session: &mut Session) -> Result<Attempt, Problem> {
    let Some(mut payment) = challenged(books, session)? else { return Ok(Attempt::Closed) };
    may_crash(books)?;
    match payment.asked.take() {
        Some((card, email)) => approve(books, session, payment, &card, &email),
        None => Ok(Attempt::Closed),
    }
}

/// The card's owner did not confirm.
pub(crate) fn unauthenticated(books: &Books<'_>, session: &Session) -> Result<Attempt, Problem> {
    let Some(mut payment) = challenged(books, session)? else { return Ok(Attempt::Closed) };
    payment.asked = None;
    payment.status = PaymentStatus::RequiresPaymentMethod;
    payment.failure = Some(Failure::new(UNAUTHENTICATED, None));
    books.put(&payment)?;
    emit(books, "payment_intent.payment_failed", &payment)?;
    Ok(Attempt::Declined)
}

/// Holds back everything that would follow, if the fault strikes.
fn may_crash(books: &Books<'_>) -> Result<(), Problem> {
    books.held.set(books.faults().strikes(Fault::Crash)?.is_some());
    Ok(())
}

fn open(books: &Books<'_>, session: &Session) -> bool {
    session.status == Status::Open && books.now() < session.expires
}

/// The payment that waits for its owner, if the session can still be paid.
pub(crate) fn challenged(books: &Books<'_>, session: &Session) -> Result<Option<Payment>, Problem> {
    let id = session.payment_intent.as_ref().filter(|_| open(books, session));
    let Some(id) = id else { return Ok(None) };
    let payment: Payment = books.get(id, "payment_intent")?;
    Ok(Some(payment).filter(|payment| payment.status == PaymentStatus::RequiresAction))
}

/// The session's payment intent, made at the first try.
fn payment(books: &Books<'_>, session: &mut Session) -> Result<Payment, Problem> {
    if let Some(id) = &session.payment_intent {
        return books.get(id, "payment_intent");
    }
    let id = books.id("pi_");
    let payment = Payment {
        secret: books.id(&format!("{id}_secret_")),
        id,
        created: books.now(),
        session: session.id.clone(),
        amount: session.total(),
        currency: session.currency.clone(),
        status: PaymentStatus::RequiresPaymentMethod,
        data: session.payment_data.clone(),
        failure: None,
        latest_charge: None,
        asked: None,
    };
    session.payment_intent = Some(payment.id.clone());
    books.put(&payment)?;
    books.put(session)?;
    emit(books, "payment_intent.created", &payment)?;
    Ok(payment)
}

fn approve(
    books: &Books<'_>,
    session: &mut Session,
    mut payment: Payment,
    card: &Card,
    email: &str,
) -> Result<Attempt, Problem> {
    let mut charge = charge(books, &payment, card, email, None);
    let moved = move_money(books, Why::Charge, &charge, charge.amount, &charge.id)?;
    charge.movement = Some(moved.id);
    charge.receipt_url = Some(format!("{}/receipts/{}", books.settings.address, charge.id));
    payment.status = PaymentStatus::Succeeded;
    payment.failure = None;
    payment.latest_charge = Some(charge.id.clone());
    session.status = Status::Complete;
    session.payer = Some(email.into());
    books.put(&charge)?;
    books.put(&payment)?;
    books.put(session)?;
    redeem(books, session)?;
    emit(books, "charge.succeeded", &charge)?;
    emit(books, "payment_intent.succeeded", &payment)?;
    emit(books, "checkout.session.completed", session)?;
    if card.disputes() {
        dispute::open(books, charge, "fraudulent")?;
    }
    Ok(Attempt::Paid)
}

fn refuse(
    books: &Books<'_>,
    mut payment: Payment,
    card: &Card,
    email: &str,
    decline: Decline,
) -> Result<Attempt, Problem> {
    let charge = charge(books, &payment, card, email, Some(Failure::new(decline, None)));
    payment.status = PaymentStatus::RequiresPaymentMethod;
    payment.failure = Some(Failure::new(decline, Some(charge.id.clone())));
    payment.latest_charge = Some(charge.id.clone());
    books.put(&charge)?;
    books.put(&payment)?;
    emit(books, "charge.failed", &charge)?;
    emit(books, "payment_intent.payment_failed", &payment)?;
    Ok(Attempt::Declined)
}

fn charge(
    books: &Books<'_>,
    payment: &Payment,
    card: &Card,
    email: &str,
    failure: Option<Failure>,
) -> Charge {
    Charge {
        id: books.id("ch_"),
        created: books.now(),
        payment_intent: payment.id.clone(),
        amount: payment.amount,
        currency: payment.currency.clone(),
        card: card.clone(),
        email: email.into(),
        description: payment.data.description.clone(),
        receipt_email: payment.data.receipt_email.clone(),
        receipt_url: None,
        metadata: payment.data.metadata.clone(),
        failure,
        movement: None,
        refunded: 0,
        disputed: false,
    }
}

/// Counts the use of the session's coupon.
fn redeem(books: &Books<'_>, session: &Session) -> Result<(), Problem> {
    let Some(id) = &session.coupon else { return Ok(()) };
    let mut coupon: Coupon = books.get(id, "coupon")?;
    coupon.redeemed += 1;
    books.put(&coupon)
}
