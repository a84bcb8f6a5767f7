//! The `Resource` of a policy: an address with wildcards.
//!
//! Developer guide, "Create a signed URL using a custom policy", `Resource`: an address has four sections
//! (protocol, domain, path, query string). `*` stands for any number of characters and `?` for exactly one,
//! "only within the boundaries of the section that contains the wildcard", with these exceptions:
//!
//! - a `*` at the end of the path covers the query string, too, and one at the end of the domain all the rest;
//! - the protocol may be left out before a domain that begins with `*`, and then is any;
//! - `*` alone is any address.
//!
//! The question mark that begins the query string is written plainly in today's guide ("don't use a
//! backslash") and as `\?` in earlier editions: both are understood. A plain `?` may stand for it, or for one
//! character of its section.

/// Not a resource: printable ASCII without quotes, 1 to 2,048 bytes, with a protocol or a `*` in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a resource: an address in at most {} printable ASCII characters is expected, with a protocol or * in front",
    ResourcePattern::MAX_BYTES
)]
pub struct InvalidPattern;

/// The addresses that a policy opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    text: String,
    addresses: Addresses,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Addresses {
    /// `*`.
    All,
    /// This one, to the letter: what a canned policy opens.
    One,
    /// Those that match section by section.
    Like(Sections),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Sections {
    protocol: String,
    domain: String,
    path: String,
    /// What follows `\?`.
    query: Option<String>,
}

impl ResourcePattern {
    /// The most bytes of a pattern: with [`MAX_URL_BYTES`](super::MAX_URL_BYTES) it bounds the work of a match.
    pub const MAX_BYTES: usize = 2048;

    /// Any address: what a policy without a `Resource` opens.
    pub fn any() -> Self {
        Self { text: "*".into(), addresses: Addresses::All }
    }

    /// This address alone. No character of it is a wildcard.
    pub(super) fn exactly(url: &str) -> Self {
        Self { text: url.to_owned(), addresses: Addresses::One }
    }

    /// As written in the policy.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether an address (scheme, host, path and query) is among them.
    pub fn matches(&self, url: &str) -> bool {
        match &self.addresses {
            Addresses::All => true,
            Addresses::One => self.text == url,
            Addresses::Like(sections) => sections.match_url(url),
        }
    }
}

impl std::str::FromStr for ResourcePattern {
    type Err = InvalidPattern;
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        if text == "*" {
            return Ok(Self::any());
        }
        let fits = text.len() <= Self::MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        let sections = Sections::parse(text).filter(|_| fits).ok_or(InvalidPattern)?;
        Ok(Self { text: text.to_owned(), addresses: Addresses::Like(sections) })
    }
}

impl Sections {
    fn parse(text: &str) -> Option<Self> {
        let (protocol, rest) = match text.split_once("://") {
            Some(split) => split,
            None if text.starts_with('*') => ("*", text),
            None => return None,
        };
        let (domain, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None if rest.ends_with('*') => (rest, "/*"),
            None => (rest, "/"),
        };
        let (path, query) = match path.split_once("\\?") {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (path, None),
        };
        let parts = [protocol, domain, path, query.as_deref().unwrap_or_default()];
        // A backslash has no other use. Two sections may not be empty in any address.
        if protocol.is_empty() || domain.is_empty() || parts.iter().any(|part| part.contains('\\')) {
            return None;
        }
        Some(Self { protocol: protocol.into(), domain: domain.into(), path: path.into(), query })
    }

    fn match_url(&self, url: &str) -> bool {
        let Some((protocol, rest)) = url.split_once("://") else { return false };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (domain, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        glob(&self.protocol, protocol) && glob(&self.domain, domain) && self.match_rest(path, query)
    }

    fn match_rest(&self, path: &str, query: Option<&str>) -> bool {
        match (&self.query, query) {
            // `/a*` is the same as `/a*\?*` and matches `/a`: stars match a query string that is not there.
            (Some(pattern), None) => {
                !pattern.is_empty() && pattern.bytes().all(|b| b == b'*') && glob(&self.path, path)
            }
            (Some(pattern), Some(query)) => glob(&self.path, path) && glob(pattern, query),
            (None, None) => glob(&self.path, path),
            (None, Some(query)) => {
                (self.path.ends_with('*') && glob(&self.path, path)) || spans(&self.path, path, query)
            }
        }
    }
}

/// Whether the whole text matches.
///
/// When a character fits nowhere, only the latest `*` takes one character more; an earlier one never needs
/// to, so the work is bounded by the product of the two lengths, whatever the pattern.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&b) if b == b'?' || b == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    p = after;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&b| b == b'*')
}

/// Whether one `?` of the pattern stands for the question mark between path and query, what is before it for
/// the path, and what is after it for the query.
fn spans(pattern: &str, path: &str, query: &str) -> bool {
    if !pattern.contains('?') {
        return false;
    }
    let before = beginnings(pattern.bytes(), path.bytes());
    let after = beginnings(pattern.bytes().rev(), query.bytes().rev());
    let marks = pattern.bytes().enumerate().filter(|&(_, b)| b == b'?');
    marks.into_iter().any(|(at, _)| before[at] && after[pattern.len() - 1 - at])
}

/// For each beginning of the pattern, by its length, whether the whole text matches it. The work is the
/// product of the two lengths.
fn beginnings(pattern: impl Iterator<Item = u8>, text: impl Iterator<Item = u8>) -> Vec<bool> {
    let pattern: Vec<u8> = pattern.collect();
    // A star may stand for nothing: where the pattern before it matches, it does with the star, too.
    let pass_stars = |matched: &mut Vec<bool>| {
        for (at, &b) in pattern.iter().enumerate() {
            matched[at + 1] |= b == b'*' && matched[at];
        }
    };
    let mut matched = vec![false; pattern.len() + 1];
    matched[0] = true;
    pass_stars(&mut matched);
    for c in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, &b) in pattern.iter().enumerate() {
            next[at + 1] = match b {
                b'*' => matched[at + 1],
                b => (b == b'?' || b == c) && matched[at],
            };
        }
        pass_stars(&mut next);
        matched = next;
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, url: &str) -> bool {
        pattern.parse::<ResourcePattern>().unwrap().matches(url)
    }

    /// The definition of the wildcards, as directly as it can be written. A star never takes the character
    /// `#`, by which the tests below mark the end of a section.
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => {
                let reach = text.iter().position(|&b| b == b'#').unwrap_or(text.len());
                (0..=reach).any(|n| by_definition(rest, &text[n..]))
            }
            Some((&b, rest)) => text
                .split_first()
                .is_some_and(|(&c, tail)| (b == b'?' || b == c) && by_definition(rest, tail)),
        }
    }

    proptest! {
        #[test]
        fn within_a_section_a_match_is_what_the_definition_says(pattern in "[ab*?]{1,8}", text in "[ab]{0,8}") {
            let expected = by_definition(pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(glob(&pattern, &text), expected);
            prop_assert_eq!(matches(&format!("https://h/{pattern}"), &format!("https://h/{text}")), expected);
            prop_assert_eq!(matches(&format!("https://h{pattern}/x"), &format!("https://h{text}/x")), expected);
            prop_assert_eq!(matches(&format!("h{pattern}://h/x"), &format!("h{text}://h/x")), expected);
            prop_assert_eq!(matches(&format!("https://h/x\\?{pattern}"), &format!("https://h/x?{text}")), expected);
        }

        #[test]
        fn only_a_question_mark_or_a_trailing_star_leads_from_the_path_to_the_query(
            pattern in "[ab*?]{0,7}", path in "[ab]{0,4}", query in "[ab?]{0,4}",
        ) {
            // `#` is the boundary: no star takes it, a question mark does, and after it all are plain.
            let text = format!("/{path}#{query}");
            let trailing = pattern.ends_with('*')
                && by_definition(format!("/{pattern}").as_bytes(), format!("/{path}").as_bytes());
            let expected = trailing || by_definition(format!("/{pattern}").as_bytes(), text.as_bytes());
            let url = format!("https://h/{path}?{query}");
            prop_assert_eq!(matches(&format!("https://h/{pattern}"), &url), expected);
        }

        #[test]
        fn an_address_without_wildcards_matches_itself_alone(path in "[a-z0-9/.]{0,12}", other in "[a-z0-9/.]{0,12}") {
            let (pattern, url) = (format!("https://h/{path}"), format!("https://h/{other}"));
            prop_assert_eq!(matches(&pattern, &url), path == other);
        }

        #[test]
        fn arbitrary_text_never_panics(pattern: String, url: String) {
            if let Ok(pattern) = pattern.parse::<ResourcePattern>() { pattern.matches(&url); }
        }
    }

    #[test]
    fn the_developer_guides_examples_hold() {
        let opened = [
            ("https://www.example.com/hello*world", "https://www.example.com/helloworld"),
            ("https://www.example.com/hello*world", "https://www.example.com/hello-world"),
            ("http://example.com/hello*", "http://example.com/hello?a=1"),
            ("http://example.com/hello*\\?*", "http://example.com/hello"),
            ("http://example.com*", "http://example.com.net/a/b?c=1"),
            ("*example.com", "http://www.example.com/"),
            ("*", "gopher://anything"),
            ("https://d.net/*game_download.zip*", "https://d.net/game_download.zip"),
            ("https://d.net/*game_download.zip*", "https://d.net/example_game_download.zip?license=yes"),
            (
                "https://d.net/horizon.jpg?size=large&license=yes",
                "https://d.net/horizon.jpg?size=large&license=yes",
            ),
            ("https://d.net/horizon.jpg\\?size=large", "https://d.net/horizon.jpg?size=large"),
            ("https://*", "https://d.net/training/orientation.pdf"),
            ("*://d.net/training/*", "http://d.net/training/orientation.pdf"),
            ("http*://d.net/*", "https://d.net/a"),
        ];
        for (pattern, url) in opened {
            assert!(matches(pattern, url), "{pattern} opens {url}");
        }
        let closed = [
            ("https://www.example.com/hello*world", "https://www.example.com/hello?world"),
            ("https://www.example.com/hello*world", "https://www.example.com/hello?a=world"),
            ("*example.com", "http://www.example.com/a"),
            ("https://*.example.com/a", "https://evil.net/.example.com/a"),
            ("https://d*/a", "https://d.net/b/a"),
            ("http*/a", "http://d.net/a"),
        ];
        for (pattern, url) in closed {
            assert!(
                !pattern.parse::<ResourcePattern>().is_ok_and(|p| p.matches(url)),
                "{pattern} opens {url}"
            );
        }
    }

    #[test]
    fn a_star_covers_slashes_and_the_query_but_not_a_neighbour() {
        assert!(matches("https://h/media/a/1/*", "https://h/media/a/1/720p/0.m4s?x=1"));
        assert!(!matches("https://h/media/a/1/*", "https://h/media/a/12/720p/0.m4s"));
        assert!(!matches("https://h/media/a/1/*", "http://h/media/a/1/720p/0.m4s"));
    }

    #[test]
    fn a_query_that_was_not_signed_for_is_refused() {
        assert!(!matches("https://h/a.mp4", "https://h/a.mp4?x=1"));
        assert!(!matches("https://h/a.mp4", "https://h/a.mp4?"));
        assert!(!matches("https://h/a.mp4\\?x=1", "https://h/a.mp4"));
        assert!(!matches("https://h/a.mp4\\?", "https://h/a.mp4"));
    }

    #[test]
    fn what_is_no_address_is_no_pattern() {
        for text in [
            "",
            "/media/*",
            "h/media",
            "://h/a",
            "https:///a",
            "https://h/a b",
            "https://h/ä",
            "https://h/\"",
            "https://h/a\\*",
            "https://h\\?/a",
            "https://h/a\\?b\\?c",
            "https://h/a\\",
        ] {
            assert_eq!(text.parse::<ResourcePattern>(), Err(InvalidPattern), "{text}");
        }
        let long = format!("https://h/{}", "a".repeat(ResourcePattern::MAX_BYTES));
        assert_eq!(long.parse::<ResourcePattern>(), Err(InvalidPattern));
    }

    #[test]
    fn many_wildcards_take_no_longer_than_the_product_of_the_lengths() {
        let pattern = format!("https://h/{}b", "a*?".repeat(600));
        assert!(!matches(&pattern, &format!("https://h/{}?{}", "a".repeat(4000), "a".repeat(4000))));
    }
}
