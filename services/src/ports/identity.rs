//! Who people are: whose password this is.

use async_trait::async_trait;
use domain::id::AccountId;
use domain::text::{Email, Password};

/// Why the provider gave no answer. A wrong password is an answer.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The provider does not answer now. Trying again may help.
    #[error("the identity provider is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the identity provider failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Who people are.
#[async_trait]
pub trait Identity: Send + Sync + 'static {
    /// The account whose address and password these are. An unknown address takes as long as a wrong
    /// password, and both are `None`.
    async fn authenticate(
        &self,
        email: &Email,
        password: &Password,
    ) -> Result<Option<AccountId>, IdentityError>;

    /// Sets the password with which an account signs in under this address.
    async fn set_password(
        &self,
        account: AccountId,
        email: &Email,
        password: &Password,
    ) -> Result<(), IdentityError>;
}
