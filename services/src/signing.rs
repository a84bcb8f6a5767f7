//! Signs the policies that open media, and verifies them: CloudFront's signed cookies with RSA-2048.
//!
//! Developer guide, "Set signed cookies using a custom policy" and "Specify signers that can create signed
//! URLs and signed cookies".

use crate::{Error, Result};
use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use domain::edge::{self, Policy, Verdict};

/// The one key that signs media, and its public half.
pub struct MediaSigner {
    key: RsaKeyPair,
    public: ParsedPublicKey,
    key_pair_id: String,
}

/// The bytes are no key that CloudFront takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a media key: PKCS#8 in DER with an RSA key of 2,048 bits is expected")]
pub struct InvalidKey;

impl MediaSigner {
    /// Makes a new key: PKCS#8 in DER, to be kept secret. Takes a tenth of a second or so.
    ///
    /// The cryptographic library draws its own random bits for it; it takes them from nobody.
    pub fn generate() -> Result<Vec<u8>> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(internal)?;
        let der: Pkcs8V1Der<'_> = key.as_der().map_err(internal)?;
        Ok(der.as_ref().to_vec())
    }

    /// Loads a key that [`MediaSigner::generate`] or openssl made.
    pub fn from_pkcs8(der: &[u8]) -> std::result::Result<Self, InvalidKey> {
        let key = RsaKeyPair::from_pkcs8(der).map_err(|_| InvalidKey)?;
        if key.public_modulus_len() != KeySize::Rsa2048.len() {
            return Err(InvalidKey);
        }
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| InvalidKey)?;
        let key_pair_id = key_pair_id(public.as_ref());
        let public =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.as_ref()).map_err(|_| InvalidKey)?;
        Ok(Self { key, public, key_pair_id })
    }

    /// Under which name the edge knows the key. It follows from the key, so nothing else is to be kept.
    pub fn key_pair_id(&self) -> &str {
        &self.key_pair_id
    }

    /// The cookies, names and values, that open what the policy allows.
    pub fn sign(&self, policy: &Policy) -> Result<Vec<(String, String)>> {
        let json = policy.to_json();
        let mut signature = vec![0; self.key.public_modulus_len()];
        // PKCS#1 v1.5 needs no randomness, and the library ignores it.
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), json.as_bytes(), &mut signature)
            .map_err(internal)?;
        let cookies = [
            (edge::POLICY, edge::encode(json.as_bytes())),
            (edge::SIGNATURE, edge::encode(&signature)),
            (edge::KEY_PAIR_ID, self.key_pair_id.clone()),
            (edge::HASH_ALGORITHM, "SHA256".to_owned()),
        ];
        Ok(cookies.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Judges a signature for [`edge::decide`].
    pub fn verify(&self, key_pair_id: &str, message: &[u8], signature: &[u8]) -> Verdict {
        if key_pair_id != self.key_pair_id {
            return Verdict::UnknownKey;
        }
        match self.public.verify_sig(message, signature) {
            Ok(()) => Verdict::Genuine,
            Err(_) => Verdict::Forged,
        }
    }
}

impl std::fmt::Debug for MediaSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MediaSigner").field("key_pair_id", &self.key_pair_id).finish_non_exhaustive()
    }
}

/// An id of CloudFront's form, `K` and 13 capitals or digits, from the SHA-256 of the public key.
fn key_pair_id(public_key: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let hash = digest::digest(&digest::SHA256, public_key);
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    std::iter::once('K').chain(hash.as_ref().iter().take(13).map(letter)).collect()
}

fn internal(_: aws_lc_rs::error::Unspecified) -> Error {
    Error::Internal("the cryptographic library failed".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::edge::{Denied, SignedCookies, decide};
    use domain::time::Timestamp;

    // Made by `openssl genpkey` and `openssl dgst -sha256 -sign media-key.pk8 -keyform DER media-policy.json`.
    const KEY: &[u8] = include_bytes!("fixtures/media-key.pk8");
    const POLICY: &[u8] = include_bytes!("fixtures/media-policy.json");
    const SIGNATURE: &[u8] = include_bytes!("fixtures/media-policy.sig");

    fn signer() -> MediaSigner {
        MediaSigner::from_pkcs8(KEY).unwrap()
    }

    fn cookie_header(cookies: &[(String, String)]) -> String {
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn the_cookies_are_byte_for_byte_what_openssl_signs() {
        let cookies = signer().sign(&Policy::from_json(POLICY).unwrap()).unwrap();
        let expected = [
            ("CloudFront-Policy", edge::encode(POLICY)),
            ("CloudFront-Signature", edge::encode(SIGNATURE)),
            ("CloudFront-Key-Pair-Id", signer().key_pair_id().to_owned()),
            ("CloudFront-Hash-Algorithm", "SHA256".to_owned()),
        ];
        assert_eq!(cookies, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn a_signature_is_judged_by_its_key_and_its_message() {
        let signer = signer();
        let id = signer.key_pair_id();
        assert_eq!(signer.verify(id, POLICY, SIGNATURE), Verdict::Genuine);
        assert_eq!(signer.verify(id, b"{}", SIGNATURE), Verdict::Forged);
        assert_eq!(signer.verify(id, POLICY, &SIGNATURE[1..]), Verdict::Forged);
        assert_eq!(signer.verify("KOTHER", POLICY, SIGNATURE), Verdict::UnknownKey);
    }

    #[test]
    fn a_generated_key_signs_what_it_alone_can_open() {
        let [ours, theirs] =
            [(); 2].map(|()| MediaSigner::from_pkcs8(&MediaSigner::generate().unwrap()).unwrap());
        let policy = Policy::new("https://h/media/a/1/*".parse().unwrap(), Timestamp::from_seconds(100));
        let header = cookie_header(&ours.sign(&policy).unwrap());
        let cookies = SignedCookies::read([header.as_str()]).unwrap();
        let decide = |signer: &MediaSigner| {
            decide(
                "https://h/media/a/1/0.m4s",
                Timestamp::from_seconds(99),
                &cookies,
                |key, message, signature| signer.verify(key, message, signature),
            )
        };
        assert_eq!(decide(&ours), Ok(()));
        assert_eq!(decide(&theirs), Err(Denied::UnknownKey));
    }

    #[test]
    fn what_is_no_rsa_2048_key_is_refused() {
        assert_eq!(MediaSigner::from_pkcs8(b"key").unwrap_err(), InvalidKey);
        let large = RsaKeyPair::generate(KeySize::Rsa3072).unwrap();
        let large: Pkcs8V1Der<'_> = large.as_der().unwrap();
        assert_eq!(MediaSigner::from_pkcs8(large.as_ref()).unwrap_err(), InvalidKey);
    }
}
