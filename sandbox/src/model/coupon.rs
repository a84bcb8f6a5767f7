//! Coupons (API reference, "The Coupon object").

use super::Record;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Takes something off a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Coupon {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) off: Off,
    pub(crate) name: Option<String>,
    pub(crate) duration: String,
    pub(crate) max_redemptions: Option<i64>,
    pub(crate) redeem_by: Option<i64>,
    pub(crate) redeemed: i64,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// How much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Off {
    /// An amount of one currency.
    Amount { amount: i64, currency: String },
    /// Per cent.
    Percent(f64),
}

impl Coupon {
    /// Whether it can still be used.
    pub(crate) fn valid(&self, now: i64) -> bool {
        self.max_redemptions.is_none_or(|most| self.redeemed < most)
            && self.redeem_by.is_none_or(|end| now < end)
    }
}

impl Record for Coupon {
    const KIND: &'static str = "coupon";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self, now: i64) -> Value {
        let (amount, currency, percent) = match &self.off {
            Off::Amount { amount, currency } => (Some(amount), Some(currency), None),
            Off::Percent(percent) => (None, None, Some(percent)),
        };
        json!({
            "id": self.id,
            "object": "coupon",
            "amount_off": amount,
            "created": self.created,
            "currency": currency,
            "duration": self.duration,
            "duration_in_months": null,
            "livemode": false,
            "max_redemptions": self.max_redemptions,
            "metadata": self.metadata,
            "name": self.name,
            "percent_off": percent,
            "redeem_by": self.redeem_by,
            "times_redeemed": self.redeemed,
            "valid": self.valid(now),
        })
    }
}
