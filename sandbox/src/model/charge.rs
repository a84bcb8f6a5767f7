//! Charges (API reference, "The Charge object").

use super::Record;
use super::payment::Failure;
use crate::cards::Card;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One try to move money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) payment_intent: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) card: Card,
    pub(crate) email: String,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) receipt_url: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    /// Why the money did not move.
    pub(crate) failure: Option<Failure>,
    /// What moved it: none if it did not move.
    pub(crate) movement: Option<String>,
    pub(crate) refunded: i64,
    pub(crate) disputed: bool,
}

impl Charge {
    fn outcome(&self) -> Value {
        let failure = self.failure.as_ref();
        json!({
            "advice_code": null,
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": if failure.is_some() { "declined_by_network" } else { "approved_by_network" },
            "reason": failure.and_then(|failure| failure.reason.as_ref()),
            "risk_level": "normal",
            "seller_message": if failure.is_some() { "The bank did not return any further details." }
                else { "Payment complete." },
            "type": if failure.is_some() { "issuer_declined" } else { "authorized" },
        })
    }

    fn card(&self) -> Value {
        json!({
            "card": {
                "amount_authorized": self.failure.is_none().then_some(self.amount),
                "brand": "visa",
                "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
                "country": "US",
                "exp_month": 12,
                "exp_year": 2099,
                "fingerprint": null,
                "funding": "credit",
                "installments": null,
                "last4": self.card.last4(),
                "mandate": null,
                "network": "visa",
                "network_token": { "used": false },
                "network_transaction_id": null,
                "three_d_secure": null,
                "wallet": null,
            },
            "type": "card",
        })
    }
}

impl Record for Charge {
    const KIND: &'static str = "charge";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self, _now: i64) -> Value {
        let paid = self.failure.is_none();
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": if paid { self.amount } else { 0 },
            "amount_refunded": self.refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": self.movement,
            "billing_details": {
                "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
                "email": self.email,
                "name": null,
                "phone": null,
                "tax_id": null,
            },
            "calculated_statement_descriptor": "SANDBOX",
            "captured": paid,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "description": self.description,
            "disputed": self.disputed,
            "failure_balance_transaction": null,
            "failure_code": self.failure.as_ref().map(|failure| &failure.code),
            "failure_message": self.failure.as_ref().map(|failure| &failure.message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "outcome": self.outcome(),
            "paid": paid,
            "payment_intent": self.payment_intent,
            "payment_method": null,
            "payment_method_details": self.card(),
            "radar_options": {},
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": self.receipt_url,
            "refunded": self.refunded == self.amount,
            "review": null,
            "shipping": null,
            "source": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": if paid { "succeeded" } else { "failed" },
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}
