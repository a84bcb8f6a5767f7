//! Codes that people get by mail, or keep on paper: secrets that can be read out and typed.

/// The digits: Crockford's base 32, without letters that look like others.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits a code has: 60 bits, which cannot be guessed even from their hash.
const LENGTH: usize = 12;
/// How many digits stand together.
const GROUP: usize = 4;

/// A code, however it was typed: its digits alone. Neither shown nor logged by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// Makes a code of random bits; 60 of them are used.
    pub fn new(random: u128) -> Self {
        let digit = |at: usize| char::from(DIGITS[(random >> (5 * at)) as usize & 31]);
        Self((0..LENGTH).map(digit).collect())
    }

    /// The digits, without what stands between them.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// As it is written: `4K7Q-F2M9-XTBA`.
    pub fn expose(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH).step_by(GROUP).map(|at| &self.0[at..at + GROUP]).collect();
        groups.join("-")
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// The text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a code")]
pub struct InvalidCode;

impl std::str::FromStr for Code {
    type Err = InvalidCode;

    /// Takes what people type: lower case, with spaces or without, with letters that Crockford reads as digits.
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let digits = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(digit);
        let digits: String = digits.take(LENGTH + 1).collect::<Result<_, _>>()?;
        if digits.len() == LENGTH { Ok(Self(digits)) } else { Err(InvalidCode) }
    }
}

fn digit(c: char) -> Result<char, InvalidCode> {
    match c.to_ascii_uppercase() {
        'O' => Ok('0'),
        'I' | 'L' => Ok('1'),
        c if c.is_ascii() && DIGITS.contains(&(c as u8)) => Ok(c),
        _ => Err(InvalidCode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_understood() {
        let code: Code = "4K7Q-F2M9-X1B0".parse().unwrap();
        for typed in ["4k7qf2m9x1b0", " 4K7Q F2M9 XLBO ", "4k7q-f2m9-xib o"] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for wrong in ["", "4K7Q", "4K7Q-F2M9-X1B0-0", "4K7Q-F2M9-X1BU", "4K7Q-F2M9-X1Bé"] {
            assert_eq!(wrong.parse::<Code>(), Err(InvalidCode), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bits: u128, junk in "\\PC{0,40}") {
            let code = Code::new(bits);
            prop_assert_eq!(code.expose().parse(), Ok(code));
            let _ = junk.parse::<Code>();
        }

        #[test]
        fn other_bits_are_another_code(bits: u128, flipped in 0..60u32) {
            prop_assert_ne!(Code::new(bits), Code::new(bits ^ (1 << flipped)));
        }
    }
}
