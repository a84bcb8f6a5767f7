//! Payments, and what became of them.

use crate::answers::{self, Intent, List, ORDER, REFUND, ours, time};
use crate::client::{Stripe, check_name};
use domain::money::Currency;
use domain::payment::{DisputeId, PaymentId, RemoteRefund};
use futures::try_join;
use services::ports::{Dispute, DisputeStatus, Payment, PaymentsError, Refund, RefundRequest, RefundStatus};
use std::collections::HashMap;
use stripe_core::dispute::ListDispute;
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{CreateRefund, ListRefund};

/// The most that Stripe puts into one page of a list.
pub(crate) const PAGE: i64 = 100;

impl Stripe {
    pub(crate) async fn look_at_payment(&self, payment: &PaymentId) -> Result<Payment, PaymentsError> {
        let request = RetrievePaymentIntent::new(check_name(&payment.0)?).expand(["latest_charge".into()]);
        let (intent, refunds) = try_join!(self.look::<Intent>(&request), self.refunds(payment))?;
        if intent.status != "succeeded" {
            return Err(PaymentsError::Refused { message: "no money came in by this payment".into() });
        }
        let charge = intent.latest_charge.as_ref();
        let disputes = match charge.and_then(|charge| charge.disputed) {
            Some(true) => self.disputes(payment).await?,
            _ => Vec::new(),
        };
        Ok(Payment {
            order: ours(intent.metadata.as_ref(), ORDER),
            amount: intent.amount_received.unwrap_or(intent.amount),
            currency: currency(&intent.currency)?,
            paid: time(charge.map_or(intent.created, |charge| charge.created)),
            refunds: refunds.into_iter().map(refund).collect(),
            disputes,
            receipt_url: intent.latest_charge.and_then(|charge| charge.receipt_url),
            id: PaymentId(intent.id),
        })
    }

    pub(crate) async fn give_back(&self, asked: &RefundRequest) -> Result<Refund, PaymentsError> {
        // Stripe forgets a key after a day, and what it made by it never.
        let known = self.refunds(&asked.payment).await?.into_iter().map(refund);
        if let Some(made) = known.into_iter().find(|known| known.refund == Some(asked.refund)) {
            return Ok(made);
        }
        // One name and no more: two would come in any order, and Stripe is asked for the same in the same words.
        let named: HashMap<_, _> = [(REFUND.to_owned(), asked.refund.to_string())].into();
        let request =
            CreateRefund::new().payment_intent(asked.payment.0.as_str()).amount(asked.amount).metadata(named);
        let made = self.change(&request, &format!("order-{}-refund-{}", asked.order, asked.refund)).await?;
        Ok(refund(made))
    }

    /// All of a payment's, the oldest first.
    async fn refunds(&self, payment: &PaymentId) -> Result<Vec<answers::Refund>, PaymentsError> {
        let payment = check_name(&payment.0)?;
        let mut all: Vec<answers::Refund> = Vec::new();
        loop {
            let mut request = ListRefund::new().payment_intent(payment).limit(PAGE);
            if let Some(last) = all.last() {
                request = request.starting_after(last.id.as_str());
            }
            let page: List<answers::Refund> = self.look(&request).await?;
            let more = page.has_more && !page.data.is_empty();
            all.extend(page.data);
            if !more {
                all.reverse();
                return Ok(all);
            }
        }
    }

    /// A payment's, the oldest first. Cards allow one for each; a page holds more than anybody has.
    async fn disputes(&self, payment: &PaymentId) -> Result<Vec<Dispute>, PaymentsError> {
        let request = ListDispute::new().payment_intent(check_name(&payment.0)?).limit(PAGE);
        let page: List<answers::Dispute> = self.look(&request).await?;
        Ok(page.data.into_iter().rev().map(dispute).collect())
    }
}

fn currency(code: &str) -> Result<Currency, PaymentsError> {
    code.parse::<Currency>().map_err(|error| PaymentsError::Internal(error.into()))
}

fn refund(told: answers::Refund) -> Refund {
    let status = match told.status.as_deref() {
        Some("succeeded") => RefundStatus::Succeeded,
        Some("failed") => RefundStatus::Failed(told.failure_reason.unwrap_or_else(|| "failed".into())),
        Some("canceled") => RefundStatus::Failed(told.failure_reason.unwrap_or_else(|| "canceled".into())),
        _ => RefundStatus::Pending,
    };
    Refund {
        refund: ours(told.metadata.as_ref(), REFUND),
        id: RemoteRefund(told.id),
        amount: told.amount,
        status,
        created: time(told.created),
    }
}

fn dispute(told: answers::Dispute) -> Dispute {
    let status = match told.status.as_str() {
        "won" => DisputeStatus::Won,
        // Stripe gave it back before the bank took it: it is the buyer's as well.
        "lost" | "prevented" => DisputeStatus::Lost,
        status if status.starts_with("warning_") => DisputeStatus::Inquiry,
        _ => DisputeStatus::Open,
    };
    Dispute {
        id: DisputeId(told.id),
        amount: told.amount,
        status,
        reason: told.reason.unwrap_or_default(),
        created: time(told.created),
    }
}
