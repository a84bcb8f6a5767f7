//! Events (API reference, "The Event object"): what happened, with the thing as it was then.

use super::Record;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) created: i64,
    /// Stripe's word for it, as `charge.refunded`.
    pub(crate) what: String,
    pub(crate) object: Value,
    pub(crate) previous: Option<Value>,
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) endpoints: i64,
}

impl Record for Event {
    const KIND: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self, _now: i64) -> Value {
        let mut data = json!({ "object": self.object });
        if let Some(previous) = &self.previous {
            data["previous_attributes"] = previous.clone();
        }
        json!({
            "id": self.id,
            "object": "event",
            "api_version": crate::API_VERSION,
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": self.endpoints,
            "request": { "id": self.request, "idempotency_key": self.idempotency_key },
            "type": self.what,
        })
    }
}
