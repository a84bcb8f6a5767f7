//! Why a request was refused, for the developer who has to find out.
//!
//! An explanation decides nothing: [`decide`](super::decide) has done that. It is made of what the request
//! brought, forged or not, so all of its texts are to be shown as text. It never holds a whole signature.

mod cause;
mod parting;

use super::decision::Request;
use super::denied::Denied;
use super::encoding::decode;
use super::issue::Statement;
use super::policy::Policy;
use super::presented::{Carrier, Part, Presented};
use crate::time::Timestamp;
pub use parting::Parting;
use serde::Serialize;

/// The most characters of an untrusted text that are shown.
const MAX_SHOWN: usize = 4096;

/// What a request tells besides what was signed. None of it counts for the decision; it helps to guess.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// How many cookies came that are not the edge's.
    pub other_cookies: usize,
    /// The host that the client asked for (`Host`).
    pub host: Option<&'a str>,
    /// Where the browser was when it asked (`Sec-Fetch-Site`).
    pub fetch_site: Option<&'a str>,
    /// Whether a proxy has passed the request on (`X-Forwarded-For`, `Forwarded`, `Via`).
    pub proxied: bool,
}

/// How many cookies of a request's `Cookie` headers are none of the edge's: for [`Hints::other_cookies`].
pub fn other_cookies<'a>(headers: impl IntoIterator<Item = &'a str>) -> usize {
    let names =
        headers.into_iter().flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    names.filter(|(name, _)| Part::ALL.iter().all(|part| part.cookie() != name.trim())).count()
}

/// What happened to a request, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Whether the file is open to it.
    pub opens: bool,
    /// The rule that failed, in a word.
    pub rule: Option<&'static str>,
    /// The same in a sentence.
    pub reason: Option<String>,
    /// What CloudFront's answer says.
    pub code: Option<&'static str>,
    /// What is likely behind it, the likeliest first.
    pub causes: Vec<String>,
    /// The address that was asked for, without the parameters of a signed URL.
    pub address: String,
    /// `cookies`, or `signed URL`: where the parts were looked for.
    pub carrier: &'static str,
    /// Each part of a signature, whether it came, and its beginning.
    pub parts: Vec<PartSeen>,
    /// The text of the policy that came, as far as it can be read.
    pub policy: Option<String>,
    /// The address against the policy's resource, where they differ.
    pub parting: Option<Parting>,
    /// When the request came.
    pub now: Moment,
    /// `DateLessThan`: allowed before.
    pub expires: Option<Moment>,
    /// `DateGreaterThan`: allowed after.
    pub begins: Option<Moment>,
    /// The address that the request came from.
    pub client: String,
    /// `IpAddress`: the clients that the policy is for.
    pub source: Option<String>,
}

/// One part of a signature, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartSeen {
    /// The name of the cookie or of the parameter.
    pub name: &'static str,
    /// Its value, of long ones the beginning and the length; `None` where it did not come.
    pub value: Option<String>,
}

/// A moment, and how far it is from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Seconds since the epoch.
    pub epoch_seconds: i64,
    /// Seconds from the request to it; negative where it had passed.
    pub in_seconds: i64,
}

/// Explains what [`decide`](super::decide) has said of a request.
pub fn explain(request: &Request<'_>, denied: Option<Denied>, hints: &Hints<'_>) -> Explanation {
    let presented = request.presented;
    let seen = Seen::of(presented);
    let policy = seen.policy.as_ref().and_then(|parsed| parsed.as_ref().ok());
    let moment = |at: Timestamp| Moment {
        epoch_seconds: at.seconds(),
        in_seconds: at.seconds().saturating_sub(request.now.seconds()),
    };
    let parting = policy
        .filter(|policy| !policy.resource().matches(presented.resource()))
        .map(|policy| Parting::of(&shown(policy.resource().as_str()), &shown(presented.resource())));
    Explanation {
        opens: denied.is_none(),
        rule: denied.map(Denied::label),
        reason: denied.map(|denied| denied.to_string()),
        code: denied.map(|denied| denied.refusal().code),
        causes: denied.map_or_else(Vec::new, |denied| cause::likely(denied, request, &seen, hints)),
        address: shown(presented.resource()),
        carrier: match presented.carrier() {
            Carrier::Cookies => "cookies",
            Carrier::Url => "signed URL",
        },
        parts: Part::ALL.into_iter().map(|part| PartSeen::of(presented, part)).collect(),
        parting,
        now: moment(request.now),
        expires: policy.map(|policy| moment(policy.expires())),
        begins: policy.and_then(Policy::begins).map(moment),
        client: request.client.to_canonical().to_string(),
        source: policy.and_then(Policy::source).map(|range| range.to_string()),
        policy: seen.text.as_deref().map(shown),
    }
}

/// The policy that came, genuine or not.
struct Seen {
    text: Option<String>,
    policy: Option<Result<Policy, String>>,
}

impl Seen {
    fn of(presented: &Presented<'_>) -> Self {
        let there = |part| presented.part(part).filter(|value| !value.is_empty());
        if let Some(encoded) = there(Part::Policy) {
            let Some(bytes) = decode(encoded) else { return Self { text: None, policy: None } };
            let policy = Policy::from_json(&bytes).map_err(|error| error.to_string());
            return Self { text: Some(String::from_utf8_lossy(&bytes).into_owned()), policy: Some(policy) };
        }
        let expires = there(Part::Expires).and_then(|seconds| seconds.parse().ok());
        let statement = expires.map(|seconds| Statement::Canned {
            url: presented.resource().to_owned(),
            expires: Timestamp::from_seconds(seconds),
        });
        let text = statement.map(|statement| statement.json());
        let policy =
            text.as_ref().map(|text| Policy::from_json(text.as_bytes()).map_err(|error| error.to_string()));
        Self { text, policy }
    }
}

impl PartSeen {
    /// Policies are shown decoded, elsewhere; of a signature a few characters are enough to recognise it.
    fn of(presented: &Presented<'_>, part: Part) -> Self {
        let value = presented.part(part).map(|value| match part {
            Part::Policy | Part::Signature => begin(value, 8),
            Part::Expires | Part::KeyPairId | Part::HashAlgorithm => begin(value, 64),
        });
        Self { name: part.name(presented.carrier()), value }
    }
}

/// The beginning of a text and, where that is not all, how long the whole is.
fn begin(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
    }
}

fn shown(text: &str) -> String {
    begin(text, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::super::{Hash, encode};
    use super::*;
    use proptest::prelude::*;
    use std::net::IpAddr;

    const URL: &str = "https://stoa.example/media/A/2/0.m4s";
    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn explained(url: &str, cookies: &str, denied: Denied, hints: &Hints<'_>) -> Explanation {
        let presented = Presented::read(url, [cookies]);
        let request = Request { presented: &presented, client: IpAddr::from([192, 0, 2, 1]), now: NOW };
        explain(&request, Some(denied), hints)
    }

    /// The cookies of a policy for version 1 that ends so many seconds from now.
    fn cookies(resource: &str, seconds: i64) -> String {
        let end = Timestamp::from_seconds(NOW.seconds() + seconds);
        let statement = Statement::from(&Policy::new(resource.parse().unwrap(), end));
        let issued = statement.signed(&[0x5a; 256], "KTEST", Hash::Sha256).cookies();
        issued.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn another_version_is_shown_where_it_differs() {
        let cookies = cookies("https://stoa.example/media/A/1/*", 60);
        let told = explained(URL, &cookies, Denied::ResourceMismatch, &Hints::default());
        let parting = told.parting.unwrap();
        assert_eq!((parting.address.as_str(), parting.pattern.as_str()), ("2/0.m4s", "1/*"));
        assert_eq!((told.rule, told.code), (Some("resource-mismatch"), Some("AccessDenied")));
        assert!(told.policy.unwrap().contains(r#""Resource":"https://stoa.example/media/A/1/*""#));
        assert!(told.causes[0].contains("another version"), "{:?}", told.causes);
    }

    #[test]
    fn an_expired_policy_is_shown_with_the_difference_of_the_clocks() {
        let told = |seconds| explained(URL, &cookies("*", seconds), Denied::Expired, &Hints::default());
        let end = Moment { epoch_seconds: NOW.seconds() - 7, in_seconds: -7 };
        assert_eq!(told(-7).expires, Some(end));
        assert!(told(-7).causes[0].contains("clocks"));
        assert!(told(-9999).causes[0].contains("earlier visit"));
    }

    #[test]
    fn a_missing_cookie_is_explained_by_what_else_came() {
        let missing = Denied::Missing(Part::KeyPairId, Carrier::Cookies);
        let told = |hints: Hints<'_>| explained(URL, "", missing, &hints);
        let nothing = told(Hints::default());
        assert!(nothing.parts.iter().all(|part| part.value.is_none()));
        assert!(nothing.causes[0].contains("No cookie came at all"));
        assert!(told(Hints { other_cookies: 2, ..Hints::default() }).causes[0].contains("Path or Domain"));
        let elsewhere = told(Hints { host: Some("127.0.0.1:3000"), ..Hints::default() });
        assert!(elsewhere.causes[0].contains("asked 127.0.0.1:3000, but the site is known as stoa.example"));
        let across = told(Hints { fetch_site: Some("cross-site"), ..Hints::default() });
        assert!(across.causes[0].contains("SameSite"));
        assert!(told(Hints { proxied: true, ..Hints::default() }).causes.last().unwrap().contains("proxy"));
    }

    #[test]
    fn the_edges_own_cookies_are_not_counted_as_others() {
        assert_eq!(other_cookies(["a=1; CloudFront-Policy=p", " b=2;CloudFront-Signature=s; c"]), 2);
        assert_eq!(other_cookies([""]), 0);
    }

    #[test]
    fn the_other_scheme_or_host_is_named() {
        let told = |resource: &str, proxied| {
            let hints = Hints { proxied, ..Hints::default() };
            explained(URL, &cookies(resource, 60), Denied::ResourceMismatch, &hints).causes.join(" ")
        };
        assert!(told("http://stoa.example/*", true).contains("speaks TLS"));
        assert!(told("https://other.example/*", false).contains("host other.example"));
    }

    #[test]
    fn a_signature_is_never_shown_whole() {
        let cookies = cookies("*", 60);
        let signature = cookies.split("Signature=").nth(1).unwrap().split(';').next().unwrap();
        let json = serde_json::to_string(&explained(URL, &cookies, Denied::BadSignature, &Hints::default()));
        let json = json.unwrap();
        assert!(json.contains("KTEST") && json.contains(&signature[..8]));
        assert!(!json.contains(&signature[..9]));
    }

    #[test]
    fn a_canned_policy_is_shown_as_the_edge_puts_it_together() {
        let url = format!("{URL}?Expires=1799999999&Signature=s&Key-Pair-Id=K");
        let told = explained(&url, "", Denied::BadSignature, &Hints::default());
        assert_eq!((told.carrier, told.address.as_str()), ("signed URL", URL));
        assert!(told.policy.unwrap().contains(r#""AWS:EpochTime":1799999999"#));
        assert!(told.causes[0].contains("SHA-1 was assumed"));
    }

    proptest! {
        #[test]
        fn whatever_a_request_brings_can_be_explained(
            url: String, cookie in "(CloudFront-(Policy|Expires|Signature)=[ -~]{0,40}; ?){0,4}", policy: Vec<u8>,
        ) {
            let cookie = format!("{cookie}; CloudFront-Policy={}", encode(&policy));
            for denied in [Denied::ResourceMismatch, Denied::BadPolicy, Denied::BadSignature, Denied::Expired] {
                explained(&url, &cookie, denied, &Hints { proxied: true, ..Hints::default() });
            }
        }
    }
}
