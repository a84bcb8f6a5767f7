//! Names of files: as people read them, and as addresses and old programs take them.

use crate::text::{TextError, unshowable};
use serde::{Deserialize, Serialize};

/// A file's name as learners see it and as their browsers save it: one line of 1 to 120 characters that does
/// not begin with a dot and holds no path separator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// The most characters. Percent-encoded they then fit into what an S3 bucket keeps beside an object: 2 KB.
    pub const MAX_CHARS: usize = 120;

    /// The name that a text comes to: of a file as its owner called it, or as somebody typed it. White space
    /// is folded, separators of paths become hyphens, and what cannot be shown goes, as do dots that would
    /// hide the file. A name that is too long loses the end of its stem, not its extension.
    pub fn clean(text: &str) -> Result<Self, TextError> {
        let shown: String = text.chars().filter(|c| c.is_whitespace() || !unshowable(*c)).collect();
        let folded = shown.replace(['/', '\\'], "-").split_whitespace().collect::<Vec<_>>().join(" ");
        let name = folded.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
        if name.is_empty() {
            return Err(TextError::Empty);
        }
        Ok(Self(shortened(name)))
    }

    /// The same file under another name: its extension stays, because its type follows from it.
    pub fn renamed(&self, text: &str) -> Result<Self, TextError> {
        let Some(extension) = self.extension() else { return Self::clean(text) };
        let typed = Self::clean(text)?;
        if typed.extension().as_ref() == Some(&extension) {
            return Ok(typed);
        }
        Self::clean(&format!("{typed}.{extension}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last dot, in lower case: 1 to 10 ASCII letters and digits.
    pub fn extension(&self) -> Option<String> {
        let (_, extension) = split(&self.0);
        extension.map(str::to_ascii_lowercase)
    }

    /// The nearest name that is safe everywhere.
    pub fn safe(&self) -> SafeName {
        let (stem, extension) = split(&self.0);
        let mut safe = String::new();
        for c in stem.chars() {
            let c = if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
            if safe.len() < SafeName::MAX_STEM && !(matches!(c, '-' | '.') && safe.ends_with(['-', '.'])) {
                safe.push(c);
            }
        }
        let stem = safe.trim_matches(['-', '.']);
        let stem = if stem.is_empty() { "file" } else { stem };
        SafeName(match extension {
            Some(extension) => format!("{stem}.{}", extension.to_ascii_lowercase()),
            None => stem.to_owned(),
        })
    }
}

/// The last part of a file's address, and its name for programs that know ASCII alone: letters, digits, `.`,
/// `_` and `-`, beginning with a letter, a digit or `_`, at most 75 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SafeName(String);

impl SafeName {
    const MAX_STEM: usize = 64;
    const MAX: usize = Self::MAX_STEM + 1 + MAX_EXTENSION;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const MAX_EXTENSION: usize = 10;

/// Stem and extension; a dot at the beginning makes no extension.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && (1..=MAX_EXTENSION).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (stem, Some(extension))
        }
        _ => (name, None),
    }
}

fn shortened(name: &str) -> String {
    let over = name.chars().count().saturating_sub(FileName::MAX_CHARS);
    if over == 0 {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let kept: String = stem.chars().take(stem.chars().count() - over).collect();
    match extension {
        Some(extension) => format!("{}.{extension}", kept.trim_end_matches(['.', ' '])),
        None => kept.trim_end_matches(['.', ' ']).to_owned(),
    }
}

/// Only what [`FileName::clean`] makes: a record cannot bring in another.
impl TryFrom<String> for FileName {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        match Self::clean(&text)? {
            name if name.0 == text => Ok(name),
            _ => Err(TextError::ControlCharacter),
        }
    }
}

impl TryFrom<String> for SafeName {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        match text.as_bytes() {
            [] => Err(TextError::Empty),
            bytes if bytes.len() > Self::MAX => Err(TextError::TooLong { max: Self::MAX }),
            [b'.' | b'-', ..] => Err(TextError::ControlCharacter),
            bytes if !bytes.iter().all(|b| allowed(*b)) => Err(TextError::ControlCharacter),
            _ => Ok(Self(text)),
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.0
    }
}

impl From<SafeName> for String {
    fn from(name: SafeName) -> String {
        name.0
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for SafeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(text: &str) -> String {
        FileName::clean(text).unwrap().0
    }

    fn safe(text: &str) -> String {
        FileName::clean(text).unwrap().safe().0
    }

    #[test]
    fn a_name_is_kept_as_its_owner_wrote_it() {
        for name in ["Übung 1.pdf", "ورقة عمل.pdf", "🎬 final \"cut\".zip", "a;b=c.txt", "100%.csv"]
        {
            assert_eq!(clean(name), name);
        }
    }

    #[test]
    fn what_could_lead_elsewhere_or_deceive_is_taken_out() {
        assert_eq!(clean("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(clean("C:\\secret\\plan.pdf"), "C:-secret-plan.pdf");
        assert_eq!(clean("notes\u{202e}fdp.txt"), "notesfdp.txt", "no name reads as another");
        assert_eq!(clean(" a\r\nSet-Cookie: b=c\0.txt "), "a Set-Cookie: b=c.txt");
        assert_eq!(clean(".bashrc"), "bashrc");
        for nothing in ["", " ", "...", "\u{202e}", "\0\0"] {
            assert_eq!(FileName::clean(nothing), Err(TextError::Empty), "{nothing:?}");
        }
    }

    #[test]
    fn the_safe_name_is_what_is_left_in_ascii() {
        assert_eq!(safe("Übung 1 (neu).PDF"), "bung-1-neu.pdf");
        assert_eq!(safe("ورقة.pdf"), "file.pdf");
        assert_eq!(safe("course.v2..tar.gz"), "course.v2.tar.gz");
        assert_eq!(safe("README"), "README");
    }

    #[test]
    fn another_name_keeps_the_extension() {
        let name = FileName::clean("draft.pdf").unwrap();
        assert_eq!(name.renamed("Worksheet").unwrap().as_str(), "Worksheet.pdf");
        assert_eq!(name.renamed("Worksheet.PDF").unwrap().as_str(), "Worksheet.PDF");
        assert_eq!(name.renamed("Worksheet.exe").unwrap().as_str(), "Worksheet.exe.pdf");
        assert!(name.renamed(" ").is_err());
    }

    proptest! {
        #[test]
        fn every_text_comes_to_a_name_that_stays_as_it_is(text in "\\PC{0,200}|(?s).{0,200}") {
            if let Ok(name) = FileName::clean(&text) {
                prop_assert!((1..=FileName::MAX_CHARS).contains(&name.as_str().chars().count()));
                let separators = ['/', '\\', '\0', '\n', '\r', '\u{202e}'];
                prop_assert!(!name.as_str().contains(separators));
                prop_assert!(!name.as_str().starts_with('.'));
                prop_assert_eq!(FileName::try_from(name.0.clone()), Ok(name.clone()));
                let safe = name.safe();
                prop_assert_eq!(SafeName::try_from(safe.0.clone()), Ok(safe));
            }
        }

        #[test]
        fn a_long_name_keeps_its_extension(stem in "[a-zé ]{1,300}", extension in "[a-z0-9]{1,10}") {
            let name = FileName::clean(&format!("x{stem}.{extension}")).unwrap();
            prop_assert_eq!(name.extension(), Some(extension));
        }
    }
}
