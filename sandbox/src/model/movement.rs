//! Balance transactions (API reference, "The Balance Transaction object"): every movement of the merchant's money.

use super::Record;
use crate::currency;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long until money that came in can be paid out, in seconds.
const UNTIL_AVAILABLE: i64 = 7 * 24 * 60 * 60;

/// Money that came or went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Movement {
    pub(crate) id: String,
    pub(crate) created: i64,
    /// Below zero where it went.
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: String,
    pub(crate) why: Why,
    /// Stripe's word for it.
    pub(crate) what: String,
    /// The charge, refund or dispute.
    pub(crate) source: String,
}

/// What moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    Charge,
    Refund,
    RefundFailure,
    Dispute,
    DisputeReversal,
}

impl Why {
    /// Stripe's type of the movement.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Why::Charge => "charge",
            Why::Refund => "refund",
            Why::RefundFailure => "refund_failure",
            Why::Dispute | Why::DisputeReversal => "adjustment",
        }
    }

    fn category(self) -> &'static str {
        match self {
            Why::Charge => "charge",
            Why::Refund => "refund",
            Why::RefundFailure => "refund_failure",
            Why::Dispute => "dispute",
            Why::DisputeReversal => "dispute_reversal",
        }
    }

    /// What Stripe keeps for it: 2.9 % and 30 cents of a payment, 15 units of a dispute. A real fee depends on countries
    /// and contracts.
    pub(crate) fn fee(self, amount: i64, currency: &str) -> i64 {
        let unit = 10_i64.pow(u32::try_from(currency::decimals(currency)).unwrap_or(0));
        match self {
            Why::Charge => (amount * 29 + 500) / 1000 + 30 * unit / 100,
            Why::Dispute => 15 * unit,
            Why::Refund | Why::RefundFailure | Why::DisputeReversal => 0,
        }
    }
}

impl Record for Movement {
    const KIND: &'static str = "balance_transaction";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self, _now: i64) -> Value {
        let details = json!([{
            "amount": self.fee,
            "application": null,
            "currency": self.currency,
            "description": if self.why == Why::Dispute { "Dispute fee" } else { "Stripe processing fees" },
            "type": "stripe_fee",
        }]);
        json!({
            "id": self.id,
            "object": "balance_transaction",
            "amount": self.amount,
            "available_on": self.created + UNTIL_AVAILABLE,
            "balance_type": "payments",
            "created": self.created,
            "currency": self.currency,
            "description": null,
            "exchange_rate": null,
            "fee": self.fee,
            "fee_details": if self.fee == 0 { json!([]) } else { details },
            "net": self.amount - self.fee,
            "reporting_category": self.why.category(),
            "source": self.source,
            "status": "pending",
            "type": self.what,
        })
    }
}
