//! What a payment service calls the things of ours that it keeps.

use serde::{Deserialize, Serialize};

macro_rules! remote {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

remote! {
    /// Names the page on which one order is paid.
    SessionId
}
remote! {
    /// Names a payment.
    PaymentId
}
remote! {
    /// Names money that was given back.
    RemoteRefund
}
remote! {
    /// Names a buyer's complaint to their bank, which takes the money back until it is decided.
    DisputeId
}
remote! {
    /// Names a line of the service's own book.
    MovementId
}
