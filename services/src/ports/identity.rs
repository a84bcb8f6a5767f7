//! Who people are: addresses, passwords, second factors. Sessions and roles are ours; see [`accounts`](crate::accounts).

use super::{Hosted, KeyLender};
use async_trait::async_trait;
use domain::account::Role;
use domain::text::{DisplayName, Email, Password};
use serde::{Deserialize, Serialize};

/// Why the provider did not do it. That a password is wrong is an answer, not an error.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The code is wrong, was used, or has run out. Trying again with the same one does not help.
    #[error("the code is not, or no longer, right")]
    Code,
    /// The provider's rules forbid this password: the rest of a sentence that begins with "The password".
    #[error("the password {0}")]
    Password(String),
    /// Somebody has this address already.
    #[error("the address is taken")]
    Taken,
    /// There is nobody with this address.
    #[error("there is no such person")]
    Unknown,
    /// Tried too often. Trying again later helps.
    #[error("tried too often")]
    TooMany,
    /// The provider does not answer now. Trying again may help.
    #[error("the identity provider is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("the identity provider failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the provider calls a person: never given to another, and the same when the address changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub String);

/// What proves to the provider, later, that somebody signed in. Opaque: neither shown nor logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tokens(pub String);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// Somebody who proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub subject: Subject,
    /// Their address: one at which they did receive mail.
    pub email: Email,
    /// Their name, where the provider knows it.
    pub name: Option<DisplayName>,
    /// Their role, where the provider decides that.
    pub role: Option<Role>,
    /// For what needs them later, with a provider that gives any.
    pub tokens: Option<Tokens>,
}

/// Where signing in, with the right password, leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// That was all.
    Done(Person),
    /// One more thing is asked for.
    Challenge(Challenge),
    /// The address was never confirmed; a code for that can be sent again. A provider that looks at no password before
    /// does not say so.
    Unconfirmed,
    /// What stood in the way is away; they begin once more.
    Again,
}

/// What is asked for beyond a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What.
    pub kind: ChallengeKind,
    /// The provider's own, to be handed back with the answer. Opaque; a secret.
    pub state: Tokens,
}

/// What is asked for beyond a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeKind {
    /// The code of an authenticator (RFC 6238).
    Totp,
    /// The first code of an authenticator with this key: the provider lets nobody in without one.
    NewAuthenticator(TotpSecret),
    /// A password of their own, in place of one that somebody else gave them.
    NewPassword,
}

/// The answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChallengeAnswer {
    /// The code of an authenticator, whether they have it for long or from this challenge.
    Totp(String),
    /// The new password.
    NewPassword(Password),
    /// They showed us a recovery code, so that the second factor is not asked of them. A provider that cannot pass over
    /// it switches it off, and answers [`SignIn::Again`].
    Recovered,
}

/// How a code reaches a person.
#[derive(Clone, PartialEq, Eq)]
pub enum CodeDelivery {
    /// The provider sent it.
    Provider,
    /// We send it: the code.
    Ours(String),
}

impl std::fmt::Debug for CodeDelivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            CodeDelivery::Provider => "Provider",
            CodeDelivery::Ours(_) => "Ours(…)",
        })
    }
}

/// What came of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignUp {
    /// It waits for the code.
    Begun(CodeDelivery),
    /// Somebody has this address. What they have is untouched.
    Taken,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    /// What the provider calls them.
    pub subject: &'a Subject,
    /// Their address.
    pub email: &'a Email,
    /// What the provider gave when they signed in.
    pub tokens: Option<&'a Tokens>,
}

/// What came of asking whether tokens are still good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// They are, or new ones are in it.
    Good(Person),
    /// Somebody ended them: the session ends, too.
    Ended,
}

/// The key of an authenticator, as RFC 4648 base32 without padding.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TotpSecret(pub String);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Who people are.
///
/// Nothing here tells by its answer or by how long it takes whether an address is known, except where the method's text
/// says so. Every code works once, for a limited time and number of attempts; a new one replaces the one before.
#[async_trait]
pub trait Identity: Send + Sync + 'static {
    /// Registers somebody, who is nobody until [`confirm`](Self::confirm). Once more before that replaces what was given
    /// the first time.
    async fn sign_up(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<SignUp, IdentityError>;

    /// Sends the code of a registration again; `None` where none waits for it. A provider that sends by itself may keep that
    /// to itself.
    async fn resend(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError>;

    /// Takes the code of a registration: from then on they can sign in.
    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError>;

    /// `None` for a wrong password, and for an unknown address, which takes as long.
    async fn sign_in(&self, email: &Email, password: &Password) -> Result<Option<SignIn>, IdentityError>;

    /// Takes the answer to a challenge; `None` for a wrong one, after which another may be given.
    async fn answer(
        &self,
        challenge: &Challenge,
        answer: &ChallengeAnswer,
    ) -> Result<Option<SignIn>, IdentityError>;

    /// Makes a code that resets the password; `None` where there is nobody with this address, as for
    /// [`resend`](Self::resend). Its time tells that.
    async fn forgot(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError>;

    /// Sets a new password for who has the code. The second factor stays.
    async fn reset(&self, email: &Email, code: &str, password: &Password) -> Result<(), IdentityError>;

    /// Sets a new password for who knows the old one; says whether it was right.
    async fn change_password(
        &self,
        whom: Whom<'_>,
        old: &Password,
        new: &Password,
    ) -> Result<bool, IdentityError>;

    /// Gives them another address: one that has answered. [`Taken`](IdentityError::Taken) leaves all as it was. Whether it
    /// was theirs before is not looked at.
    async fn set_email(&self, whom: Whom<'_>, new: &Email) -> Result<(), IdentityError>;

    /// Whether a second factor is asked of them.
    async fn has_totp(&self, whom: Whom<'_>) -> Result<bool, IdentityError>;

    /// Makes the key of an authenticator, in the place of any that they have from
    /// [`confirm_totp`](Self::confirm_totp) on.
    async fn begin_totp(&self, whom: Whom<'_>) -> Result<TotpSecret, IdentityError>;

    /// Takes the first code of that authenticator; says whether it was right.
    async fn confirm_totp(&self, whom: Whom<'_>, code: &str) -> Result<bool, IdentityError>;

    /// Asks for no second factor any more.
    async fn remove_totp(&self, whom: Whom<'_>) -> Result<(), IdentityError>;

    /// Renews tokens, and says who they are for now. A provider without tokens says that they are good.
    async fn refresh(&self, whom: Whom<'_>) -> Result<Refreshed, IdentityError>;

    /// Ends what the provider itself remembers of sign-ins.
    async fn sign_out_everywhere(&self, whom: Whom<'_>) -> Result<(), IdentityError>;

    /// Adds somebody whose address needs no confirmation. For operators and invitations.
    async fn add(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<Subject, IdentityError>;

    /// Sets a password without the old one. For operators.
    async fn set_password(&self, email: &Email, password: &Password) -> Result<Subject, IdentityError>;

    /// Whether it keeps roles, and says them of people.
    fn keeps_roles(&self) -> bool {
        false
    }

    /// Tells a provider that keeps roles of a new one.
    async fn set_role(&self, whom: Whom<'_>, role: Role) -> Result<(), IdentityError>;

    /// Forgets somebody. Fine where that is done already.
    async fn remove(&self, whom: Whom<'_>) -> Result<(), IdentityError>;

    /// Its own pages to sign in on, where it has some that people may use.
    fn hosted(&self) -> Option<&dyn Hosted> {
        None
    }

    /// Who lends them keys for uploads, where somebody does.
    fn key_lender(&self) -> Option<&dyn KeyLender> {
        None
    }
}
