//! The decision: may this request have this file?

use super::cookies::{KEY_PAIR_ID, POLICY, SIGNATURE, SignedCookies};
use super::encoding::decode;
use super::policy::Policy;
use crate::time::Timestamp;

/// The most bytes of an address (CloudFront quotas, "Maximum length of a URL").
pub const MAX_URL_BYTES: usize = 8192;

/// Why a request is denied: for logs and metrics. The person learns only that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// A cookie is not there: its name.
    #[error("{0} is missing")]
    MissingCookie(&'static str),
    /// A cookie is there twice.
    #[error("a cookie is there twice")]
    DuplicateCookie,
    /// A cookie or the address is longer than any real one.
    #[error("a cookie or the address is too long")]
    Oversize,
    /// The signature was not made with a hash that the edge verifies.
    #[error("the hash algorithm is not supported")]
    UnsupportedAlgorithm,
    /// A cookie is not in CloudFront's base64: its name.
    #[error("{0} is not encoded as it must be")]
    BadEncoding(&'static str),
    /// The key is not among the trusted ones.
    #[error("{KEY_PAIR_ID} names no trusted key")]
    UnknownKey,
    /// The signature is not the key's over this policy.
    #[error("the signature does not fit the policy")]
    BadSignature,
    /// The policy is genuine but not one that the edge understands.
    #[error("the policy is not understood")]
    BadPolicy,
    /// The policy is for other addresses.
    #[error("the policy is for another resource")]
    ResourceMismatch,
    /// The policy is not valid any more.
    #[error("the policy has expired")]
    Expired,
    /// The policy is not valid yet.
    #[error("the policy is not valid yet")]
    NotYet,
}

/// What the verifier says of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the key's signature over the message.
    Genuine,
    /// It is not.
    Forged,
    /// The key is not among the trusted ones.
    UnknownKey,
}

/// Whether a request for `url` (scheme, host, path and query, as it would appear in a policy) is allowed at
/// `now` by the cookies it carries. `verify` judges a signature (RSA PKCS#1 v1.5 with SHA-256) by key pair
/// id, message and signature. The policy is read only once its signature is known to be genuine.
pub fn decide(
    url: &str,
    now: Timestamp,
    cookies: &SignedCookies<'_>,
    verify: impl FnOnce(&str, &[u8], &[u8]) -> Verdict,
) -> Result<(), Denied> {
    if url.len() > MAX_URL_BYTES {
        return Err(Denied::Oversize);
    }
    if cookies.hash_algorithm != Some("SHA256") {
        return Err(Denied::UnsupportedAlgorithm);
    }
    let message = decode(cookies.policy).ok_or(Denied::BadEncoding(POLICY))?;
    let signature = decode(cookies.signature).ok_or(Denied::BadEncoding(SIGNATURE))?;
    match verify(cookies.key_pair_id, &message, &signature) {
        Verdict::Genuine => {}
        Verdict::Forged => return Err(Denied::BadSignature),
        Verdict::UnknownKey => return Err(Denied::UnknownKey),
    }
    let policy = Policy::from_json(&message).map_err(|_| Denied::BadPolicy)?;
    if !policy.resource().matches(url) {
        return Err(Denied::ResourceMismatch);
    }
    if now >= policy.expires() {
        return Err(Denied::Expired);
    }
    if policy.begins().is_some_and(|begins| now <= begins) {
        return Err(Denied::NotYet);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::encoding::encode;
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "KTEST";
    const URL: &str = "https://h/media/A/1/720p/0.m4s";

    /// Stands in for RSA: a different signature for every message.
    fn sign(message: &[u8]) -> Vec<u8> {
        message.iter().map(|b| b ^ 0x5a).collect()
    }

    fn verify(key: &str, message: &[u8], signature: &[u8]) -> Verdict {
        match key {
            KEY if signature == sign(message) => Verdict::Genuine,
            KEY => Verdict::Forged,
            _ => Verdict::UnknownKey,
        }
    }

    struct Issued {
        policy: String,
        signature: String,
    }

    impl Issued {
        fn new(json: &str) -> Self {
            Self { policy: encode(json.as_bytes()), signature: encode(&sign(json.as_bytes())) }
        }

        fn cookies(&self) -> SignedCookies<'_> {
            SignedCookies {
                policy: &self.policy,
                signature: &self.signature,
                key_pair_id: KEY,
                hash_algorithm: Some("SHA256"),
            }
        }

        fn decide(&self, url: &str, now: i64) -> Result<(), Denied> {
            decide(url, Timestamp::from_seconds(now), &self.cookies(), verify)
        }
    }

    fn policy() -> Policy {
        Policy::new("https://h/media/A/1/*".parse().unwrap(), Timestamp::from_seconds(1000))
    }

    fn issued() -> Issued {
        Issued::new(&policy().to_json())
    }

    #[test]
    fn the_right_cookies_open_the_right_file_until_they_expire() {
        assert_eq!(issued().decide(URL, 999), Ok(()));
        assert_eq!(issued().decide(URL, 1000), Err(Denied::Expired));
    }

    #[test]
    fn a_policy_opens_nothing_before_it_begins() {
        let issued = Issued::new(&policy().beginning(Timestamp::from_seconds(500)).to_json());
        assert_eq!(issued.decide(URL, 500), Err(Denied::NotYet));
        assert_eq!(issued.decide(URL, 501), Ok(()));
    }

    #[test]
    fn neighbours_of_the_resource_stay_closed() {
        let neighbours = [
            "https://h/media/A/2/720p/0.m4s",
            "https://h/media/A/1",
            "https://h/media/A/10/720p/0.m4s",
            "https://h/media/B/1/720p/0.m4s",
            "http://h/media/A/1/720p/0.m4s",
            "https://h:444/media/A/1/720p/0.m4s",
            "https://other/media/A/1/720p/0.m4s",
        ];
        for url in neighbours {
            assert_eq!(issued().decide(url, 1), Err(Denied::ResourceMismatch), "{url}");
        }
    }

    #[test]
    fn each_wrong_cookie_has_its_reason() {
        let issued = issued();
        let right = issued.cookies();
        let other = Issued::new("{}");
        let cases = [
            (SignedCookies { key_pair_id: "KOTHER", ..right }, Denied::UnknownKey),
            (SignedCookies { hash_algorithm: None, ..right }, Denied::UnsupportedAlgorithm),
            (SignedCookies { hash_algorithm: Some("SHA1"), ..right }, Denied::UnsupportedAlgorithm),
            (SignedCookies { policy: "e30=", ..right }, Denied::BadEncoding(POLICY)),
            (SignedCookies { signature: "!", ..right }, Denied::BadEncoding(SIGNATURE)),
            (SignedCookies { policy: &other.policy, ..right }, Denied::BadSignature),
            (SignedCookies { signature: &other.signature, ..right }, Denied::BadSignature),
            (other.cookies(), Denied::BadPolicy),
        ];
        for (cookies, reason) in cases {
            assert_eq!(decide(URL, Timestamp::from_seconds(1), &cookies, verify), Err(reason));
        }
    }

    #[test]
    fn an_endless_address_is_refused() {
        assert_eq!(
            issued().decide(&format!("{URL}?{}", "x".repeat(MAX_URL_BYTES)), 1),
            Err(Denied::Oversize)
        );
    }

    proptest! {
        #[test]
        fn no_character_of_a_cookie_can_be_changed(at: prop::sample::Index, to in "[A-Za-z0-9_~-]", which: bool) {
            let mut issued = issued();
            let cookie = if which { &mut issued.policy } else { &mut issued.signature };
            let at = at.index(cookie.len());
            prop_assume!(cookie[at..=at] != to);
            cookie.replace_range(at..=at, &to);
            prop_assert!(issued.decide(URL, 1).is_err());
        }

        #[test]
        fn arbitrary_cookies_open_nothing(policy in "[ -~]{0,80}", signature in "[ -~]{0,80}") {
            let cookies = Issued { policy, signature };
            prop_assert!(cookies.decide(URL, 1).is_err());
        }
    }
}
