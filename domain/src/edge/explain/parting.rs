//! Where an address and a pattern part.

use serde::Serialize;

/// An address and a pattern that do not match: how far they go together, and how each goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parting {
    /// The beginning of the address that the pattern still allows.
    pub together: String,
    /// How the address goes on.
    pub address: String,
    /// How the pattern goes on.
    pub pattern: String,
}

impl Parting {
    /// Reads both from the left, for as long as some way of filling the wildcards keeps them together.
    ///
    /// Of the sections only the one that matters to the eye is looked at: a wildcard before the path does not
    /// reach into it. The point is to show a person the first character that is wrong, not to decide.
    pub(super) fn of(pattern: &str, address: &str) -> Self {
        let (wanted, asked): (Vec<char>, Vec<char>) = (pattern.chars().collect(), address.chars().collect());
        let path = path_start(pattern);
        let mut ways = vec![false; wanted.len() + 1];
        ways[0] = true;
        skip_stars(&wanted, &mut ways);
        let mut together = 0;
        for &character in &asked {
            let mut next = vec![false; wanted.len() + 1];
            for (at, _) in wanted.iter().enumerate().filter(|&(at, _)| ways[at]) {
                match wanted[at] {
                    '*' | '?' if character == '/' && at < path => {}
                    '*' => next[at] = true,
                    '?' => next[at + 1] = true,
                    same if same == character => next[at + 1] = true,
                    _ => {}
                }
            }
            skip_stars(&wanted, &mut next);
            if !next.contains(&true) {
                break;
            }
            ways = next;
            together += 1;
        }
        let furthest = ways.iter().rposition(|&way| way).unwrap_or_default();
        Self {
            together: asked[..together].iter().collect(),
            address: asked[together..].iter().collect(),
            pattern: wanted[furthest..].iter().collect(),
        }
    }
}

/// At which character of a pattern its path begins; 0 where it has none, or no protocol before it.
fn path_start(pattern: &str) -> usize {
    let mut slashes = pattern.chars().enumerate().filter(|&(_, character)| character == '/');
    slashes.nth(2).map_or(0, |(at, _)| at)
}

/// A `*` may stand for nothing.
fn skip_stars(pattern: &[char], ways: &mut [bool]) {
    for at in 0..pattern.len() {
        if ways[at] && pattern[at] == '*' {
            ways[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parting(pattern: &str, address: &str) -> (String, String, String) {
        let Parting { together, address, pattern } = Parting::of(pattern, address);
        (together, address, pattern)
    }

    #[test]
    fn they_part_at_the_first_character_that_is_wrong() {
        for (pattern, address, [together, rest, wanted]) in [
            ("https://h/a/1/*", "https://h/a/2/x", ["https://h/a/", "2/x", "1/*"]),
            ("https://h/a/1/*", "http://h/a/1/x", ["http", "://h/a/1/x", "s://h/a/1/*"]),
            ("https://h/a/1/*", "https://h/a/10/x", ["https://h/a/1", "0/x", "/*"]),
            ("https://h/a", "https://h/a?v=1", ["https://h/a", "?v=1", ""]),
            ("https://h/a?v=1", "https://h/a", ["https://h/a", "", "?v=1"]),
            ("http*://h/?.m4s", "https://h/12.m4s", ["https://h/1", "2.m4s", ".m4s"]),
        ] {
            let expected = (together.to_owned(), rest.to_owned(), wanted.to_owned());
            assert_eq!(parting(pattern, address), expected, "{pattern} {address}");
        }
    }

    proptest! {
        #[test]
        fn the_address_is_shown_whole(pattern: String, address: String) {
            let parting = Parting::of(&pattern, &address);
            prop_assert_eq!(parting.together + &parting.address, address);
            prop_assert!(pattern.ends_with(&parting.pattern));
        }
    }
}
