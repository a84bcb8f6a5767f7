//! Money goes back.

use super::move_money;
use crate::books::Books;
use crate::cards::Refunding;
use crate::currency;
use crate::model::charge::Charge;
use crate::model::movement::Why;
use crate::model::refund::{Refund, Status};
use crate::problem::Problem;
use crate::webhooks::{emit, emit_change};
use serde_json::json;
use std::collections::BTreeMap;

/// How long banks that take their time take it, in seconds.
const A_WHILE: i64 = 2;

/// What somebody wants back.
#[derive(Debug)]
pub(crate) struct Wish {
    /// All that is left of it, if not said.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Gives money of a charge back.
pub(crate) fn refund(books: &Books<'_>, mut charge: Charge, wish: Wish) -> Result<Refund, Problem> {
    let left = charge.amount - charge.refunded;
    let amount = wish.amount.unwrap_or(left);
    check(&charge, left, amount)?;
    let refunding = charge.card.refunding();
    let id = books.id("re_");
    let moved = move_money(books, Why::Refund, &charge, -amount, &id)?;
    let later = books.now() + A_WHILE;
    let (status, turns) = match refunding {
        Refunding::Succeeds => (Status::Succeeded, None),
        Refunding::Late => (Status::Pending, Some((Status::Succeeded, later))),
        Refunding::Fails => (Status::Succeeded, Some((Status::Failed, later))),
    };
    let refund = Refund {
        id,
        created: books.now(),
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        amount,
        currency: charge.currency.clone(),
        reason: wish.reason,
        metadata: wish.metadata,
        status,
        movement: moved.id,
        failure_movement: None,
        turns,
    };
    let before = charge.refunded;
    charge.refunded += amount;
    books.put(&refund)?;
    books.put(&charge)?;
    emit(books, "refund.created", &refund)?;
    emit_change(books, "charge.refunded", &charge, json!({ "amount_refunded": before, "refunded": false }))?;
    Ok(refund)
}

/// Does what the bank took its time for.
pub(super) fn settle(books: &Books<'_>, mut refund: Refund) -> Result<(), Problem> {
    let Some((status, _)) = refund.turns.take() else { return Ok(()) };
    let before = refund.status;
    refund.status = status;
    if status == Status::Failed {
        let mut charge: Charge = books.get(&refund.charge, "charge")?;
        let moved = move_money(books, Why::RefundFailure, &charge, refund.amount, &refund.id)?;
        refund.failure_movement = Some(moved.id);
        charge.refunded -= refund.amount;
        books.put(&charge)?;
    }
    books.put(&refund)?;
    emit_change(books, "refund.updated", &refund, json!({ "status": before }))?;
    if status == Status::Failed { emit(books, "refund.failed", &refund) } else { Ok(()) }
}

fn check(charge: &Charge, left: i64, amount: i64) -> Result<(), Problem> {
    let id = &charge.id;
    if charge.failure.is_some() {
        return Err(Problem::refused(None, format!("This charge is not refundable: {id} has failed.")));
    }
    if charge.disputed {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(Problem::refused(Some("charge_disputed"), message));
    }
    if left == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(Problem::refused(Some("charge_already_refunded"), message));
    }
    if amount < 1 {
        return Err(Problem::parameter("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    currency::well_written("amount", amount, &charge.currency)?;
    if amount > left {
        let spell = |amount| format!("{} {}", currency::spell(amount, &charge.currency), charge.currency);
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            spell(amount),
            spell(left)
        );
        return Err(Problem::invalid("amount", message).after_begin());
    }
    Ok(())
}
