//! Stripe's own book: balance transactions.

use crate::answers::{List, Transaction, time};
use crate::client::{Stripe, check_name};
use crate::money::PAGE;
use domain::payment::{MovementId, PaymentId};
use domain::time::Timestamp;
use services::ports::{Movement, MovementKind, MovementPage, PaymentsError};
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_types::{RangeBoundsTs, RangeQueryTs};

impl Stripe {
    pub(crate) async fn read_book(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&MovementId>,
    ) -> Result<MovementPage, PaymentsError> {
        let (gte, lt) = (Some(from.seconds()), Some(until.seconds()));
        let mut request = ListBalanceTransaction::new()
            .created(RangeQueryTs::Bounds(RangeBoundsTs { gte, lt, ..RangeBoundsTs::default() }))
            .expand(["data.source".into()])
            .limit(PAGE);
        if let Some(after) = after {
            request = request.starting_after(check_name(&after.0)?);
        }
        let page: List<Transaction> = self.look(&request).await?;
        Ok(MovementPage { movements: page.data.into_iter().map(movement).collect(), more: page.has_more })
    }
}

fn movement(line: Transaction) -> Movement {
    let kind = match line.reporting_category.as_str() {
        "charge" => MovementKind::Payment,
        "refund" => MovementKind::Refund,
        "refund_failure" => MovementKind::RefundFailed,
        "dispute" => MovementKind::Disputed,
        "dispute_reversal" => MovementKind::DisputeWon,
        other => MovementKind::Other(other.into()),
    };
    // The line itself is in the currency of our bank account; what it is about, in the buyer's.
    let (payment, paid) = line
        .source
        .map_or((None, None), |source| (source.payment_intent, source.amount.zip(source.currency)));
    let (amount, currency) = match (&kind, paid) {
        (MovementKind::Other(_), _) | (_, None) => (line.amount, line.currency),
        (_, Some((amount, currency))) => (amount.saturating_abs() * line.amount.signum(), currency),
    };
    Movement {
        id: MovementId(line.id),
        kind,
        payment: payment.map(PaymentId),
        amount,
        currency: currency.parse().ok(),
        at: time(line.created),
    }
}
