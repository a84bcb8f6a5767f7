//! RSA signatures with SHA-1, which aws-lc verifies but does not make any more.
//!
//! For `stoa edge sign --hash sha1` alone, where an operator signs for something that knows no other hash. The
//! server signs with SHA-256, with aws-lc (docs/decisions/0002).

use super::key::SignError;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// `DigestInfo` of SHA-1 up to the digest (RFC 8017 §9.2, note 1).
const PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// The PKCS#1 v1.5 signature over a message by a key in PKCS#8.
pub(super) fn sign(pkcs8: &[u8], message: &[u8]) -> Result<Vec<u8>, SignError> {
    let key = RsaPrivateKey::from_pkcs8_der(pkcs8).map_err(|_| SignError::Library)?;
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, message);
    let padding = Pkcs1v15Sign { hash_len: Some(digest.as_ref().len()), prefix: PREFIX.into() };
    key.sign(padding, digest.as_ref()).map_err(|_| SignError::Library)
}
