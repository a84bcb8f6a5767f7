//! What is signed, and the cookies or the address that come of it.

use super::encoding::encode;
use super::hash::Hash;
use super::policy::Policy;
use super::presented::Part;
use crate::time::Timestamp;

/// What is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// One address, until a moment. The policy does not travel: the edge constructs it.
    Canned {
        /// The whole address: scheme, host, path and query.
        url: String,
        /// Whole seconds count.
        expires: Timestamp,
    },
    /// A policy's JSON, to the letter.
    Custom(String),
}

impl Statement {
    /// The text that is signed.
    pub fn json(&self) -> String {
        match self {
            Statement::Canned { url, expires } => Policy::canned(url, *expires).to_json(),
            Statement::Custom(json) => json.clone(),
        }
    }

    /// What came of signing [`Statement::json`].
    pub fn signed(&self, signature: &[u8], key_pair_id: &str, hash: Hash) -> Issued {
        let policy = match self {
            Statement::Canned { expires, .. } => (Part::Expires, expires.seconds().to_string()),
            Statement::Custom(json) => (Part::Policy, encode(json.as_bytes())),
        };
        let mut parts =
            vec![policy, (Part::KeyPairId, key_pair_id.to_owned()), (Part::Signature, encode(signature))];
        // SHA-1 needs no word: it is what holds where nothing is said, and older verifiers know no other.
        if hash != Hash::default() {
            parts.push((Part::HashAlgorithm, hash.as_str().to_owned()));
        }
        Issued { parts }
    }
}

impl From<&Policy> for Statement {
    fn from(policy: &Policy) -> Self {
        Statement::Custom(policy.to_json())
    }
}

/// The parts that open what was signed: the same ones for cookies and for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    parts: Vec<(Part, String)>,
}

impl Issued {
    /// As cookies: names and values.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.parts.iter().map(|(part, value)| (part.cookie().to_owned(), value.clone())).collect()
    }

    /// As query parameters of an address, in the order of AWS's own library. The address is taken as it is:
    /// scheme, host, path and query, encoded as it will be asked for.
    pub fn url(&self, url: &str) -> String {
        let mut signed = url.to_owned();
        let mut separator = if url.contains('?') { '&' } else { '?' };
        for (part, value) in &self.parts {
            signed.push(std::mem::replace(&mut separator, '&'));
            signed.push_str(part.parameter());
            signed.push('=');
            signed.push_str(value);
        }
        signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANNED: &str = "https://d111111abcdef8.cloudfront.net/horizon.jpg?size=large&license=yes";

    fn canned() -> Statement {
        Statement::Canned { url: CANNED.into(), expires: Timestamp::from_millis(1_426_500_000_999) }
    }

    #[test]
    fn a_canned_policy_is_the_developer_guides_to_the_letter() {
        let expected = format!(
            r#"{{"Statement":[{{"Resource":"{CANNED}","Condition":{{"DateLessThan":{{"AWS:EpochTime":1426500000}}}}}}]}}"#
        );
        assert_eq!(canned().json(), expected);
    }

    #[test]
    fn an_address_carries_the_parts_after_its_own_parameters() {
        let url = canned().signed(&[0xfb, 0xff], "K", Hash::Sha256).url(CANNED);
        assert_eq!(
            url,
            format!("{CANNED}&Expires=1426500000&Key-Pair-Id=K&Signature=-~8_&Hash-Algorithm=SHA256")
        );
        let url = Statement::Custom("{}".into()).signed(&[], "K", Hash::Sha1).url("https://h/a");
        assert_eq!(url, "https://h/a?Policy=e30_&Key-Pair-Id=K&Signature=");
    }

    #[test]
    fn cookies_have_the_names_that_the_edge_looks_for() {
        let cookies = canned().signed(&[0xff], "K", Hash::Sha1).cookies();
        let expected = [
            ("CloudFront-Expires", "1426500000"),
            ("CloudFront-Key-Pair-Id", "K"),
            ("CloudFront-Signature", "~w__"),
        ];
        assert_eq!(cookies, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
