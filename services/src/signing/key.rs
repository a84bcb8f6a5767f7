//! A key of a key group: RSA-2048 or ECDSA P-256, as CloudFront takes them; both halves, or the public one.

use super::verified::Fingerprint;
use super::{pem, sha1};
use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, RsaKeyPair, RsaParameters, VerificationAlgorithm,
};
use domain::edge::{Hash, VerifyingKey};

/// A key, under the id by which cookies name it.
pub struct Key {
    id: String,
    private: Option<Private>,
    public: Public,
}

/// The kinds that CloudFront takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, 2,048 bits.
    Rsa,
    /// ECDSA on P-256: signatures and cookies are a quarter as long.
    Ecdsa,
}

/// The bytes are no key that CloudFront takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a media key: RSA of 2,048 bits or ECDSA P-256 is expected, not encrypted, in PEM or DER")]
pub struct InvalidKey;

/// Why nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Only the public half is there.
    #[error("only the public half of the key is there")]
    PublicOnly,
    /// CloudFront's ECDSA is that of the age of SHA-256.
    #[error("an ECDSA key signs with SHA-256 alone")]
    Sha1,
    /// The library failed.
    #[error("the cryptographic library failed")]
    Library,
}

enum Private {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

struct Public {
    kind: KeyKind,
    /// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    der: Vec<u8>,
    fingerprint: Fingerprint,
    sha1: ParsedPublicKey,
    sha256: ParsedPublicKey,
}

impl Key {
    /// Makes a new key. RSA takes a tenth of a second or so.
    ///
    /// The cryptographic library draws its own random bits for it; it takes them from nobody.
    pub fn generate(kind: KeyKind) -> Result<Self, SignError> {
        let private = match kind {
            KeyKind::Rsa => RsaKeyPair::generate(KeySize::Rsa2048).map(Private::Rsa),
            KeyKind::Ecdsa => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Private::Ecdsa),
        };
        Self::of(private?).map_err(|_| SignError::Library)
    }

    /// Reads a key as [`Key::private_pem`] or openssl write it: PEM or DER; PKCS#8, PKCS#1, SEC 1, or the
    /// public half alone.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN "));
        let Some(text) = text else { return Self::from_der(bytes) };
        let blocks = pem::decode(text).ok_or(InvalidKey)?;
        // openssl writes the name of the curve into a block of its own.
        let mut keys = blocks.iter().filter(|(label, _)| *label != "EC PARAMETERS");
        match (keys.next(), keys.next()) {
            (Some((_, der)), None) => Self::from_der(der),
            _ => Err(InvalidKey),
        }
    }

    /// The same key under another id, as CloudFront gave it.
    pub fn named(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// Under which name cookies and the edge know the key. Unless it was [`Key::named`] it follows from the
    /// public half, so nothing else is to be kept.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which kind it is.
    pub fn kind(&self) -> KeyKind {
        self.public.kind
    }

    /// Whether the private half is there.
    pub fn can_sign(&self) -> bool {
        self.private.is_some()
    }

    /// The private half in PEM (PKCS#8), to be kept secret.
    pub fn private_pem(&self) -> Result<String, SignError> {
        match self.private.as_ref().ok_or(SignError::PublicOnly)? {
            Private::Rsa(key) => {
                let der: Pkcs8V1Der<'_> = key.as_der()?;
                Ok(pem::encode("PRIVATE KEY", der.as_ref()))
            }
            Private::Ecdsa(key) => Ok(pem::encode("PRIVATE KEY", key.to_pkcs8v1()?.as_ref())),
        }
    }

    /// The public half in PEM, as CloudFront wants it uploaded.
    pub fn public_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.public.der)
    }

    /// The signature over a message: RSA PKCS#1 v1.5, always the same, or ECDSA in DER, always another.
    pub fn sign(&self, message: &[u8], hash: Hash) -> Result<Vec<u8>, SignError> {
        let private = self.private.as_ref().ok_or(SignError::PublicOnly)?;
        // The library ignores whose randomness it is given: PKCS#1 v1.5 needs none, ECDSA takes its own.
        let random = SystemRandom::new();
        match (private, hash) {
            (Private::Rsa(key), Hash::Sha1) => {
                let der: Pkcs8V1Der<'_> = key.as_der()?;
                sha1::sign(der.as_ref(), message)
            }
            (Private::Ecdsa(_), Hash::Sha1) => Err(SignError::Sha1),
            (Private::Rsa(key), Hash::Sha256) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            (Private::Ecdsa(key), Hash::Sha256) => Ok(key.sign(&random, message)?.as_ref().to_vec()),
        }
    }

    /// The SHA-256 of the public half: the same key under another id has the same.
    pub(super) fn fingerprint(&self) -> &Fingerprint {
        &self.public.fingerprint
    }

    fn from_der(der: &[u8]) -> Result<Self, InvalidKey> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            return Self::of(Private::Rsa(key));
        }
        if let Ok(key) = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, der) {
            return Self::of(Private::Ecdsa(key));
        }
        let public = match PublicKey::from_der(der) {
            Ok(key) => Public::rsa(&key)?,
            Err(_) => Public::ecdsa(der)?,
        };
        Ok(Self { id: id_of(&public.fingerprint), private: None, public })
    }

    fn of(private: Private) -> Result<Self, InvalidKey> {
        let public = match &private {
            Private::Rsa(key) => Public::rsa(key.public_key())?,
            Private::Ecdsa(key) => {
                let der: PublicKeyX509Der<'_> = key.public_key().as_der()?;
                Public::ecdsa(der.as_ref())?
            }
        };
        Ok(Self { id: id_of(&public.fingerprint), private: Some(private), public })
    }
}

impl VerifyingKey for Key {
    fn has_signed(&self, message: &[u8], hash: Hash, signature: &[u8]) -> bool {
        let key = match hash {
            Hash::Sha1 => &self.public.sha1,
            Hash::Sha256 => &self.public.sha256,
        };
        key.verify_sig(message, signature).is_ok()
    }
}

impl Public {
    fn rsa(key: &PublicKey) -> Result<Self, InvalidKey> {
        let der: PublicKeyX509Der<'_> = key.as_der()?;
        if RsaParameters::public_modulus_len(key.as_ref())? != 2048 {
            return Err(InvalidKey);
        }
        let (sha1, sha256) = (&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, &RSA_PKCS1_2048_8192_SHA256);
        Self::new(KeyKind::Rsa, der.as_ref(), sha1, sha256)
    }

    fn ecdsa(der: &[u8]) -> Result<Self, InvalidKey> {
        // The library would also take a bare point of the curve.
        if der.len() != P256_PUBLIC_DER {
            return Err(InvalidKey);
        }
        Self::new(KeyKind::Ecdsa, der, &ECDSA_P256_SHA1_ASN1, &ECDSA_P256_SHA256_ASN1)
    }

    fn new(
        kind: KeyKind,
        der: &[u8],
        sha1: &'static dyn VerificationAlgorithm,
        sha256: &'static dyn VerificationAlgorithm,
    ) -> Result<Self, InvalidKey> {
        let fingerprint = digest::digest(&digest::SHA256, der).as_ref().try_into();
        Ok(Self {
            kind,
            der: der.to_vec(),
            fingerprint: fingerprint.expect("SHA-256 has 32 bytes"),
            sha1: ParsedPublicKey::new(sha1, der)?,
            sha256: ParsedPublicKey::new(sha256, der)?,
        })
    }
}

/// Bytes of a P-256 key's SubjectPublicKeyInfo with an uncompressed point (RFC 5480 §2.2).
const P256_PUBLIC_DER: usize = 91;

impl std::fmt::Debug for Key {
    /// Nothing secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, private, public } = self;
        let mut shown = f.debug_struct("Key");
        shown.field("id", id).field("kind", &public.kind).field("can_sign", &private.is_some());
        shown.finish_non_exhaustive()
    }
}

impl From<Unspecified> for SignError {
    fn from(_: Unspecified) -> Self {
        SignError::Library
    }
}

impl From<Unspecified> for InvalidKey {
    fn from(_: Unspecified) -> Self {
        InvalidKey
    }
}

impl From<KeyRejected> for InvalidKey {
    fn from(_: KeyRejected) -> Self {
        InvalidKey
    }
}

/// An id of CloudFront's form, `K` and 13 capitals or digits, from the SHA-256 of the public key.
fn id_of(fingerprint: &Fingerprint) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    std::iter::once('K').chain(fingerprint.iter().take(13).map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by `openssl genpkey` and `openssl dgst -sha256 -sign media-key.pk8 -keyform DER media-policy.json`.
    const RSA: &[u8] = include_bytes!("../fixtures/media-key.pk8");
    const POLICY: &[u8] = include_bytes!("../fixtures/media-policy.json");
    const RSA_SHA256: &[u8] = include_bytes!("../fixtures/media-policy.sig");
    // Made by `openssl dgst -sha1 -sign`, and for ECDSA with `openssl ecparam -name prime256v1 -genkey`.
    const RSA_SHA1: &[u8] = include_bytes!("../fixtures/media-policy.sha1.sig");
    const ECDSA: &[u8] = include_bytes!("../fixtures/media-key.ecdsa.pem");
    const ECDSA_SHA256: &[u8] = include_bytes!("../fixtures/media-policy.ecdsa.sig");
    const ECDSA_SHA1: &[u8] = include_bytes!("../fixtures/media-policy.ecdsa.sha1.sig");

    fn rsa() -> Key {
        Key::parse(RSA).unwrap()
    }

    fn ecdsa() -> Key {
        Key::parse(ECDSA).unwrap()
    }

    #[test]
    fn rsa_signs_byte_for_byte_what_openssl_signs() {
        assert_eq!(rsa().sign(POLICY, Hash::Sha256).unwrap(), RSA_SHA256);
        assert_eq!(rsa().sign(POLICY, Hash::Sha1).unwrap(), RSA_SHA1);
        assert_eq!(ecdsa().sign(POLICY, Hash::Sha1), Err(SignError::Sha1));
    }

    #[test]
    fn what_openssl_signed_is_genuine_with_its_own_key_and_hash_alone() {
        let signed = [
            (rsa(), Hash::Sha1, RSA_SHA1),
            (rsa(), Hash::Sha256, RSA_SHA256),
            (ecdsa(), Hash::Sha1, ECDSA_SHA1),
            (ecdsa(), Hash::Sha256, ECDSA_SHA256),
        ];
        for (n, (key, hash, _)) in signed.iter().enumerate() {
            for (m, (_, _, signature)) in signed.iter().enumerate() {
                assert_eq!(key.has_signed(POLICY, *hash, signature), n == m, "{key:?} {hash:?} {m}");
            }
            let signature = signed[n].2;
            assert!(!key.has_signed(b"{}", *hash, signature));
            assert!(!key.has_signed(POLICY, *hash, &signature[1..]));
            assert!(!key.has_signed(POLICY, *hash, &[signature, &[0]].concat()));
        }
    }

    #[test]
    fn what_a_key_signs_its_public_half_verifies() {
        for key in [rsa(), ecdsa()] {
            let public = Key::parse(key.public_pem().as_bytes()).unwrap();
            assert_eq!((public.id(), public.kind(), public.can_sign()), (key.id(), key.kind(), false));
            assert!(public.has_signed(POLICY, Hash::Sha256, &key.sign(POLICY, Hash::Sha256).unwrap()));
            assert_eq!(public.sign(POLICY, Hash::Sha256), Err(SignError::PublicOnly));
            assert_eq!(public.private_pem(), Err(SignError::PublicOnly));
        }
    }

    #[test]
    fn a_key_is_the_same_in_every_format() {
        for key in [rsa(), ecdsa()] {
            let pem = key.private_pem().unwrap();
            let der = pem::decode(&pem).unwrap().remove(0).1;
            for bytes in [pem.as_bytes(), &der] {
                assert_eq!(Key::parse(bytes).unwrap().id(), key.id());
            }
        }
    }

    #[test]
    fn the_id_has_cloudfronts_form_and_can_be_cloudfronts_own() {
        let id = rsa().id().to_owned();
        assert!(id.starts_with('K') && id.len() == 14, "{id}");
        assert_eq!(rsa().named("K2JCJMDEHXQW5F").id(), "K2JCJMDEHXQW5F");
    }

    #[test]
    fn what_cloudfront_does_not_take_is_refused() {
        let large = RsaKeyPair::generate(KeySize::Rsa3072).unwrap();
        let large: Pkcs8V1Der<'_> = large.as_der().unwrap();
        let p384 = &aws_lc_rs::signature::ECDSA_P384_SHA384_ASN1_SIGNING;
        let p384 = EcdsaKeyPair::generate(p384).unwrap().to_pkcs8v1().unwrap();
        let two = [RSA, RSA].map(|der| pem::encode("PRIVATE KEY", der)).concat();
        let point = &ecdsa().public.der[P256_PUBLIC_DER - 65..].to_vec();
        for bytes in [b"key", large.as_ref(), p384.as_ref(), two.as_bytes(), b"", point] {
            assert_eq!(Key::parse(bytes).unwrap_err(), InvalidKey);
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        assert_eq!(format!("{:?}", rsa().named("K")), "Key { id: \"K\", kind: Rsa, can_sign: true, .. }");
    }
}
