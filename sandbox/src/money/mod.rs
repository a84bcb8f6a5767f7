//! What moves money, whoever asks for it: the API, the checkout page, the menu of faults, or time.

mod dispute;
mod expire;
mod pay;
mod refund;

pub(crate) use dispute::{close as close_dispute, open as open_dispute};
pub(crate) use expire::expire;
pub(crate) use pay::{Attempt, authenticated, challenged, pay, unauthenticated};
pub(crate) use refund::{Wish as RefundWish, refund};

use crate::books::Books;
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::movement::{Movement, Why};
use crate::model::refund::Refund;
use crate::model::session::Session;
use crate::problem::Problem;

/// Does what was due to happen by itself.
pub(crate) fn pass_time(books: &Books<'_>) -> Result<(), Problem> {
    for (kind, id) in books.due()? {
        match kind.as_str() {
            Session::KIND => expire(books, &mut books.get(&id, "id")?)?,
            Refund::KIND => refund::settle(books, books.get(&id, "id")?)?,
            _ => {}
        }
    }
    Ok(())
}

/// Writes down that money moved.
fn move_money(
    books: &Books<'_>,
    why: Why,
    charge: &Charge,
    amount: i64,
    source: &str,
) -> Result<Movement, Problem> {
    let movement = Movement {
        id: books.id("txn_"),
        created: books.now(),
        amount,
        fee: why.fee(amount, &charge.currency),
        currency: charge.currency.clone(),
        why,
        what: why.kind().into(),
        source: source.into(),
    };
    books.put(&movement)?;
    Ok(movement)
}
