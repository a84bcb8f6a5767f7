//! Orders of somebody who leaves: none stays of which something may still come.

use super::buy::{at_once, call_off};
use crate::records::orders as records;
use crate::{Error, Result, Stoa};
use domain::id::AccountId;
use domain::order::Order;

/// Whether an order of the account waits for something.
pub(crate) async fn is_buying(stoa: &Stoa, account: AccountId) -> Result<bool> {
    Ok(records::all_of(&*stoa.table, account).await?.iter().any(Order::is_open))
}

/// Calls off what is not paid. Where the payment service does not say that nobody can pay any more, it is to be asked again
/// later.
pub(crate) async fn stop_buying(stoa: &Stoa, account: AccountId) -> Result<()> {
    for order in records::all_of(&*stoa.table, account).await?.into_iter().filter(Order::is_open) {
        let after = match order.is_paid() {
            true => at_once(stoa, order.id).await?,
            false => call_off(stoa, &order, "the buyer leaves").await?,
        };
        // Without a payment service nobody can pay, and nobody can be asked.
        if after.is_open() && stoa.payments.is_some() {
            return Err(Error::Unavailable(format!("the order {} is still open", order.id).into()));
        }
    }
    Ok(())
}
