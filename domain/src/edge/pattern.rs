//! The `Resource` of a policy: an address with wildcards.

/// Not a resource: printable ASCII without white space, quotes or backslashes is expected, 1 to 2,048 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a resource: 1 to {} printable ASCII characters are expected", ResourcePattern::MAX_BYTES)]
pub struct InvalidPattern;

/// An address in which `*` stands for any number of characters and `?` for exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern(String);

impl ResourcePattern {
    /// The most bytes of a pattern: with [`MAX_URL_BYTES`](super::MAX_URL_BYTES) it bounds the work of a match.
    pub const MAX_BYTES: usize = 2048;

    /// As written in the policy.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole address matches.
    ///
    /// When a character fits nowhere, only the latest `*` takes one character more; an earlier one never needs
    /// to, so the work is bounded by the product of the two lengths, whatever the pattern.
    pub fn matches(&self, url: &str) -> bool {
        let (pattern, url) = (self.0.as_bytes(), url.as_bytes());
        let (mut p, mut u) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while u < url.len() {
            match pattern.get(p) {
                Some(b'*') => {
                    star = Some((p + 1, u));
                    p += 1;
                }
                Some(&b) if b == b'?' || b == url[u] => {
                    p += 1;
                    u += 1;
                }
                _ => match star {
                    Some((after, taken)) => {
                        star = Some((after, taken + 1));
                        p = after;
                        u = taken + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|&b| b == b'*')
    }
}

impl std::str::FromStr for ResourcePattern {
    type Err = InvalidPattern;
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len());
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'));
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(InvalidPattern) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, url: &str) -> bool {
        pattern.parse::<ResourcePattern>().unwrap().matches(url)
    }

    /// The definition, as directly as it can be written.
    fn by_definition(pattern: &[u8], url: &[u8]) -> bool {
        match pattern.split_first() {
            None => url.is_empty(),
            Some((b'*', rest)) => (0..=url.len()).any(|n| by_definition(rest, &url[n..])),
            Some((&b, rest)) => {
                url.split_first().is_some_and(|(&c, tail)| (b == b'?' || b == c) && by_definition(rest, tail))
            }
        }
    }

    proptest! {
        #[test]
        fn a_match_is_what_the_definition_says(pattern in "[ab*?]{1,8}", url in "[ab]{0,8}") {
            prop_assert_eq!(matches(&pattern, &url), by_definition(pattern.as_bytes(), url.as_bytes()));
        }
    }

    #[test]
    fn a_star_covers_slashes_and_the_query_but_not_a_neighbour() {
        assert!(matches("https://h/media/a/1/*", "https://h/media/a/1/720p/0.m4s?x=1"));
        assert!(!matches("https://h/media/a/1/*", "https://h/media/a/12/720p/0.m4s"));
        assert!(!matches("https://h/media/a/1/*", "http://h/media/a/1/720p/0.m4s"));
    }

    #[test]
    fn many_stars_take_no_longer_than_the_product_of_the_lengths() {
        let pattern = "a*".repeat(1000) + "b";
        assert!(!matches(&pattern, &"a".repeat(8000)));
    }
}
