//! The `IpAddress` condition: one IPv4 address, or one range of them.

use std::net::{IpAddr, Ipv4Addr};

/// Not a range: an IPv4 address, perhaps with a prefix length of 0 to 32, is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a range of addresses: an IPv4 address, as in 192.0.2.0/24, is expected")]
pub struct InvalidRange;

/// The clients that a policy is for, in CIDR notation (RFC 4632 §3.1). "IP addresses in IPv6 format are not
/// supported": developer guide, "Set signed cookies using a custom policy", `IpAddress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRange {
    /// As written: its bits after the prefix need not be zero, and count for nothing.
    address: Ipv4Addr,
    prefix: u8,
}

impl SourceRange {
    /// Whether a client is in the range. An IPv4 client that came to an IPv6 socket is the IPv4 client that it
    /// is; any other IPv6 client is in no range, not even in `0.0.0.0/0`.
    pub fn contains(self, client: IpAddr) -> bool {
        let IpAddr::V4(client) = client.to_canonical() else { return false };
        // A shift by 32, for the prefix 0, leaves nothing to compare.
        let network = |address: Ipv4Addr| address.to_bits().checked_shr(32 - u32::from(self.prefix));
        network(client) == network(self.address)
    }
}

impl std::fmt::Display for SourceRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl std::str::FromStr for SourceRange {
    type Err = InvalidRange;
    /// An address alone is a range of one.
    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        let (address, prefix) = text.split_once('/').unwrap_or((text, "32"));
        let address = address.parse().map_err(|_| InvalidRange)?;
        let parsed: u8 = prefix.parse().map_err(|_| InvalidRange)?;
        // `+8` and `08` are numbers to Rust, but not in CIDR notation.
        if parsed > 32 || parsed.to_string() != prefix {
            return Err(InvalidRange);
        }
        Ok(Self { address, prefix: parsed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> SourceRange {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    proptest! {
        #[test]
        fn a_client_is_in_the_range_if_the_first_bits_are_the_same(address: u32, client: u32, prefix in 0..=32u8) {
            let text = format!("{}/{prefix}", Ipv4Addr::from_bits(address));
            let same = (0..prefix).all(|n| (address ^ client) & (1 << (31 - n)) == 0);
            let client = Ipv4Addr::from_bits(client);
            prop_assert_eq!(range(&text).contains(client.into()), same);
            prop_assert_eq!(range(&text).contains(client.to_ipv6_mapped().into()), same);
            prop_assert_eq!(range(&text).to_string(), text);
        }

        #[test]
        fn no_other_ipv6_client_is_in_any_range(address: u32, client: u128, prefix in 0..=32u8) {
            let client = std::net::Ipv6Addr::from_bits(client);
            prop_assume!(client.to_ipv4_mapped().is_none());
            let range = range(&format!("{}/{prefix}", Ipv4Addr::from_bits(address)));
            prop_assert!(!range.contains(client.into()));
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = text.parse::<SourceRange>();
        }
    }

    #[test]
    fn an_address_alone_is_a_range_of_one() {
        assert_eq!(range("192.0.2.10").to_string(), "192.0.2.10/32");
        assert!(range("192.0.2.10").contains(ip("192.0.2.10")));
        assert!(!range("192.0.2.10").contains(ip("192.0.2.11")));
    }

    #[test]
    fn what_is_no_ipv4_range_is_refused() {
        for text in [
            "",
            "192.0.2.0/",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/+8",
            "192.0.2.0/08",
            "192.0.2/24",
            "192.0.2.0/24/24",
            "192.0.2.0/255.255.255.0",
            " 192.0.2.0/24",
            "192.0.2.256/24",
            "2001:db8::/32",
            "::ffff:192.0.2.1/32",
            "192.0.2.0/24,198.51.100.0/24",
            "*",
        ] {
            assert_eq!(text.parse::<SourceRange>(), Err(InvalidRange), "{text}");
        }
    }
}
