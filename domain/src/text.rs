//! Text that people enter: a value that exists is valid.
//!
//! Every error reads as a sentence to the person who typed, after the name of the field.

use serde::{Deserialize, Serialize};

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum TextError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// More characters than allowed.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// Fewer characters than needed.
    #[error("is shorter than {min} characters")]
    TooShort {
        /// The fewest characters allowed.
        min: usize,
    },
    /// A control character, which no keyboard makes.
    #[error("holds a character that cannot be shown")]
    ControlCharacter,
    /// Not of the form of an e-mail address.
    #[error("is not an e-mail address, like ada@example.com")]
    NotAnEmail,
    /// Not of the form of a time zone's name.
    #[error("is not a time zone, like Europe/Athens")]
    NotATimeZone,
    /// Not of the form of a slug.
    #[error("may hold lower-case letters, digits and single hyphens between them")]
    NotASlug,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// One line that names a course, a section or a lesson: 1 to 120 characters, white space folded.
    Title, |text| line(text, 120)
}
text! {
    /// One line below a title: 1 to 300 characters, white space folded.
    Subtitle, |text| line(text, 300)
}
text! {
    /// A person's name as shown to others: 1 to 80 characters, white space folded.
    DisplayName, |text| line(text, 80)
}
text! {
    /// Paragraphs: up to 20,000 characters, may be empty, line ends as `\n`.
    Prose, |text| paragraphs(text, 20_000)
}
text! {
    /// An e-mail address, lower-cased: one `@`, a dotted domain, at most 254 characters (RFC 5321 §4.5.3.1).
    /// Whether mail arrives there is for a mail to find out.
    Email, email
}
text! {
    /// A name in an address (`/courses/{slug}`): lower-case ASCII letters, digits, single hyphens, at most 80.
    Slug, slug
}

text! {
    /// The name of a time zone in IANA's database: `Europe/Athens`. Whether there is one is for who has the database.
    TimeZone, time_zone
}

impl Default for Prose {
    /// No text.
    fn default() -> Self {
        Self(String::new())
    }
}

impl Slug {
    /// The slug that suits a title; `None` where nothing of it is left, as for a title in another script.
    pub fn from_title(title: &Title) -> Option<Slug> {
        let mut slug = String::new();
        for c in title.as_str().chars() {
            if slug.len() >= 72 {
                break;
            }
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.trim_end_matches('-').parse().ok()
    }
}

/// A password as typed: 10 to 200 characters. Neither shown nor logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The fewest characters of a new password.
    pub const MIN: usize = 10;
    /// The most, so that hashing cannot be made to take long.
    pub const MAX: usize = 200;

    /// Parses a password that is about to be set.
    pub fn new(text: &str) -> Result<Self, TextError> {
        match text.chars().count() {
            n if n < Self::MIN => Err(TextError::TooShort { min: Self::MIN }),
            _ => Self::attempt(text),
        }
    }

    /// Takes a password that is about to be checked: whatever its length was when it was set.
    pub fn attempt(text: &str) -> Result<Self, TextError> {
        if text.chars().count() > Self::MAX {
            return Err(TextError::TooLong { max: Self::MAX });
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself, for the hash function.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

fn line(text: &str, max: usize) -> Result<String, TextError> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.chars().count() {
        0 => Err(TextError::Empty),
        n if n > max => Err(TextError::TooLong { max }),
        _ if folded.chars().any(unshowable) => Err(TextError::ControlCharacter),
        _ => Ok(folded),
    }
}

fn paragraphs(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    if text.chars().count() > max {
        Err(TextError::TooLong { max })
    } else if text.chars().any(|c| unshowable(c) && c != '\n' && c != '\t') {
        Err(TextError::ControlCharacter)
    } else {
        Ok(text)
    }
}

/// Control characters, and the bidirectional overrides that make a name read as another (UTR #36 §3.2).
/// The marks that right-to-left text needs (U+200E, U+200F) stay allowed.
pub(crate) fn unshowable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn email(text: &str) -> Result<String, TextError> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > 254 {
        return Err(TextError::TooLong { max: 254 });
    }
    let valid = text.split_once('@').is_some_and(|(local, host)| {
        let printable = |s: &str| {
            s.chars().all(|c| !c.is_whitespace() && !unshowable(c) && !"()<>[]:;,\\\"@".contains(c))
        };
        (1..=64).contains(&local.len())
            && printable(local)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && printable(host)
            && host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
            })
    });
    if valid { Ok(text) } else { Err(TextError::NotAnEmail) }
}

fn time_zone(text: &str) -> Result<String, TextError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
    if text.is_empty() || text.len() > 64 || !text.chars().all(allowed) {
        return Err(TextError::NotATimeZone);
    }
    Ok(text.to_owned())
}

fn slug(text: &str) -> Result<String, TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > 80 {
        return Err(TextError::TooLong { max: 80 });
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.chars().all(allowed) || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err(TextError::NotASlug);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_fold_white_space_and_refuse_nothing() {
        assert_eq!("  Rust \n for\tall ".parse::<Title>().map(String::from), Ok("Rust for all".into()));
        assert_eq!(" \n".parse::<Title>(), Err(TextError::Empty));
        assert_eq!("x".repeat(121).parse::<Title>(), Err(TextError::TooLong { max: 120 }));
        assert_eq!("a\u{202E}b".parse::<Title>(), Err(TextError::ControlCharacter));
    }

    #[test]
    fn emails_are_lower_cased_and_checked_for_form() {
        assert_eq!(" Ada@Example.COM ".parse::<Email>().map(String::from), Ok("ada@example.com".into()));
        for bad in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@@example.com",
            "a@-x.com",
            ".a@x.com",
        ] {
            assert_eq!(bad.parse::<Email>(), Err(TextError::NotAnEmail), "{bad}");
        }
    }

    #[test]
    fn passwords_do_not_show_in_debug_output() {
        let password = Password::new("correct horse battery").unwrap();
        assert!(!format!("{password:?}").contains("horse"));
        assert_eq!(Password::new("short").err(), Some(TextError::TooShort { min: 10 }));
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,200}") {
            if let Ok(title) = text.parse::<Title>() { prop_assert_eq!(title.as_str().parse::<Title>(), Ok(title.clone())); }
            if let Ok(prose) = text.parse::<Prose>() { prop_assert_eq!(prose.as_str().parse::<Prose>(), Ok(prose.clone())); }
            if let Ok(email) = text.parse::<Email>() { prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone())); }
            if let Ok(slug) = text.parse::<Slug>() { prop_assert_eq!(slug.as_str(), text); }
        }

        #[test]
        fn a_slug_from_a_title_is_a_slug(text in "\\PC{1,200}") {
            if let Ok(title) = text.parse::<Title>() && let Some(slug) = Slug::from_title(&title) {
                prop_assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
            }
        }
    }
}
