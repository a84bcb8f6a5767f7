//! The JSON of a policy, as it was signed: the second line of the input is an address to hold it against.
#![no_main]

use domain::edge::{Policy, ResourcePattern, decode, encode};
use domain::time::Timestamp;
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

fuzz_target!(|input: &[u8]| {
    assert_eq!(decode(&encode(input)).as_deref(), Some(input), "encoding loses nothing");
    let (json, address) = match input.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &b""[..]),
    };
    let address = String::from_utf8_lossy(address);
    if let Some(bytes) = decode(&address) {
        assert_eq!(encode(&bytes), address, "bytes have one spelling");
    }
    if let Ok(pattern) = address.parse::<ResourcePattern>() {
        pattern.matches(&address);
        assert_eq!(pattern.as_str(), address);
    }

    let Ok(policy) = Policy::from_json(json) else { return };
    let again = Policy::from_json(policy.to_json().as_bytes()).expect("what we write, we read");
    assert_eq!(again.to_json(), policy.to_json());
    for client in [IpAddr::from([192, 0, 2, 1]), IpAddr::from([0; 16])] {
        for now in [i64::MIN, 0, 1_800_000_000, i64::MAX] {
            let verdict = policy.allows(&address, client, Timestamp::from_seconds(now));
            assert_eq!(again.allows(&address, client, Timestamp::from_seconds(now)), verdict);
            if verdict.is_ok() {
                assert!(policy.resource().matches(&address), "nothing opens beside the resource");
                assert!(Timestamp::from_seconds(now) < policy.expires(), "nothing opens after the end");
            }
        }
    }
});
