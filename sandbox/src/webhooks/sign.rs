//! Signatures as Stripe makes them (its documentation, "Verify webhook signatures"): `t=1700000000,v1=5257a8...`.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use std::fmt::Write;

/// The header of a delivery at a moment, with one signature for each secret.
pub(super) fn header(secrets: &[String], seconds: i64, body: &[u8]) -> String {
    let mut signed = format!("{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    let mut header = format!("t={seconds}");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let tag = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), &signed);
        header += ",v1=";
        for byte in tag.as_ref() {
            let written = write!(header, "{byte:02x}");
            debug_assert!(written.is_ok(), "a string takes what is written to it");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_stripes_own_library_makes() {
        // npm stripe 23.1: webhooks.generateTestHeaderString({ payload, secret, timestamp })
        let header = header(&["whsec_test".into()], 1_700_000_000, br#"{"id":"evt_1"}"#);
        assert_eq!(
            header,
            "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
        );
    }

    #[test]
    fn while_secrets_change_each_signs() {
        let header = header(&["whsec_old".into(), "whsec_new".into()], 1, b"{}");
        assert_eq!(header.matches("v1=").count(), 2);
    }
}
