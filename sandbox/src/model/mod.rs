//! What the sandbox keeps, and how each is shown as Stripe shows it.
//!
//! Every field of Stripe's objects is there, as typed clients expect it; those of parts that the sandbox does not have are
//! null or empty.

pub(crate) mod charge;
pub(crate) mod coupon;
pub(crate) mod dispute;
pub(crate) mod event;
pub(crate) mod movement;
pub(crate) mod payment;
pub(crate) mod refund;
pub(crate) mod session;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One kind of thing that is kept.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Stripe's name of the kind, as its errors say it.
    const KIND: &'static str;

    /// Names it.
    fn id(&self) -> &str;

    /// When it was made, in seconds.
    fn created(&self) -> i64;

    /// When something will happen to it by itself, in seconds.
    fn due(&self) -> Option<i64> {
        None
    }

    /// As clients read it, with nothing expanded.
    fn json(&self, now: i64) -> Value;
}
