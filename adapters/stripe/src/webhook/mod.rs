//! What Stripe tells by itself: events, each signed, posted to an address of ours (Stripe's documentation, "Webhooks").

mod signature;
mod told;

pub use signature::{Signatures, Unproven};
pub use told::told;
