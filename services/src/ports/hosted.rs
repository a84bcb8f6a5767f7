//! Signing in on pages of the provider's own, where it has some: the authorization code grant of OAuth 2.0 (RFC 6749 §4.1)
//! with proof keys (RFC 7636), and an ID token (OpenID Connect Core §3.1).

use super::{IdentityError, Person};
use async_trait::async_trait;

/// One attempt to sign in there. All of it is random, and known to one browser alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Comes back with the browser: who brings another one began elsewhere.
    pub state: String,
    /// Comes back in the ID token, which is then of this attempt.
    pub nonce: String,
    /// Is shown with the code alone, by us; the provider knew its hash from the beginning. RFC 7636 §4.1: 43 characters
    /// or more.
    pub verifier: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(…)")
    }
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// They are who they say.
    Person(Person),
    /// The code was used, has run out, or is for another attempt.
    Refused,
    /// They have no address there at which they did receive mail.
    Unverified,
}

/// The provider's own pages. It asks there for whatever it wants: a password, a second factor, another provider.
#[async_trait]
pub trait Hosted: Send + Sync {
    /// What people know it as: the end of «Continue with …».
    fn name(&self) -> &str;

    /// Scheme, host and port of its pages.
    fn origin(&self) -> &str;

    /// Where a browser begins.
    fn entrance(&self, attempt: &Attempt) -> String;

    /// Takes the code that the browser came back with. It works once.
    async fn redeem(&self, code: &str, attempt: &Attempt) -> Result<Redeemed, IdentityError>;

    /// Where a browser goes so that it is signed out there, too. It comes back to the site's first page.
    fn exit(&self) -> String;
}
