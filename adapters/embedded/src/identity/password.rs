//! Hashing passwords: argon2id (RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::text::Password;

/// OWASP Password Storage Cheat Sheet, "Argon2id": the first of its minimum settings.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

pub(super) const SALT_BYTES: usize = 16;

pub(super) enum Verdict {
    Right,
    /// Right, and hashed with other parameters than today's.
    RightButOutdated,
    Wrong,
}

/// A PHC string: algorithm, parameters, salt, hash.
pub(super) fn hash(password: &Password, salt: &[u8]) -> Result<String, Error> {
    let hash: PasswordHash = argon2()?.hash_password_with_salt(password.expose().as_bytes(), salt)?;
    Ok(hash.to_string())
}

/// The hash of no password: an unknown address is made to cost what a wrong password costs, or the time of
/// the answer would tell who has an account.
pub(super) fn decoy() -> String {
    // The salt and the hash in base64: 16 bytes and 32 bytes, all zero.
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

pub(super) fn verify(password: &Password, stored: &str) -> Result<Verdict, Error> {
    let stored = PasswordHash::new(stored)?;
    let argon2 = argon2()?;
    // It goes by the parameters of the stored hash.
    match argon2.verify_password(password.expose().as_bytes(), &stored) {
        Ok(()) => {}
        Err(Error::PasswordInvalid) => return Ok(Verdict::Wrong),
        Err(error) => return Err(error),
    }
    let (used, current) = (Params::try_from(&stored)?, argon2.params());
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    let today = stored.algorithm == Algorithm::Argon2id.ident() && cost(&used) == cost(current);
    Ok(if today { Verdict::Right } else { Verdict::RightButOutdated })
}

fn argon2() -> Result<Argon2<'static>, Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None)?))
}
