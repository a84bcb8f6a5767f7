//! Textual encodings of keys (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The blocks of a text: what each is called, and its bytes. Text around them is a comment. `None` where a
/// block is broken or encrypted.
pub(super) fn decode(text: &str) -> Option<Vec<(&str, Vec<u8>)>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, body) = begun.split_once("-----")?;
        let (base64, after) = body.split_once(&format!("-----END {label}-----"))?;
        let base64: String = base64.split_ascii_whitespace().collect();
        blocks.push((label, STANDARD.decode(base64).ok()?));
        rest = after;
    }
    Some(blocks)
}

/// One block.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(first: Vec<u8>, second: Vec<u8>) {
            let text = format!("a comment\n{}{}", encode("A", &first), encode("B C", &second));
            prop_assert_eq!(decode(&text), Some(vec![("A", first), ("B C", second)]));
        }

        #[test]
        fn arbitrary_text_never_panics(text in "(-----BEGIN A-----|-----END A-----|[ -~\n]{0,9}){0,6}") {
            decode(&text);
        }
    }

    #[test]
    fn a_broken_block_is_refused() {
        for text in [
            "-----BEGIN A-----\nAAAA",
            "-----BEGIN A-----\nAAAA\n-----END B-----",
            "-----BEGIN A-----\nx: y\n-----END A-----",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
