//! Proof that an event comes from Stripe (its documentation, "Verify webhook signatures manually").

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use domain::time::Timestamp;
use std::time::Duration;

/// How much earlier or later than now an event may be signed. Later by our clock is as wrong as earlier: what was signed
/// cannot be kept for use in times to come.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Why an event proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is no signature, or none that can be read.
    #[error("the header Stripe-Signature is missing or cannot be read")]
    Unsigned,
    /// Somebody else signed it, or it was changed on its way.
    #[error("the event is not signed with a secret of this server")]
    Foreign,
    /// It was signed too long ago, or is from the future: it may have been kept by somebody.
    #[error("the event was signed at another time")]
    Stale,
}

/// Tells Stripe's events from others'.
pub struct Signatures {
    keys: Vec<hmac::Key>,
}

impl Signatures {
    /// By these secrets (`whsec_…`): one, or two while one replaces the other. An empty one is none.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
        Self { keys: secrets.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())).collect() }
    }

    /// Whether the body, as it came, is Stripe's; `header` is `Stripe-Signature`.
    pub fn check(&self, body: &[u8], header: &str, now: Timestamp) -> Result<(), Unproven> {
        let Header { time, proofs } = Header::parse(header).ok_or(Unproven::Unsigned)?;
        let expected: Vec<_> = self.keys.iter().map(|key| sign(key, time, body)).collect();
        let proven = proofs
            .iter()
            .any(|proof| expected.iter().any(|tag| verify_slices_are_equal(tag.as_ref(), proof).is_ok()));
        if !proven {
            return Err(Unproven::Foreign);
        }
        let signed = time.parse().map(Timestamp::from_seconds).map_err(|_| Unproven::Unsigned)?;
        let off = now.since(signed).max(signed.since(now));
        if off <= TOLERANCE { Ok(()) } else { Err(Unproven::Stale) }
    }
}

fn sign(key: &hmac::Key, time: &str, body: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(time.as_bytes());
    context.update(b".");
    context.update(body);
    context.sign()
}

/// `t=1492774577,v1=5257a869…,v1=…,v0=…`: one signature for each secret, and perhaps by other schemes.
struct Header<'a> {
    /// As it is written, since that is what was signed.
    time: &'a str,
    proofs: Vec<[u8; 32]>,
}

impl<'a> Header<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let (mut time, mut proofs) = (None, Vec::new());
        for part in header.split(',') {
            match part.trim().split_once('=')? {
                ("t", seconds) if time.is_none() => time = Some(seconds),
                ("t", _) => return None,
                ("v1", proof) => proofs.extend(hex(proof)),
                _ => {}
            }
        }
        let time = time.filter(|time| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()))?;
        (!proofs.is_empty()).then_some(Self { time, proofs })
    }
}

/// 32 bytes, in small letters as Stripe writes them.
fn hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "whsec_test";
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const NOW: i64 = 1_780_000_000;

    fn proof(secret: &str, time: &str, body: &[u8]) -> String {
        let tag = sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), time, body);
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn header(secret: &str, time: i64, body: &[u8]) -> String {
        format!("t={time},v1={}", proof(secret, &time.to_string(), body))
    }

    fn check(body: &[u8], header: &str) -> Result<(), Unproven> {
        Signatures::new([SECRET]).check(body, header, Timestamp::from_seconds(NOW))
    }

    #[test]
    fn what_stripe_signed_is_taken_and_what_was_changed_is_not() {
        assert_eq!(check(BODY, &header(SECRET, NOW, BODY)), Ok(()));
        assert_eq!(check(br#"{"id":"evt_2"}"#, &header(SECRET, NOW, BODY)), Err(Unproven::Foreign));
        assert_eq!(check(BODY, &header("whsec_other", NOW, BODY)), Err(Unproven::Foreign));
        let moved = header(SECRET, NOW, BODY).replace(&NOW.to_string(), &(NOW + 1).to_string());
        assert_eq!(check(BODY, &moved), Err(Unproven::Foreign));
    }

    #[test]
    fn either_of_two_secrets_is_good_while_one_replaces_the_other() {
        let both = Signatures::new(["whsec_old", "whsec_new"]);
        for secret in ["whsec_old", "whsec_new"] {
            assert_eq!(both.check(BODY, &header(secret, NOW, BODY), Timestamp::from_seconds(NOW)), Ok(()));
        }
        let time = NOW.to_string();
        let twice =
            format!("t={time},v1={},v1={}", proof("whsec_other", &time, BODY), proof(SECRET, &time, BODY));
        assert_eq!(check(BODY, &twice), Ok(()), "Stripe signs with both of its own");
    }

    #[test]
    fn without_a_secret_nothing_is_proven() {
        for none in [Signatures::new([]), Signatures::new([""])] {
            let found = none.check(BODY, &header("", NOW, BODY), Timestamp::from_seconds(NOW));
            assert_eq!(found, Err(Unproven::Foreign));
        }
    }

    #[test]
    fn an_event_is_good_for_five_minutes() {
        for (off, expected) in
            [(0, Ok(())), (300, Ok(())), (301, Err(Unproven::Stale)), (i64::MAX / 2, Err(Unproven::Stale))]
        {
            for time in [NOW - off, NOW + off].into_iter().filter(|time| *time >= 0) {
                assert_eq!(check(BODY, &header(SECRET, time, BODY)), expected, "{off}");
            }
        }
    }

    #[test]
    fn other_schemes_prove_nothing() {
        let proof = proof(SECRET, &NOW.to_string(), BODY);
        for scheme in ["v0", "v2", "V1", "v1 "] {
            assert_eq!(
                check(BODY, &format!("t={NOW},{scheme}={proof}")),
                Err(Unproven::Unsigned),
                "{scheme}"
            );
        }
        let beside = format!("t={NOW},v0=00,v1={proof},v9=x");
        assert_eq!(check(BODY, &beside), Ok(()));
    }

    #[test]
    fn what_is_no_header_of_stripes_is_said_to_be_none() {
        let proof = proof(SECRET, &NOW.to_string(), BODY);
        for header in [
            String::new(),
            "t".into(),
            format!("t={NOW}"),
            format!("v1={proof}"),
            format!("t=,v1={proof}"),
            format!("t=+{NOW},v1={proof}"),
            format!("t={NOW},t={NOW},v1={proof}"),
            format!("t={NOW},v1={}", &proof[1..]),
            format!("t={NOW},v1={}", proof.to_uppercase()),
            format!("t={NOW},v1=é{}", &proof[2..]),
        ] {
            assert_eq!(check(BODY, &header), Err(Unproven::Unsigned), "{header}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_what_was_signed_is_taken(
            secret in "[ -~]{1,40}", body: Vec<u8>, time in NOW - 300..=NOW + 300, at: usize, bit in 0u8..8,
        ) {
            let signatures = Signatures::new([secret.as_str()]);
            let (header, now) = (header(&secret, time, &body), Timestamp::from_seconds(NOW));
            prop_assert_eq!(signatures.check(&body, &header, now), Ok(()));
            let mut changed = body.clone();
            match changed.len() {
                0 => changed.push(b' '),
                length => changed[at % length] ^= 1 << bit,
            }
            prop_assert_eq!(signatures.check(&changed, &header, now), Err(Unproven::Foreign));
        }

        #[test]
        fn any_header_is_answered(header: String, body: Vec<u8>) {
            prop_assert!(check(&body, &header).is_err());
        }
    }
}
