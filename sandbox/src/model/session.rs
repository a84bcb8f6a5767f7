//! Checkout sessions (API reference, "The Checkout Session object").

use super::Record;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A page on which something is paid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) expires: i64,
    pub(crate) url: String,
    pub(crate) currency: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) coupon: Option<String>,
    pub(crate) status: Status,
    /// The payment intent, from the first try to pay on.
    pub(crate) payment_intent: Option<String>,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) reference: Option<String>,
    /// What the merchant knows; then the buyer is not asked.
    pub(crate) email: Option<String>,
    /// Who paid in the end.
    pub(crate) payer: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) submit_type: Option<String>,
    pub(crate) adaptive_pricing: bool,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) payment_data: PaymentData,
}

/// What its payment intent gets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct PaymentData {
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// One thing that is bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) price: String,
    pub(crate) product: String,
    pub(crate) title: String,
    pub(crate) about: Option<String>,
    pub(crate) unit: i64,
    pub(crate) quantity: i64,
    pub(crate) discount: i64,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Complete,
    Expired,
}

impl Status {
    /// Stripe's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Complete => "complete",
            Status::Expired => "expired",
        }
    }
}

impl Line {
    /// Before anything is taken off.
    pub(crate) fn subtotal(&self) -> i64 {
        self.unit * self.quantity
    }
}

impl Session {
    pub(crate) fn subtotal(&self) -> i64 {
        self.lines.iter().map(Line::subtotal).sum()
    }

    pub(crate) fn discount(&self) -> i64 {
        self.lines.iter().map(|line| line.discount).sum()
    }

    /// What is to be paid.
    pub(crate) fn total(&self) -> i64 {
        self.subtotal() - self.discount()
    }

    /// What was bought, as a list of Stripe's.
    pub(crate) fn line_items(&self) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(|line| self.line(line)).collect();
        json!({
            "object": "list",
            "data": lines,
            "has_more": false,
            "url": format!("/v1/checkout/sessions/{}/line_items", self.id),
        })
    }

    fn line(&self, line: &Line) -> Value {
        json!({
            "id": line.id,
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": line.discount,
            "amount_subtotal": line.subtotal(),
            "amount_tax": 0,
            "amount_total": line.subtotal() - line.discount,
            "currency": self.currency,
            "description": line.title,
            "metadata": {},
            "price": {
                "id": line.price,
                "object": "price",
                "active": false,
                "billing_scheme": "per_unit",
                "created": self.created,
                "currency": self.currency,
                "custom_unit_amount": null,
                "livemode": false,
                "lookup_key": null,
                "metadata": {},
                "nickname": null,
                "product": line.product,
                "recurring": null,
                "tax_behavior": "unspecified",
                "tiers_mode": null,
                "transform_quantity": null,
                "type": "one_time",
                "unit_amount": line.unit,
                "unit_amount_decimal": line.unit.to_string(),
            },
            "quantity": line.quantity,
        })
    }
}

impl Record for Session {
    const KIND: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn due(&self) -> Option<i64> {
        (self.status == Status::Open).then_some(self.expires)
    }

    fn json(&self, _now: i64) -> Value {
        let email = self.payer.as_ref().or(self.email.as_ref());
        let details = email.map(|email| {
            json!({
                "address": null,
                "business_name": null,
                "email": email,
                "individual_name": null,
                "name": null,
                "phone": null,
                "tax_exempt": "none",
                "tax_ids": null,
            })
        });
        let discounts: Vec<Value> =
            self.coupon.iter().map(|coupon| json!({ "coupon": coupon, "promotion_code": null })).collect();
        let open = self.status == Status::Open;
        json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": self.adaptive_pricing },
            "after_expiration": null,
            "allow_promotion_codes": null,
            "amount_subtotal": self.subtotal(),
            "amount_total": self.total(),
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.reference,
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null,
                "shipping_address": null,
                "submit": null,
                "terms_of_service_acceptance": null,
            },
            "customer": null,
            "customer_account": null,
            "customer_creation": "if_required",
            "customer_details": details,
            "customer_email": self.email,
            "discounts": discounts,
            "expires_at": self.expires,
            "invoice": null,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": "payment",
            "origin_context": null,
            "payment_intent": self.payment_intent,
            "payment_link": null,
            "payment_method_collection": "if_required",
            "payment_method_configuration_details": null,
            "payment_method_options": null,
            "payment_method_types": ["card"],
            "payment_status": if self.status == Status::Complete { "paid" } else { "unpaid" },
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.status.word(),
            "submit_type": self.submit_type,
            "subscription": null,
            "success_url": self.success_url,
            "total_details": { "amount_discount": self.discount(), "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": open.then_some(&self.url),
            "wallet_options": null,
        })
    }
}
