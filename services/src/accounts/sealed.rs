//! What a session keeps that is secret, sealed with the session's token: the table alone opens nothing.

use super::token::SessionToken;
use crate::clock::Random;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A nonce, then what AES-256-GCM made, in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

impl Sealed {
    /// `None` where the cryptographic library fails, which it does for no input of ours.
    pub(super) fn new<T: Serialize>(secret: &T, token: &SessionToken, random: &dyn Random) -> Option<Self> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut text = serde_json::to_vec(secret).ok()?;
        let sealing = Nonce::assume_unique_for_key(nonce);
        key(token)?.seal_in_place_append_tag(sealing, Aad::empty(), &mut text).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode([&nonce[..], &text].concat())))
    }

    /// `None` for another token.
    pub(super) fn open<T: DeserializeOwned>(&self, token: &SessionToken) -> Option<T> {
        let mut bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = key(token)?.open_in_place(nonce, Aad::empty(), text).ok()?;
        serde_json::from_slice(text).ok()
    }
}

/// Another one than what the token's hash, which is stored, could lead to.
fn key(token: &SessionToken) -> Option<LessSafeKey> {
    let material = Salt::new(HKDF_SHA256, b"stoa session").extract(&token.0);
    let info: [&[u8]; 1] = [b"secrets of a session"];
    let key = UnboundKey::from(material.expand(&info, &AES_256_GCM).ok()?);
    Some(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::TestRandom;

    #[test]
    fn only_the_sessions_own_token_opens_it() {
        let random = TestRandom::default();
        let (token, other) = (SessionToken::new(&random), SessionToken::new(&random));
        let tokens = "a refresh token".to_owned();
        let sealed = Sealed::new(&tokens, &token, &random).unwrap();
        assert_eq!(sealed.open(&token), Some(tokens.clone()));
        assert_eq!(sealed.open::<String>(&other), None);
        assert_ne!(
            Sealed::new(&tokens, &token, &random),
            Some(sealed.clone()),
            "each has a nonce of its own"
        );
        let mut damaged = sealed.0.into_bytes();
        damaged[20] ^= 1;
        assert_eq!(Sealed(String::from_utf8(damaged).unwrap()).open::<String>(&token), None);
        assert_eq!(Sealed("short".into()).open::<String>(&token), None);
    }
}
