//! In which language captions are.

use serde::{Deserialize, Serialize};

/// A language tag (BCP 47, RFC 5646 §2.1), in its usual case: `de`, `pt-BR`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// The text is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not one of those that can be chosen")]
pub struct NotALanguage;

/// A language that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonLanguage {
    /// Its tag.
    pub tag: &'static str,
    /// What those who speak it call it.
    pub name: &'static str,
}

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What those who speak it call it, as far as it is among the [`COMMON`] ones.
    pub fn name(&self) -> Option<&'static str> {
        COMMON.iter().find(|common| common.tag == self.0).map(|common| common.name)
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        is_right_to_left(&self.0)
    }
}

impl CommonLanguage {
    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        is_right_to_left(self.tag)
    }
}

fn is_right_to_left(tag: &str) -> bool {
    matches!(
        tag.split('-').next(),
        Some("ar" | "he" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb")
    )
}

impl std::str::FromStr for Language {
    type Err = NotALanguage;
    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        let well_formed = |(at, part): (usize, &str)| match at {
            0 => (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()),
            _ => (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        };
        if text.len() > 35 || !text.split('-').enumerate().all(well_formed) {
            return Err(NotALanguage);
        }
        // RFC 5646 §2.1.1.
        let usual = text.split('-').enumerate().map(|(at, part)| {
            let lower = part.to_ascii_lowercase();
            let is_script = part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
            match (at, part.len()) {
                (0, _) => lower,
                (_, 2) => part.to_ascii_uppercase(),
                _ if is_script => format!("{}{}", lower[..1].to_ascii_uppercase(), &lower[1..]),
                _ => lower,
            }
        });
        Ok(Self(usual.collect::<Vec<_>>().join("-")))
    }
}

impl TryFrom<String> for Language {
    type Error = NotALanguage;
    fn try_from(text: String) -> Result<Self, NotALanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.0
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

const fn common(tag: &'static str, name: &'static str) -> CommonLanguage {
    CommonLanguage { tag, name }
}

/// The languages that can be chosen, by their own names: Latin, Greek, Cyrillic, then the other scripts.
#[rustfmt::skip]
pub const COMMON: [CommonLanguage; 48] = [
    common("id", "Bahasa Indonesia"), common("ms", "Bahasa Melayu"), common("ca", "Català"), common("cs", "Čeština"),
    common("cy", "Cymraeg"), common("da", "Dansk"), common("de", "Deutsch"), common("et", "Eesti"),
    common("en", "English"), common("es", "Español"), common("eu", "Euskara"), common("fil", "Filipino"),
    common("fr", "Français"), common("hr", "Hrvatski"), common("it", "Italiano"), common("sw", "Kiswahili"),
    common("lv", "Latviešu"), common("lt", "Lietuvių"), common("hu", "Magyar"), common("nl", "Nederlands"),
    common("nb", "Norsk bokmål"), common("pl", "Polski"), common("pt", "Português"),
    common("pt-BR", "Português (Brasil)"), common("ro", "Română"), common("sk", "Slovenčina"),
    common("sl", "Slovenščina"), common("fi", "Suomi"), common("sv", "Svenska"), common("vi", "Tiếng Việt"),
    common("tr", "Türkçe"), common("el", "Ελληνικά"), common("bg", "Български"), common("ru", "Русский"),
    common("sr", "Српски"), common("uk", "Українська"), common("he", "עברית"), common("ar", "العربية"),
    common("fa", "فارسی"), common("ur", "اردو"), common("hi", "हिन्दी"), common("bn", "বাংলা"),
    common("ta", "தமிழ்"), common("th", "ไทย"), common("zh-Hans", "简体中文"), common("zh-Hant", "繁體中文"),
    common("ja", "日本語"), common("ko", "한국어"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_language_that_can_be_chosen_is_one() {
        for CommonLanguage { tag, name } in COMMON {
            let language: Language = tag.parse().unwrap();
            assert_eq!((language.as_str(), language.name()), (tag, Some(name)));
        }
        assert_eq!(COMMON.iter().map(|common| common.tag).collect::<BTreeSet<_>>().len(), COMMON.len());
    }

    #[test]
    fn tags_get_their_usual_case() {
        let usual = |text: &str| text.parse::<Language>().map(String::from);
        assert_eq!(usual("PT-br"), Ok("pt-BR".to_owned()));
        assert_eq!(usual("ZH-hANT-hk"), Ok("zh-Hant-HK".to_owned()));
        for text in ["", "d", "deutsch", "de-", "-de", "de--ch", "de_CH", "de-\"><", "12"] {
            assert_eq!(usual(text), Err(NotALanguage), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_tag_twice_is_reading_it_once(text in "[a-zA-Z0-9-]{0,20}|.{0,10}") {
            if let Ok(language) = text.parse::<Language>() {
                prop_assert_eq!(language.as_str().parse::<Language>(), Ok(language.clone()));
            }
        }
    }
}
