//! What is likely behind a refusal: a few sentences for each rule, by what else the request tells.

use super::{Hints, Seen, begin};
use crate::edge::{Carrier, Denied, Part, Request};

/// Renewal is late by no more than this when a clock is wrong, or a computer has slept for a moment.
const A_MOMENT_SECONDS: i64 = 600;

pub(super) fn likely(denied: Denied, request: &Request<'_>, seen: &Seen, hints: &Hints<'_>) -> Vec<String> {
    match denied {
        Denied::Unpublished => vec![
            "Only the playlists, segments and pictures of a video, and files to keep, have an address. Each has one spelling: no part of the path is percent-encoded, empty or of dots.".into(),
        ],
        Denied::Missing(_, Carrier::Cookies) => missing_cookies(request, hints),
        Denied::Missing(part, Carrier::Url) => vec![format!(
            "The address has some parameters of a signed URL, but no {}. As soon as it has one of them, cookies do not count.",
            part.parameter()
        )],
        Denied::Repeated(..) => vec![
            "The browser holds two cookies of this name, with another Path or Domain each, and sends both: delete them all once.".into(),
            "A signed URL was signed twice.".into(),
        ],
        Denied::Oversize => vec!["No signer makes parts of this length: the address or a cookie was put together wrongly.".into()],
        Denied::UnknownKey => vec![
            "The key was taken out of the key group while cookies of it were still in use, or it is another server’s.".into(),
            "The cookies are left over from another server on the same host name: cookies do not look at the port.".into(),
        ],
        Denied::UnsupportedHash => vec!["SHA1 and SHA256 are the only names, in capitals and without a hyphen.".into()],
        Denied::BadEncoding(_) => vec![
            "It is plain base64: CloudFront wants - for +, _ for = and ~ for /, and keeps the padding.".into(),
            "Something on the way has encoded, shortened or quoted it.".into(),
        ],
        Denied::BadExpires => vec!["Whole seconds since 1970 are expected, in digits alone: not milliseconds, not a date.".into()],
        Denied::BadSignature => bad_signature(request),
        Denied::BadPolicy => match &seen.policy {
            Some(Err(flaw)) => vec![format!("The signature is genuine, but the signer wrote something else than a policy: {flaw}.")],
            _ => vec!["The signature is genuine, but the signer wrote something else than a policy.".into()],
        },
        Denied::ResourceMismatch => other_resource(request, seen, hints),
        Denied::Expired => vec![expired(request, seen)],
        Denied::NotYet => vec![
            "The clock of the edge is behind the clock of the signer: compare both with the right time.".into(),
            "DateGreaterThan is a moment in the future: a signer that wants “from now on” leaves it out.".into(),
        ],
        Denied::AddressMismatch => {
            let proxy = "A proxy stands in front: the edge sees its address, and believes no X-Forwarded-For.";
            let moved = "The client has changed its network since the policy was signed, or the signer saw it by another address (IPv6 counts as none).";
            let (first, second) = if hints.proxied { (proxy, moved) } else { (moved, proxy) };
            vec![first.into(), second.into()]
        }
    }
}

fn missing_cookies(request: &Request<'_>, hints: &Hints<'_>) -> Vec<String> {
    let mut causes = Vec::new();
    let came = Part::ALL.into_iter().filter(|&part| request.presented.part(part).is_some()).count();
    if came > 0 {
        causes.push("Some of the cookies came, so the browser has forgotten or refused the others: they must all have the same Domain and Path.".into());
    }
    if matches!(hints.fetch_site, Some("cross-site" | "same-site")) {
        causes.push(format!(
            "The page is on another host (Sec-Fetch-Site: {}): the player must ask with credentials, and cookies with SameSite=Lax or Strict do not cross to another site.",
            hints.fetch_site.unwrap_or_default()
        ));
    }
    if let (Some(asked), Some(own)) = (hints.host, authority(request.presented.resource()))
        && !asked.eq_ignore_ascii_case(own)
    {
        causes.push(format!(
            "The browser asked {}, but the site is known as {own} (public_url): cookies that were set for one host are not sent to another, and localhost is not 127.0.0.1.",
            begin(asked, 200)
        ));
    }
    if came == 0 && hints.other_cookies > 0 {
        causes.push("Other cookies came, so the browser does send some: the Path or Domain of the signed ones does not cover this address. They are for one version of one video.".into());
    }
    if came == 0 && hints.other_cookies == 0 {
        causes.push("No cookie came at all: the address was opened without having played the lesson in this browser, or the player asks without credentials.".into());
    }
    if hints.proxied {
        causes.push("A proxy has passed the request on: it must let the Cookie header through.".into());
    }
    causes
}

fn bad_signature(request: &Request<'_>) -> Vec<String> {
    let presented = request.presented;
    let mut causes = Vec::new();
    let name = Part::HashAlgorithm.name(presented.carrier());
    causes.push(match presented.part(Part::HashAlgorithm) {
        None => format!("{name} did not come, so SHA-1 was assumed: a signature with SHA-256 must say so."),
        Some(hash) => format!("{name} says {hash}, and the signature was made with the other hash."),
    });
    if presented.part(Part::Policy).is_none() {
        causes.push("A canned policy is for one address to the letter, with its scheme, port and query: the signer had another one, or a wildcard.".into());
    }
    causes.push("The policy was changed after it was signed, by white space for example: the bytes that are sent must be the bytes that were signed.".into());
    causes.push("The private key is not the one that the key pair id names.".into());
    causes
}

fn other_resource(request: &Request<'_>, seen: &Seen, hints: &Hints<'_>) -> Vec<String> {
    let asked = request.presented.resource();
    let Some(Ok(policy)) = &seen.policy else { return Vec::new() };
    let wanted = policy.resource().as_str();
    let mut causes = Vec::new();
    let scheme = |text: &str| text.split_once("://").map(|(scheme, _)| scheme.to_owned());
    if scheme(asked) != scheme(wanted) && !scheme(wanted).is_none_or(|scheme| scheme.contains(['*', '?'])) {
        let proxy = if hints.proxied {
            " A proxy speaks TLS for the site: public_url must begin with https://."
        } else {
            ""
        };
        causes.push(format!("The scheme is another one.{proxy}"));
    }
    if let (Some(own), Some(signed)) = (authority(asked), authority(wanted))
        && !signed.contains(['*', '?'])
        && own != signed
    {
        causes.push(format!(
            "The policy is for the host {}: the signer’s public address and the edge’s are not the same.",
            begin(signed, 200)
        ));
    }
    if asked.contains('?') && !wanted.contains('?') && !wanted.ends_with('*') {
        causes.push("The address has a query, and the resource neither has it nor ends in *.".into());
    }
    causes.push("The cookies are for another version or another video: a new upload makes a new version, and the player asks for its cookies.".into());
    causes.push(
        "A wildcard does not reach beyond its section: scheme, host, path and query are compared one by one."
            .into(),
    );
    causes
}

fn expired(request: &Request<'_>, seen: &Seen) -> String {
    let late = match &seen.policy {
        Some(Ok(policy)) => request.now.seconds().saturating_sub(policy.expires().seconds()),
        _ => i64::MAX,
    };
    if late <= A_MOMENT_SECONDS {
        "It is over by little: a player that renews its cookies too late, a computer that has slept, or clocks of signer and edge that differ.".into()
    } else {
        "It is long over: cookies of an earlier visit, or a signer whose clock is far behind, or that counts in another unit than seconds.".into()
    }
}

fn authority(address: &str) -> Option<&str> {
    address.split_once("://")?.1.split(['/', '?']).next()
}
