//! Nobody paid in time, or the merchant changed their mind.

use crate::books::Books;
use crate::model::payment::{Payment, Status as PaymentStatus};
use crate::model::session::{Session, Status};
use crate::problem::Problem;
use crate::webhooks::emit;

/// Ends a session that is open.
pub(crate) fn expire(books: &Books<'_>, session: &mut Session) -> Result<(), Problem> {
    if session.status != Status::Open {
        return Err(Problem::refused(
            None,
            format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Session has a status of {}.",
                session.status.word()
            ),
        ));
    }
    session.status = Status::Expired;
    books.put(session)?;
    if let Some(id) = &session.payment_intent {
        let mut payment: Payment = books.get(id, "payment_intent")?;
        payment.status = PaymentStatus::Canceled;
        books.put(&payment)?;
        emit(books, "payment_intent.canceled", &payment)?;
    }
    emit(books, "checkout.session.expired", session)
}
