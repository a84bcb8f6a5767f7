//! What the payment service answers, as facts of an order.

use crate::ports::{CheckoutStatus, Dispute, DisputeStatus, Payment, Refund, RefundStatus};
use domain::order::{self, CheckoutEnd, Event, RefundNews};
use domain::payment::{PaymentId, SessionId};

/// Events, each with the name under which it is heard once. The name says all that the event says: the same truth, asked
/// for again, is nothing new.
pub(super) type Events = Vec<(String, Event)>;

/// How a page stands.
pub(super) fn of_status(session: &SessionId, status: &CheckoutStatus) -> Events {
    let ended = |how: &str, end| {
        let event = Event::CheckoutEnded { session: session.clone(), end };
        (format!("{how} {session}"), event)
    };
    match status {
        CheckoutStatus::Open { failure: None } | CheckoutStatus::Processing => Vec::new(),
        CheckoutStatus::Open { failure: Some(why) } => {
            vec![(format!("declined {session} {why}"), Event::Declined { why: why.clone() })]
        }
        CheckoutStatus::Paid(payment) => {
            let mut events = vec![ended("paid", CheckoutEnd::Paid)];
            events.extend(of_payment(payment));
            events
        }
        CheckoutStatus::Expired => vec![ended("expired", CheckoutEnd::Expired)],
        CheckoutStatus::Failed { failure } => {
            let why = failure.clone().unwrap_or_else(|| "no reason was given".to_owned());
            vec![ended("failed", CheckoutEnd::Failed(why))]
        }
    }
}

/// A payment, and what became of it.
pub(super) fn of_payment(payment: &Payment) -> Events {
    let paid = order::Payment {
        id: payment.id.clone(),
        amount: payment.amount,
        currency: payment.currency,
        paid: payment.paid,
        receipt_url: payment.receipt_url.clone(),
    };
    let mut events = vec![(format!("payment {}", payment.id), Event::Paid(paid))];
    events.extend(payment.refunds.iter().map(|refund| of_refund(&payment.id, refund)));
    events.extend(payment.disputes.iter().map(|dispute| of_dispute(&payment.id, dispute)));
    events
}

/// Money that is given back.
pub(super) fn of_refund(payment: &PaymentId, refund: &Refund) -> (String, Event) {
    let (name, status) = match &refund.status {
        RefundStatus::Pending => ("pending", order::RefundStatus::Pending),
        RefundStatus::Succeeded => ("arrived", order::RefundStatus::Arrived),
        RefundStatus::Failed(why) => ("failed", order::RefundStatus::Failed(why.clone())),
    };
    let news = RefundNews {
        remote: refund.id.clone(),
        refund: refund.refund,
        payment: payment.clone(),
        amount: refund.amount,
        status,
        at: refund.created,
    };
    (format!("refund {} {name}", refund.id), Event::Refunded(news))
}

fn of_dispute(payment: &PaymentId, dispute: &Dispute) -> (String, Event) {
    let (name, status) = match dispute.status {
        DisputeStatus::Inquiry => ("inquiry", order::DisputeStatus::Inquiry),
        DisputeStatus::Open => ("open", order::DisputeStatus::Open),
        DisputeStatus::Won => ("won", order::DisputeStatus::Won),
        DisputeStatus::Lost => ("lost", order::DisputeStatus::Lost),
    };
    let event = Event::Disputed(order::Dispute {
        id: dispute.id.clone(),
        payment: payment.clone(),
        amount: dispute.amount,
        reason: dispute.reason.clone(),
        at: dispute.created,
        status,
    });
    (format!("dispute {} {name}", dispute.id), event)
}
