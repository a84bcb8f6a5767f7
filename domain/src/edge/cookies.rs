//! The cookies that carry a signed policy.

use super::decision::Denied;

/// Name of the cookie with the policy, encoded.
pub const POLICY: &str = "CloudFront-Policy";
/// Name of the cookie with the signature over the policy's JSON, encoded.
pub const SIGNATURE: &str = "CloudFront-Signature";
/// Name of the cookie that says with which key it was signed.
pub const KEY_PAIR_ID: &str = "CloudFront-Key-Pair-Id";
/// Name of the cookie that says with which hash it was signed; without it CloudFront takes SHA-1.
pub const HASH_ALGORITHM: &str = "CloudFront-Hash-Algorithm";

/// The most bytes of one cookie's value: what browsers store (RFC 6265 §6.1).
pub const MAX_COOKIE_BYTES: usize = 4096;

/// The cookies of a request that concern the edge, as presented: nothing of it is to be believed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedCookies<'a> {
    /// The policy, encoded.
    pub policy: &'a str,
    /// The signature, encoded.
    pub signature: &'a str,
    /// Which key it claims.
    pub key_pair_id: &'a str,
    /// Which hash it claims; `None` means SHA-1.
    pub hash_algorithm: Option<&'a str>,
}

impl<'a> SignedCookies<'a> {
    /// Picks them out of a request's `Cookie` headers (RFC 6265 §4.2.1). Each must be there once: of two, one
    /// might have been planted from a sister domain.
    pub fn read(headers: impl IntoIterator<Item = &'a str>) -> Result<Self, Denied> {
        let (mut policy, mut signature, mut key_pair_id, mut hash_algorithm) = (None, None, None, None);
        for pair in headers.into_iter().flat_map(|header| header.split(';')) {
            let Some((name, value)) = pair.trim_matches([' ', '\t']).split_once('=') else { continue };
            let place = match name {
                POLICY => &mut policy,
                SIGNATURE => &mut signature,
                KEY_PAIR_ID => &mut key_pair_id,
                HASH_ALGORITHM => &mut hash_algorithm,
                _ => continue,
            };
            if value.len() > MAX_COOKIE_BYTES {
                return Err(Denied::Oversize);
            }
            if place.replace(value).is_some() {
                return Err(Denied::DuplicateCookie);
            }
        }
        Ok(Self {
            policy: policy.ok_or(Denied::MissingCookie(POLICY))?,
            signature: signature.ok_or(Denied::MissingCookie(SIGNATURE))?,
            key_pair_id: key_pair_id.ok_or(Denied::MissingCookie(KEY_PAIR_ID))?,
            hash_algorithm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "CloudFront-Policy=p; theme=dark; CloudFront-Signature=s; CloudFront-Key-Pair-Id=K";

    #[test]
    fn they_are_found_among_others_and_across_headers() {
        let expected = SignedCookies { policy: "p", signature: "s", key_pair_id: "K", hash_algorithm: None };
        assert_eq!(SignedCookies::read([ALL]), Ok(expected));
        let split = ["CloudFront-Policy=p", "CloudFront-Signature=s; CloudFront-Key-Pair-Id=K"];
        assert_eq!(SignedCookies::read(split), Ok(expected));
    }

    #[test]
    fn each_that_is_missing_is_named() {
        for name in [POLICY, SIGNATURE, KEY_PAIR_ID] {
            let without = ALL.replace(name, "Other");
            assert_eq!(SignedCookies::read([without.as_str()]), Err(Denied::MissingCookie(name)));
        }
        assert_eq!(SignedCookies::read([""; 0]), Err(Denied::MissingCookie(POLICY)));
    }

    #[test]
    fn a_second_one_is_refused_even_if_it_is_the_same() {
        for name in [POLICY, SIGNATURE, KEY_PAIR_ID, HASH_ALGORITHM] {
            let twice = format!("{ALL}; {HASH_ALGORITHM}=SHA256; {name}=x");
            assert_eq!(SignedCookies::read([twice.as_str()]), Err(Denied::DuplicateCookie), "{name}");
        }
    }

    #[test]
    fn a_value_that_no_browser_stores_is_refused() {
        let long = format!("{POLICY}={}", "A".repeat(MAX_COOKIE_BYTES + 1));
        assert_eq!(SignedCookies::read([long.as_str()]), Err(Denied::Oversize));
    }
}
