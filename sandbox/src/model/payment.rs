//! Payment intents (API reference, "The PaymentIntent object").

use super::Record;
use super::session::PaymentData;
use crate::cards::{Card, Decline};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Money that somebody means to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) secret: String,
    pub(crate) session: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Status,
    pub(crate) data: PaymentData,
    pub(crate) failure: Option<Failure>,
    pub(crate) latest_charge: Option<String>,
    /// The card whose owner is asked, and who means to pay with it.
    pub(crate) asked: Option<(Card, String)>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    Succeeded,
    Canceled,
}

/// Why the last try failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) reason: Option<String>,
    pub(crate) message: String,
    pub(crate) charge: Option<String>,
}

impl Failure {
    pub(crate) fn new(decline: Decline, charge: Option<String>) -> Self {
        Self {
            code: decline.code.into(),
            reason: decline.reason.map(Into::into),
            message: decline.message.into(),
            charge,
        }
    }

    fn json(&self) -> Value {
        json!({
            "charge": self.charge,
            "code": self.code,
            "decline_code": self.reason,
            "doc_url": format!("https://stripe.com/docs/error-codes/{}", self.code.replace('_', "-")),
            "message": self.message,
            "type": "card_error",
        })
    }
}

impl Record for Payment {
    const KIND: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self, _now: i64) -> Value {
        let canceled = self.status == Status::Canceled;
        let succeeded = self.status == Status::Succeeded;
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": if succeeded { self.amount } else { 0 },
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": null,
            "cancellation_reason": canceled.then_some("automatic"),
            "capture_method": "automatic_async",
            "client_secret": self.secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "description": self.data.description,
            "last_payment_error": self.failure.as_ref().map(Failure::json),
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": self.data.metadata,
            "next_action": null,
            "on_behalf_of": null,
            "payment_method": null,
            "payment_method_configuration_details": null,
            "payment_method_options": null,
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": self.data.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": self.status,
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}
