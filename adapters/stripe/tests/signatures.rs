//! What Stripe's own library for Node signs is taken, and nothing else that it signs.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use domain::time::Timestamp;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use stoa_stripe::{Signatures, Unproven};

/// Reads samples from its standard input and writes the header for each.
const SIGN: &str = "
    import Stripe from 'stripe';
    import { readFileSync } from 'node:fs';
    const { webhooks } = new Stripe('sk_test_nobody');
    const samples = JSON.parse(readFileSync(0, 'utf8'));
    console.log(JSON.stringify(samples.map((sample) => webhooks.generateTestHeaderString(sample))));
";

/// The headers that Stripe's library gives these samples.
fn signed(samples: &[Value]) -> Vec<String> {
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", SIGN])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let samples = serde_json::to_vec(samples).unwrap();
    node.stdin.take().unwrap().write_all(&samples).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "Stripe's library runs: `npm ci` brings it");
    serde_json::from_slice(&output.stdout).unwrap()
}

const NOW: i64 = 1_780_000_000;

#[test]
fn headers_of_stripes_own_library_are_taken() {
    let long = "long ".repeat(100_000);
    let samples: Vec<_> = ["", "{}", "{\"name\": \"Grüße 水 😀 \\u0000\"}\n", &long]
        .into_iter()
        .flat_map(|payload| ["whsec_test", "whsec_Ünïcode", "x"].map(|secret| (payload, secret)))
        .flat_map(|(payload, secret)| [-300, 0, 300].map(|off| (payload, secret, NOW + off)))
        .collect();
    let asked: Vec<_> = samples
        .iter()
        .map(|(payload, secret, timestamp)| json!({ "payload": payload, "secret": secret, "timestamp": timestamp }))
        .collect();
    let headers = signed(&asked);
    assert_eq!(headers.len(), samples.len());
    for ((payload, secret, time), header) in samples.iter().zip(&headers) {
        let check = |secrets: &[&str], body: &str, now: i64| {
            Signatures::new(secrets.iter().copied()).check(
                body.as_bytes(),
                header,
                Timestamp::from_seconds(now),
            )
        };
        assert_eq!(check(&[secret], payload, NOW), Ok(()), "{header}");
        assert_eq!(check(&["whsec_new", secret], payload, NOW), Ok(()), "{header}");
        assert_eq!(check(&["whsec_new"], payload, NOW), Err(Unproven::Foreign), "{header}");
        assert_eq!(check(&[secret], &format!("{payload} "), NOW), Err(Unproven::Foreign), "{header}");
        assert_eq!(check(&[secret], payload, time + 301), Err(Unproven::Stale), "{header}");
    }
}

#[test]
fn a_scheme_that_is_not_stripes_proves_nothing() {
    let sample = json!({ "payload": "{}", "secret": "whsec_test", "timestamp": NOW, "scheme": "v0" });
    let found =
        Signatures::new(["whsec_test"]).check(b"{}", &signed(&[sample])[0], Timestamp::from_seconds(NOW));
    assert_eq!(found, Err(Unproven::Unsigned));
}
