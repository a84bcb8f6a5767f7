//! Addresses and `Cookie` headers: the first line of the input is the address, each other a header.
#![no_main]

use domain::edge::{Denied, Hints, Part, Presented, Request, decide, explain};
use domain::time::Timestamp;
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

fuzz_target!(|input: &str| {
    let mut lines = input.split('\n');
    let url = lines.next().unwrap_or_default();
    let presented = Presented::read(url, lines);

    for part in Part::ALL {
        let value = presented.part(part).unwrap_or_default();
        assert!(input.contains(value), "a part is made up of nothing");
        assert!(!value.contains(['\n', ';']) || presented.resource() != url, "a part ends where the next begins");
    }
    let own = presented.resource().split_once('?').map_or("", |(_, query)| query);
    for parameter in own.split('&').map(|pair| pair.split('=').next().unwrap_or_default()) {
        assert!(Part::ALL.iter().all(|part| part.parameter() != parameter), "a parameter of a signed URL is left");
    }

    // Nobody is trusted here, so nothing opens, and each refusal can be explained.
    let request = Request { presented: &presented, client: IpAddr::from([192, 0, 2, 1]), now: Timestamp::from_seconds(1_800_000_000) };
    let denied = decide(&request, |_| Err::<domain::edge::Policy, _>(Denied::UnknownKey)).expect_err("no key is trusted");
    assert!((400..500).contains(&denied.refusal().status));
    explain(&request, Some(denied), &Hints::default());
});
