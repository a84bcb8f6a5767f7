//! CloudFront's base64: the standard alphabet with padding, then `+` as `-`, `=` as `_` and `/` as `~`, so
//! that it stands in a cookie and in an address as it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Encodes bytes.
pub fn encode(bytes: &[u8]) -> String {
    let replace = |c| match c {
        '+' => '-',
        '=' => '_',
        '/' => '~',
        other => other,
    };
    STANDARD.encode(bytes).chars().map(replace).collect()
}

/// Decodes what [`encode`] makes, and no other spelling of the same bytes: `None` for plain base64, missing
/// padding or stray bits, so that no byte of a cookie can be changed unnoticed.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let restore = |b: u8| match b {
        b'-' => Some(b'+'),
        b'_' => Some(b'='),
        b'~' => Some(b'/'),
        other => other.is_ascii_alphanumeric().then_some(other),
    };
    let standard: Vec<u8> = text.bytes().map(restore).collect::<Option<_>>()?;
    STANDARD.decode(standard).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn encoded_bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn bytes_have_one_spelling(text in "[A-Za-z0-9+/=_~-]{0,12}") {
            if let Some(bytes) = decode(&text) { prop_assert_eq!(encode(&bytes), text); }
        }
    }

    #[test]
    fn the_three_replaced_characters_are_cloudfronts() {
        assert_eq!(encode(&[0xfb, 0xff]), "-~8_");
        assert_eq!(decode("+/8="), None);
    }
}
