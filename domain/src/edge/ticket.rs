//! A complete set of parts, and how it becomes a policy: by a key of ours alone.

use super::denied::Denied;
use super::encoding::decode;
use super::hash::Hash;
use super::issue::Statement;
use super::policy::Policy;
use super::presented::Part;
use crate::time::Timestamp;

/// The parts of a signed request. They prove nothing before [`Ticket::policy`] has been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// The address that is asked for, without the parameters of a signed URL.
    pub resource: &'a str,
    /// The policy that is claimed to be signed.
    pub claim: Claim<'a>,
    /// The signature, encoded.
    pub signature: &'a str,
    /// Which key it claims.
    pub key_pair_id: &'a str,
    /// Which hash it claims.
    pub hash: Hash,
}

/// The policy that is claimed to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<'a> {
    /// A policy's JSON, encoded.
    Custom(&'a str),
    /// "CloudFront constructs one if you're using a canned policy" (developer guide, "How signed cookies
    /// work"), for the address that is asked for.
    Canned {
        /// Until when, seconds since the epoch.
        expires: &'a str,
    },
}

/// The public half of a key in the key group.
pub trait VerifyingKey {
    /// Whether the signature is the key's over the message: RSA PKCS#1 v1.5, or ECDSA in DER.
    fn has_signed(&self, message: &[u8], hash: Hash, signature: &[u8]) -> bool;
}

impl Ticket<'_> {
    /// The policy, if `key` has signed it: the key that [`Ticket::key_pair_id`] names. It is read only once
    /// its signature is known to be genuine.
    pub fn policy(&self, key: &impl VerifyingKey) -> Result<Policy, Denied> {
        let signature = decode(self.signature).ok_or(Denied::BadEncoding(Part::Signature))?;
        match self.claim {
            Claim::Custom(encoded) => {
                let message = decode(encoded).ok_or(Denied::BadEncoding(Part::Policy))?;
                self.proven(key, &message, &signature)?;
                Policy::from_json(&message).map_err(|_| Denied::BadPolicy)
            }
            Claim::Canned { expires } => {
                let expires = canned_expiry(expires).ok_or(Denied::BadExpires)?;
                let statement = Statement::Canned { url: self.resource.to_owned(), expires };
                self.proven(key, statement.json().as_bytes(), &signature)?;
                Ok(Policy::canned(self.resource, expires))
            }
        }
    }

    fn proven(&self, key: &impl VerifyingKey, message: &[u8], signature: &[u8]) -> Result<(), Denied> {
        if key.has_signed(message, self.hash, signature) { Ok(()) } else { Err(Denied::BadSignature) }
    }
}

/// Digits alone, "a 32-bit integer for a date that's no later than 2147483647" (developer guide, "Create a
/// signed URL using a canned policy").
fn canned_expiry(text: &str) -> Option<Timestamp> {
    let seconds: i32 = text.parse().ok()?;
    (seconds.to_string() == text && seconds >= 0).then(|| Timestamp::from_seconds(seconds.into()))
}
