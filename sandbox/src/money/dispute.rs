//! A buyer tells their bank that they owe nothing, and the bank decides.

use super::move_money;
use crate::books::Books;
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::dispute::{Dispute, Status};
use crate::model::movement::Why;
use crate::problem::Problem;
use crate::webhooks::emit;

/// Disputes what is left of a charge. The money goes at once.
pub(crate) fn open(books: &Books<'_>, mut charge: Charge, reason: &str) -> Result<Dispute, Problem> {
    let amount = charge.amount - charge.refunded;
    if charge.failure.is_some() || charge.disputed || amount == 0 {
        return Err(Problem::refused(None, format!("There is nothing to dispute of charge {}.", charge.id)));
    }
    let id = books.id("dp_");
    let moved = move_money(books, Why::Dispute, &charge, -amount, &id)?;
    let dispute = Dispute {
        id,
        created: books.now(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        amount,
        currency: charge.currency.clone(),
        reason: reason.into(),
        status: Status::NeedsResponse,
        movements: vec![moved.json(books.now())],
    };
    charge.disputed = true;
    books.put(&dispute)?;
    books.put(&charge)?;
    emit(books, "charge.dispute.created", &dispute)?;
    emit(books, "charge.dispute.funds_withdrawn", &dispute)?;
    Ok(dispute)
}

/// The bank decides. Who won gets the money back, but not the fee.
pub(crate) fn close(books: &Books<'_>, mut dispute: Dispute, won: bool) -> Result<Dispute, Problem> {
    if dispute.status != Status::NeedsResponse {
        return Err(Problem::refused(None, format!("Dispute {} is closed already.", dispute.id)));
    }
    dispute.status = if won { Status::Won } else { Status::Lost };
    if won {
        let charge: Charge = books.get(&dispute.charge, "charge")?;
        let moved = move_money(books, Why::DisputeReversal, &charge, dispute.amount, &dispute.id)?;
        dispute.movements.push(moved.json(books.now()));
    }
    books.put(&dispute)?;
    emit(books, "charge.dispute.closed", &dispute)?;
    if won {
        emit(books, "charge.dispute.funds_reinstated", &dispute)?;
    }
    Ok(dispute)
}
