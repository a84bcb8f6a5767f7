//! The second factor: codes of an authenticator (RFC 6238), as every app of that kind makes them.

use services::clock::Random;
use services::ports::{IdentityError, TotpSecret};
use totp_rs::{Builder, Secret, Totp};

/// SHA-1, six digits, 30 seconds, and one step either side for clocks that go wrong.
fn totp(key: &TotpSecret) -> Result<Totp, IdentityError> {
    let secret = Secret::try_from_base32(&key.0).map_err(super::internal)?;
    Builder::new().with_secret(secret).build().map_err(super::internal)
}

/// A new key: 160 bits (RFC 4226 §4, R6).
pub(super) fn key(random: &dyn Random) -> TotpSecret {
    let mut bytes = [0; 20];
    random.fill(&mut bytes);
    TotpSecret(Secret::new_stack(bytes).to_base32())
}

/// The step that a code is of, if it is right now and of a later step than the last that was used: each works once
/// (§5.2).
pub(super) fn check(
    key: &TotpSecret,
    code: &str,
    now_seconds: u64,
    last: u64,
) -> Result<Option<u64>, IdentityError> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(totp(key)?.check(&digits, now_seconds).filter(|step| *step > last))
}
