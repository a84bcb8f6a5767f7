//! Asking for refunds.

use super::expand;
use crate::books::Books;
use crate::form::Form;
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::payment::{Payment, Status};
use crate::money::{self, RefundWish};
use crate::problem::Problem;
use http::StatusCode;
use serde_json::Value;

/// `POST /v1/refunds`
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Result<Value, Problem> {
    let intent = form.text("payment_intent")?;
    let charge = form.text("charge")?;
    let wish = RefundWish {
        amount: form.integer("amount")?,
        reason: form.one_of("reason", &["duplicate", "fraudulent", "requested_by_customer"])?,
        metadata: form.metadata("metadata")?,
    };
    let expand = form.texts("expand")?;
    form.done()?;
    let charge = match (charge, intent) {
        (Some(charge), None) => books.get(&charge, "charge")?,
        (None, Some(intent)) => paid_by(books, &intent)?,
        _ => {
            let message =
                "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(Problem::request(StatusCode::BAD_REQUEST, message));
        }
    };
    let refund = money::refund(books, charge, wish)?;
    expand::expanded(books, refund.json(books.now()), &expand)
}

/// The charge that moved a payment's money.
pub(crate) fn paid_by(books: &Books<'_>, intent: &str) -> Result<Charge, Problem> {
    let payment: Payment = books.get(intent, "payment_intent")?;
    match &payment.latest_charge {
        Some(charge) if payment.status == Status::Succeeded => books.get(charge, "charge"),
        _ => Err(Problem::refused(
            None,
            format!("This PaymentIntent ({intent}) does not have a successful charge to refund."),
        )),
    }
}
