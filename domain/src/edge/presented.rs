//! What a request brings: the parts of a signed URL or of signed cookies, not yet to be believed.

use super::denied::Denied;
use super::ticket::{Claim, Ticket};
use std::borrow::Cow;

/// The most bytes of an address (CloudFront quotas, "Maximum length of a URL").
pub const MAX_URL_BYTES: usize = 8192;
/// The most bytes of one cookie's value: what browsers store (RFC 6265 §6.1).
pub const MAX_COOKIE_BYTES: usize = 4096;

/// A part of a signed URL, or of signed cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A custom policy, encoded.
    Policy,
    /// Until when a canned policy holds, seconds since the epoch.
    Expires,
    /// The signature over the policy's JSON, encoded.
    Signature,
    /// With which key it was signed.
    KeyPairId,
    /// With which hash; where it is missing, SHA-1.
    HashAlgorithm,
}

/// Where the parts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// Query parameters.
    Url,
    /// Cookies.
    Cookies,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 5] =
        [Part::Policy, Part::Expires, Part::Signature, Part::KeyPairId, Part::HashAlgorithm];

    /// Its name as a query parameter.
    pub const fn parameter(self) -> &'static str {
        match self {
            Part::Policy => "Policy",
            Part::Expires => "Expires",
            Part::Signature => "Signature",
            Part::KeyPairId => "Key-Pair-Id",
            Part::HashAlgorithm => "Hash-Algorithm",
        }
    }

    /// Its name as a cookie.
    pub const fn cookie(self) -> &'static str {
        match self {
            Part::Policy => "CloudFront-Policy",
            Part::Expires => "CloudFront-Expires",
            Part::Signature => "CloudFront-Signature",
            Part::KeyPairId => "CloudFront-Key-Pair-Id",
            Part::HashAlgorithm => "CloudFront-Hash-Algorithm",
        }
    }

    /// Its name where it came from.
    pub const fn name(self, carrier: Carrier) -> &'static str {
        match carrier {
            Carrier::Url => self.parameter(),
            Carrier::Cookies => self.cookie(),
        }
    }

    /// The part of that name, which is compared to the letter.
    fn named(name: &str, carrier: Carrier) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name(carrier) == name)
    }
}

/// The parts that came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented<'a> {
    carrier: Carrier,
    resource: Cow<'a, str>,
    parts: [Option<&'a str>; Part::ALL.len()],
    flaw: Option<Denied>,
}

impl<'a> Presented<'a> {
    /// Reads a request's address (scheme, host, path and query) and its `Cookie` headers.
    ///
    /// An address with any of the parameters is a signed URL, and then no cookie is looked at: developer
    /// guide, "Decide to use signed URLs or signed cookies".
    pub fn read(url: &'a str, cookies: impl IntoIterator<Item = &'a str>) -> Self {
        let mut presented =
            Self { carrier: Carrier::Url, resource: Cow::Borrowed(url), parts: [None; _], flaw: None };
        if url.len() > MAX_URL_BYTES {
            presented.flaw = Some(Denied::Oversize);
        }
        presented.take_parameters(url);
        if presented.parts.iter().all(Option::is_none) {
            presented.carrier = Carrier::Cookies;
            presented.take_cookies(cookies);
        }
        presented
    }

    /// Whether the address was signed, or cookies count.
    pub fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// The address without the parameters of a signed URL: what the policy is held against.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// A part as it came.
    pub fn part(&self, part: Part) -> Option<&'a str> {
        self.parts[part as usize]
    }

    /// The parts as a whole, if none is missing, doubled or endless. What is empty is missing. Of a custom
    /// and a canned policy the custom one counts.
    pub fn ticket(&self) -> Result<Ticket<'_>, Denied> {
        if let Some(flaw) = self.flaw {
            return Err(flaw);
        }
        let there = |part| self.part(part).filter(|value| !value.is_empty());
        let needed = |part| there(part).ok_or(Denied::Missing(part, self.carrier));
        let key_pair_id = needed(Part::KeyPairId)?;
        let signature = needed(Part::Signature)?;
        let claim = match (there(Part::Policy), there(Part::Expires)) {
            (Some(policy), _) => Claim::Custom(policy),
            (None, Some(expires)) => Claim::Canned { expires },
            (None, None) => return Err(Denied::Missing(Part::Policy, self.carrier)),
        };
        let hash = match self.part(Part::HashAlgorithm) {
            Some(name) => name.parse().map_err(|_| Denied::UnsupportedHash)?,
            None => Default::default(),
        };
        Ok(Ticket { resource: &self.resource, claim, signature, key_pair_id, hash })
    }

    /// Takes the parameters off, wherever they stand: "you can specify the query parameters in any order"
    /// (developer guide, "Create a signed URL using a custom policy"). The others stay as they are.
    fn take_parameters(&mut self, url: &'a str) {
        let Some((path, query)) = url.split_once('?') else { return };
        let mut others = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match Part::named(name, Carrier::Url) {
                Some(part) => self.take(part, value),
                None => others.push(pair),
            }
        }
        if self.parts.iter().any(Option::is_some) {
            let rest = if others.is_empty() { "" } else { "?" };
            self.resource = Cow::Owned(format!("{path}{rest}{}", others.join("&")));
        }
    }

    /// RFC 6265 §4.2.1.
    fn take_cookies(&mut self, headers: impl IntoIterator<Item = &'a str>) {
        for pair in headers.into_iter().flat_map(|header| header.split(';')) {
            let Some((name, value)) = pair.trim_matches([' ', '\t']).split_once('=') else { continue };
            let Some(part) = Part::named(name, Carrier::Cookies) else { continue };
            if value.len() > MAX_COOKIE_BYTES {
                self.flaw.get_or_insert(Denied::Oversize);
            }
            self.take(part, value);
        }
    }

    /// Of two, one might have been planted, from a sister domain or in a link: neither counts.
    fn take(&mut self, part: Part, value: &'a str) {
        if self.parts[part as usize].replace(value).is_some() {
            self.flaw.get_or_insert(Denied::Repeated(part, self.carrier));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::Hash;
    use super::*;
    use proptest::prelude::*;

    const URL: &str = "https://h/a.mp4";
    const COOKIES: &str = "CloudFront-Policy=p; theme=dark; CloudFront-Signature=s; CloudFront-Key-Pair-Id=K";
    const QUERY: &str = "Policy=p&Signature=s&Key-Pair-Id=K";

    fn from_cookies(header: &str) -> Presented<'_> {
        Presented::read(URL, [header])
    }

    #[test]
    fn cookies_are_found_among_others_and_across_headers() {
        let split = ["CloudFront-Policy=p", "CloudFront-Signature=s;\tCloudFront-Key-Pair-Id=K"];
        for presented in [from_cookies(COOKIES), Presented::read(URL, split)] {
            let expected = Ticket {
                resource: URL,
                claim: Claim::Custom("p"),
                signature: "s",
                key_pair_id: "K",
                hash: Hash::Sha1,
            };
            assert_eq!(presented.carrier(), Carrier::Cookies);
            assert_eq!(presented.ticket(), Ok(expected));
        }
    }

    #[test]
    fn a_signed_url_counts_and_cookies_beside_it_do_not() {
        let url = format!("{URL}?{QUERY}&Hash-Algorithm=SHA256");
        let presented = Presented::read(&url, [COOKIES]);
        let ticket = presented.ticket().unwrap();
        assert_eq!((presented.carrier(), ticket.resource, ticket.hash), (Carrier::Url, URL, Hash::Sha256));
        for part in Part::ALL {
            let url = format!("{URL}?{}=", part.parameter());
            let presented = Presented::read(&url, [COOKIES]);
            assert_eq!(presented.ticket(), Err(Denied::Missing(Part::KeyPairId, Carrier::Url)), "{part:?}");
        }
    }

    #[test]
    fn parameters_of_ones_own_stay_in_their_order() {
        for (query, rest) in [
            ("a=1&Policy=p&b&Signature=s&Key-Pair-Id=K&c=3", "?a=1&b&c=3"),
            ("Policy=p&policy=q&Signature=s&Key-Pair-Id=K&%50olicy=r", "?policy=q&%50olicy=r"),
            ("Key-Pair-Id=K&Policy=p&Signature=s", ""),
            ("Key-Pair-Id=K&Policy=p&Signature=s&", "?"),
        ] {
            let url = format!("{URL}?{query}");
            assert_eq!(Presented::read(&url, []).resource(), format!("{URL}{rest}"), "{query}");
        }
        assert_eq!(Presented::read("https://h/a?x=1", []).resource(), "https://h/a?x=1");
    }

    #[test]
    fn each_that_is_missing_or_empty_is_named() {
        for part in [Part::Policy, Part::Signature, Part::KeyPairId] {
            let missing = Err(Denied::Missing(part, Carrier::Cookies));
            let empty =
                COOKIES.replace(&format!("{}=", part.cookie()), &format!("{}=; Other=", part.cookie()));
            assert_eq!(from_cookies(&COOKIES.replace(part.cookie(), "Other")).ticket(), missing);
            assert_eq!(from_cookies(&empty).ticket(), missing);
        }
        assert_eq!(from_cookies("").ticket(), Err(Denied::Missing(Part::KeyPairId, Carrier::Cookies)));
    }

    #[test]
    fn names_are_compared_to_the_letter() {
        let lower = COOKIES.to_ascii_lowercase();
        assert_eq!(from_cookies(&lower).ticket(), Err(Denied::Missing(Part::KeyPairId, Carrier::Cookies)));
    }

    #[test]
    fn a_second_one_is_refused_even_if_it_is_the_same() {
        for part in Part::ALL {
            let cookies = format!("{COOKIES}; {0}=SHA256; {0}=SHA256", part.cookie());
            assert_eq!(from_cookies(&cookies).ticket(), Err(Denied::Repeated(part, Carrier::Cookies)));
            let url = format!("{URL}?{QUERY}&{0}=SHA256&{0}=SHA256", part.parameter());
            let presented = Presented::read(&url, []);
            assert_eq!(presented.ticket(), Err(Denied::Repeated(part, Carrier::Url)));
        }
    }

    #[test]
    fn of_a_custom_and_a_canned_policy_the_custom_one_counts() {
        let both = format!("{COOKIES}; CloudFront-Expires=9");
        assert_eq!(from_cookies(&both).ticket().unwrap().claim, Claim::Custom("p"));
        let canned = both.replace("CloudFront-Policy", "Other");
        assert_eq!(from_cookies(&canned).ticket().unwrap().claim, Claim::Canned { expires: "9" });
    }

    #[test]
    fn an_unknown_hash_is_refused() {
        for name in ["sha256", "SHA512", "SHA-256", ""] {
            let cookies = format!("{COOKIES}; CloudFront-Hash-Algorithm={name}");
            assert_eq!(from_cookies(&cookies).ticket(), Err(Denied::UnsupportedHash), "{name}");
        }
    }

    #[test]
    fn what_no_browser_stores_and_no_address_holds_is_refused() {
        let long = COOKIES.replace("Policy=p", &format!("Policy={}", "A".repeat(MAX_COOKIE_BYTES + 1)));
        assert_eq!(from_cookies(&long).ticket(), Err(Denied::Oversize));
        let url = format!("{URL}?{QUERY}&x={}", "x".repeat(MAX_URL_BYTES));
        assert_eq!(Presented::read(&url, []).ticket(), Err(Denied::Oversize));
    }

    proptest! {
        #[test]
        fn own_parameters_come_through_and_signed_ones_never(
            pairs in prop::collection::vec(("(Policy|Expires|Signature|Key-Pair-Id|Hash-Algorithm|a|bc|)", "[ -%'-~]{0,5}"), 0..8),
        ) {
            let query = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            let url = format!("{URL}?{}", query.join("&"));
            let presented = Presented::read(&url, []);
            let own = pairs.iter().zip(&query).filter(|((name, _), _)| Part::named(name, Carrier::Url).is_none());
            let own = own.map(|(_, pair)| pair.as_str()).collect::<Vec<_>>();
            if own.len() == pairs.len() {
                prop_assert_eq!(presented.resource(), url.as_str());
            } else {
                let rest = if own.is_empty() { String::new() } else { format!("?{}", own.join("&")) };
                prop_assert_eq!(presented.resource(), format!("{URL}{rest}"));
            }
        }

        #[test]
        fn arbitrary_requests_never_panic(url: String, cookies: Vec<String>) {
            let presented = Presented::read(&url, cookies.iter().map(String::as_str));
            let _ = presented.ticket();
        }
    }
}
