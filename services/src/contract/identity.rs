//! What every [`Identity`] does.

use super::Fixture;
use crate::ports::Identity;
use domain::id::AccountId;
use domain::text::{Email, Password};
use domain::time::Timestamp;

/// Makes the tests of an identity provider; `$fresh` is a `fn() -> Fixture<dyn Identity>`.
#[macro_export]
macro_rules! identity_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::identity,
            [
                the_right_password_tells_whose_account_it_is,
                a_wrong_password_and_an_unknown_address_are_nobodys,
                a_new_password_replaces_the_old_one,
                every_character_of_a_password_counts,
            ]
        );
    };
}

/// What a case gets.
pub type IdentityFixture = Fixture<dyn Identity>;

/// Some account's id.
pub fn account(n: u128) -> AccountId {
    AccountId::new(Timestamp::from_millis(1), n)
}

/// An address that is known to be one.
///
/// # Panics
/// Where it is none.
pub fn email(text: &str) -> Email {
    text.parse().expect("the test's address is an address")
}

/// A password that is known to be allowed.
///
/// # Panics
/// Where it is not.
pub fn password(text: &str) -> Password {
    Password::new(text).expect("the test's password is allowed")
}

async fn set(identity: &dyn Identity, n: u128, address: &str, text: &str) {
    identity.set_password(account(n), &email(address), &password(text)).await.expect("the password is set");
}

async fn who(identity: &dyn Identity, address: &str, text: &str) -> Option<AccountId> {
    let attempt = Password::attempt(text).expect("the test's attempt is short enough");
    identity.authenticate(&email(address), &attempt).await.expect("there is an answer")
}

#[allow(missing_docs)]
pub async fn the_right_password_tells_whose_account_it_is(fixture: &IdentityFixture) {
    let identity = &*fixture.port;
    set(identity, 1, "ada@example.com", "the same password").await;
    set(identity, 2, "linus@example.com", "the same password").await;
    assert_eq!(who(identity, "ada@example.com", "the same password").await, Some(account(1)));
    assert_eq!(who(identity, "linus@example.com", "the same password").await, Some(account(2)));
}

#[allow(missing_docs)]
pub async fn a_wrong_password_and_an_unknown_address_are_nobodys(fixture: &IdentityFixture) {
    let identity = &*fixture.port;
    set(identity, 1, "ada@example.com", "learning is fun").await;
    for wrong in ["learning is fun ", "Learning is fun", "learning is fu", "x", ""] {
        assert_eq!(who(identity, "ada@example.com", wrong).await, None, "{wrong:?}");
    }
    assert_eq!(who(identity, "nobody@example.com", "learning is fun").await, None);
}

#[allow(missing_docs)]
pub async fn a_new_password_replaces_the_old_one(fixture: &IdentityFixture) {
    let identity = &*fixture.port;
    set(identity, 1, "ada@example.com", "the old password").await;
    set(identity, 1, "ada@example.com", "the new password").await;
    assert_eq!(who(identity, "ada@example.com", "the old password").await, None);
    assert_eq!(who(identity, "ada@example.com", "the new password").await, Some(account(1)));
}

#[allow(missing_docs)]
pub async fn every_character_of_a_password_counts(fixture: &IdentityFixture) {
    let identity = &*fixture.port;
    // Longer than 72 bytes, where bcrypt stops to look, and with a NUL, where C does.
    let long = format!("\u{0}{}😀", "ä".repeat(198));
    set(identity, 1, "ada@example.com", &long).await;
    assert_eq!(who(identity, "ada@example.com", &long).await, Some(account(1)));
    assert_eq!(who(identity, "ada@example.com", &long.replace('😀', "😁")).await, None);
    assert_eq!(who(identity, "ada@example.com", "\u{0}").await, None);
}
