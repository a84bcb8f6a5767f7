//! How a browser is told to save a file, and under which name.

use super::FileName;

/// The value of `Content-Disposition` (RFC 6266 §4): save it, under this name. Programs that do not know
/// `filename*` get the name that is left in ASCII (§4.3, appendix D).
pub fn attachment(name: &FileName) -> String {
    let mut value = format!("attachment; filename=\"{}\"; filename*=UTF-8''", name.safe());
    for byte in name.as_str().bytes() {
        if is_attr_char(byte) {
            value.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            value.extend([
                '%',
                char::from(HEX[usize::from(byte >> 4)]),
                char::from(HEX[usize::from(byte & 15)]),
            ]);
        }
    }
    value
}

/// RFC 8187 §3.2.1.
fn is_attr_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(name: &str) -> String {
        attachment(&FileName::clean(name).unwrap())
    }

    /// Reads the name as RFC 8187 §3.2 says.
    fn read(value: &str) -> String {
        let encoded = value.split_once("filename*=UTF-8''").unwrap().1;
        let (mut bytes, mut rest) = (Vec::new(), encoded.bytes());
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn odd_names_are_written_as_the_rfc_has_it() {
        assert_eq!(
            of("€ rates.pdf"),
            "attachment; filename=\"rates.pdf\"; filename*=UTF-8''%E2%82%AC%20rates.pdf"
        );
        assert_eq!(
            of("a\"b'c;d%2F*.zip"),
            "attachment; filename=\"a-b-c-d-2F.zip\"; filename*=UTF-8''a%22b%27c%3Bd%252F%2A.zip"
        );
    }

    proptest! {
        #[test]
        fn every_name_arrives_and_no_name_breaks_out_of_the_header(text in "\\PC{1,200}|(?s).{1,200}") {
            if let Ok(name) = FileName::clean(&text) {
                let value = attachment(&name);
                prop_assert!(value.bytes().all(|b| (0x20..0x7f).contains(&b)), "{value:?}");
                prop_assert_eq!(value.matches('"').count(), 2);
                prop_assert_eq!(value.matches(';').count(), 2);
                prop_assert!(!value.contains('\\'));
                prop_assert!(value.len() < 2_048, "more than S3 keeps: {}", value.len());
                prop_assert_eq!(read(&value), name.as_str());
            }
        }
    }
}
