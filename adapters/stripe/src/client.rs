//! How Stripe is asked.

use crate::fault;
use async_trait::async_trait;
use domain::payment::{MovementId, PaymentId, SessionId};
use domain::time::Timestamp;
use miniserde::Deserialize;
use services::ports::{
    Checkout, CheckoutStatus, MovementPage, Payment, Payments, PaymentsError, Purchase, Refund, RefundRequest,
};
use std::time::Duration;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeRequest};

/// How Stripe is reached.
#[derive(Clone)]
pub struct StripeSettings {
    /// The secret key, or a restricted one: `sk_…`, `rk_…`.
    pub key: String,
    /// Where the interface is, up to `v1`; Stripe's own where there is none.
    pub address: Option<String>,
    /// How long a call may take, from looking up the address to the last byte of the answer.
    pub timeout: Duration,
}

/// Nobody can be reached so.
#[derive(Debug, thiserror::Error)]
#[error("Stripe cannot be reached with these settings: {0}")]
pub struct InvalidSettings(String);

/// Stripe.
pub struct Stripe {
    client: Client,
}

impl Stripe {
    /// Connects to nothing yet.
    pub fn new(settings: &StripeSettings) -> Result<Self, InvalidSettings> {
        if settings.key.is_empty() {
            return Err(InvalidSettings("there is no key".into()));
        }
        // The SDK would repeat a call by itself, and have the buyer wait. Who asked knows better when to ask again.
        let mut builder = ClientBuilder::new(settings.key.as_str())
            .request_strategy(RequestStrategy::Once)
            .timeout(settings.timeout)
            .app_info("Stoa", Some(env!("CARGO_PKG_VERSION").into()), None);
        if let Some(address) = &settings.address {
            // The SDK appends `v1/…` to it as it is.
            builder = builder.url(format!("{}/", address.trim_end_matches('/')));
        }
        Ok(Self { client: builder.build().map_err(|error| InvalidSettings(error.to_string()))? })
    }

    /// Asks for what changes nothing, or nothing more when it is asked for again.
    pub(crate) async fn look<T: Deserialize>(
        &self,
        request: &(impl StripeRequest + Sync),
    ) -> Result<T, PaymentsError> {
        self.ask(request, RequestStrategy::Once).await
    }

    /// Asks for a change, which is made once for each key.
    pub(crate) async fn change<T: Deserialize>(
        &self,
        request: &(impl StripeRequest + Sync),
        key: &str,
    ) -> Result<T, PaymentsError> {
        let key = IdempotencyKey::new(key).map_err(|error| PaymentsError::Internal(error.into()))?;
        self.ask(request, RequestStrategy::Idempotent(key)).await
    }

    /// Stripe answers with more than we read, and the SDK's own types refuse all of it where one field is not as they know
    /// it. So requests are the SDK's, and answers are ours: [`crate::answers`].
    async fn ask<T: Deserialize>(
        &self,
        request: &(impl StripeRequest + Sync),
        strategy: RequestStrategy,
    ) -> Result<T, PaymentsError> {
        let request = request.build().customize::<T>().request_strategy(strategy);
        request.send(&self.client).await.map_err(fault::of)
    }
}

/// Refuses a name that would be more than a segment of a path, and so another question. Stripe gives letters, digits and
/// `_`; others who speak like it give all of base64url (RFC 4648, section 5).
pub(crate) fn check_name(id: &str) -> Result<&str, PaymentsError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let known = !id.is_empty() && id.bytes().all(plain);
    if known {
        Ok(id)
    } else {
        Err(PaymentsError::Refused { message: "Stripe has nothing of that name".into() })
    }
}

#[async_trait]
impl Payments for Stripe {
    async fn open(&self, purchase: &Purchase) -> Result<Checkout, PaymentsError> {
        self.open_page(purchase).await
    }

    async fn status(&self, session: &SessionId) -> Result<CheckoutStatus, PaymentsError> {
        self.look_at_page(session).await
    }

    async fn expire(&self, session: &SessionId) -> Result<(), PaymentsError> {
        self.end_page(session).await
    }

    async fn payment(&self, payment: &PaymentId) -> Result<Payment, PaymentsError> {
        self.look_at_payment(payment).await
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<Refund, PaymentsError> {
        self.give_back(refund).await
    }

    async fn movements(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&MovementId>,
    ) -> Result<MovementPage, PaymentsError> {
        self.read_book(from, until, after).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        for name in ["cs_test_a1B2", "cs_-1gU_x-", "pi_3"] {
            assert_eq!(check_name(name).ok(), Some(name));
        }
        for other in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "a\nb", "ä"] {
            assert!(matches!(check_name(other), Err(PaymentsError::Refused { .. })), "{other:?}");
        }
    }
}
