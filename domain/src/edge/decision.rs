//! The decision: may this request have this file?

use super::denied::Denied;
use super::policy::Policy;
use super::presented::Presented;
use super::ticket::Ticket;
use crate::time::Timestamp;
use std::borrow::Borrow;
use std::net::IpAddr;

/// All that counts of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What it brings.
    pub presented: &'a Presented<'a>,
    /// From which address it comes.
    pub client: IpAddr,
    /// When it begins. "CloudFront checks the expiration date and time at the time of the HTTP request": a
    /// transfer that has begun goes on (developer guide, "Use signed cookies").
    pub now: Timestamp,
}

/// Whether the request is allowed, and by which policy. `open` makes a policy of a ticket: by
/// [`Ticket::policy`] with the key that it names, or from memory.
pub fn decide<P: Borrow<Policy>>(
    request: &Request<'_>,
    open: impl FnOnce(&Ticket<'_>) -> Result<P, Denied>,
) -> Result<P, Denied> {
    let ticket = request.presented.ticket()?;
    let policy = open(&ticket)?;
    policy.borrow().allows(ticket.resource, request.client, request.now)?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::super::{Carrier, Hash, Part, Refusal, Statement, VerifyingKey};
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "KTEST";
    const URL: &str = "https://h/media/A/1/720p/0.m4s";

    /// Stands in for RSA: a different signature for every message and hash.
    struct TestKey;

    fn sign(message: &[u8], hash: Hash) -> Vec<u8> {
        message.iter().map(|b| b ^ 0x5a).chain(hash.as_str().bytes()).collect()
    }

    impl VerifyingKey for TestKey {
        fn has_signed(&self, message: &[u8], hash: Hash, signature: &[u8]) -> bool {
            signature == sign(message, hash)
        }
    }

    fn decide_at(url: &str, cookies: &str, now: i64) -> Result<Policy, Denied> {
        let presented = Presented::read(url, [cookies]);
        let client = IpAddr::from([192, 0, 2, 1]);
        let request = Request { presented: &presented, client, now: Timestamp::from_seconds(now) };
        decide(&request, |ticket| match ticket.key_pair_id {
            KEY => ticket.policy(&TestKey),
            _ => Err(Denied::UnknownKey),
        })
    }

    fn policy() -> Policy {
        Policy::new("https://h/media/A/1/*".parse().unwrap(), Timestamp::from_seconds(1000))
    }

    fn issued(statement: &Statement, hash: Hash) -> super::super::Issued {
        statement.signed(&sign(statement.json().as_bytes(), hash), KEY, hash)
    }

    fn cookies(statement: &Statement) -> String {
        let cookies = issued(statement, Hash::Sha256).cookies();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn custom() -> String {
        cookies(&Statement::from(&policy()))
    }

    fn canned() -> Statement {
        Statement::Canned { url: URL.into(), expires: Timestamp::from_seconds(1000) }
    }

    #[test]
    fn the_right_cookies_open_the_right_file_until_they_expire() {
        assert_eq!(decide_at(URL, &custom(), 999), Ok(policy()));
        assert_eq!(decide_at(URL, &custom(), 1000), Err(Denied::Expired));
    }

    #[test]
    fn a_canned_policy_opens_one_address_to_the_letter() {
        let cookies = cookies(&canned());
        assert!(decide_at(URL, &cookies, 999).is_ok());
        assert_eq!(decide_at(URL, &cookies, 1000).map(drop), Err(Denied::Expired));
        for other in ["https://h/media/A/1/720p/1.m4s", "https://h/media/A/1/720p/0.m4s?x=1", "https://h/"] {
            assert_eq!(decide_at(other, &cookies, 1).map(drop), Err(Denied::BadSignature), "{other}");
        }
        let longer = cookies.replace("Expires=1000", "Expires=1001");
        assert_eq!(decide_at(URL, &longer, 1).map(drop), Err(Denied::BadSignature));
    }

    #[test]
    fn an_expiry_is_a_number_of_seconds_that_fits_32_bits() {
        for expires in ["01000", "+1000", "-1", "1e3", "1000.0", "x", " 1000", "2147483648"] {
            let cookies = cookies(&canned()).replace("Expires=1000", &format!("Expires={expires}"));
            assert!(decide_at(URL, &cookies, 1).is_err(), "{expires}");
        }
    }

    #[test]
    fn a_signed_url_opens_what_cookies_open() {
        for statement in [Statement::from(&policy()), canned()] {
            for hash in [Hash::Sha1, Hash::Sha256] {
                let url = issued(&statement, hash).url(URL);
                assert!(decide_at(&url, "", 999).is_ok(), "{url}");
                assert_eq!(decide_at(&url, "", 1000).map(drop), Err(Denied::Expired));
            }
        }
    }

    #[test]
    fn a_wrong_signed_url_is_not_saved_by_right_cookies() {
        let url = issued(&canned(), Hash::Sha256).url("https://h/media/A/1/720p/1.m4s");
        assert_eq!(decide_at(&url, &custom(), 1).map(drop), Err(Denied::BadSignature));
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
            assert_eq!(decide_at(url, &custom(), 1), Err(Denied::ResourceMismatch), "{url}");
        }
    }

    #[test]
    fn each_wrong_part_has_its_reason_and_cloudfronts_words() {
        let other = cookies(&Statement::Custom("{}".into()));
        let value = |cookies: &str, part: Part| {
            let (_, rest) = cookies.split_once(&format!("{}=", part.cookie())).unwrap();
            rest.split(';').next().unwrap().to_owned()
        };
        let with = |part: Part, new: &str| custom().replace(&value(&custom(), part), new);
        let missing = |part: Part| custom().replace(part.cookie(), "Other");
        let of = Carrier::Cookies;
        let cases = [
            (String::new(), Denied::Missing(Part::KeyPairId, of), Refusal::MISSING_KEY),
            (missing(Part::KeyPairId), Denied::Missing(Part::KeyPairId, of), Refusal::MISSING_KEY),
            (missing(Part::Signature), Denied::Missing(Part::Signature, of), Refusal::MALFORMED_SIGNATURE),
            (missing(Part::Policy), Denied::Missing(Part::Policy, of), Refusal::MALFORMED_POLICY),
            (missing(Part::HashAlgorithm), Denied::BadSignature, Refusal::ACCESS_DENIED),
            (with(Part::KeyPairId, "KOTHER"), Denied::UnknownKey, Refusal::INVALID_KEY),
            (with(Part::HashAlgorithm, "SHA1"), Denied::BadSignature, Refusal::ACCESS_DENIED),
            (with(Part::HashAlgorithm, "MD5"), Denied::UnsupportedHash, Refusal::ACCESS_DENIED),
            (with(Part::Policy, "e30="), Denied::BadEncoding(Part::Policy), Refusal::MALFORMED_POLICY),
            (with(Part::Policy, "e30_"), Denied::BadSignature, Refusal::ACCESS_DENIED),
            (with(Part::Signature, "!"), Denied::BadEncoding(Part::Signature), Refusal::MALFORMED_SIGNATURE),
            (
                with(Part::Signature, &value(&other, Part::Signature)),
                Denied::BadSignature,
                Refusal::ACCESS_DENIED,
            ),
            (other.clone(), Denied::BadPolicy, Refusal::MALFORMED_POLICY),
        ];
        for (cookies, reason, refusal) in cases {
            assert_eq!(decide_at(URL, &cookies, 1), Err(reason), "{cookies}");
            assert_eq!(reason.refusal(), refusal, "{cookies}");
        }
    }

    proptest! {
        #[test]
        fn no_character_of_policy_or_signature_can_be_changed(at: prop::sample::Index, to in "[A-Za-z0-9_~-]", which: bool) {
            let part = if which { Part::Policy } else { Part::Signature };
            let mut cookies = custom();
            let start = cookies.find(part.cookie()).unwrap() + part.cookie().len() + 1;
            let length = cookies[start..].find(';').unwrap_or(cookies.len() - start);
            let at = start + at.index(length);
            prop_assume!(cookies[at..=at] != to);
            cookies.replace_range(at..=at, &to);
            prop_assert!(decide_at(URL, &cookies, 1).is_err());
        }

        #[test]
        fn arbitrary_parts_open_nothing(policy in "[ -~]{0,80}", signature in "[ -~]{0,80}") {
            let cookies = format!("CloudFront-Policy={policy}; CloudFront-Signature={signature}; CloudFront-Key-Pair-Id={KEY}");
            prop_assert!(decide_at(URL, &cookies, 1).is_err());
        }
    }
}
