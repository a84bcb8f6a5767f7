//! Captions that came with a video.

use serde::{Deserialize, Serialize};

/// Captions that came with a video, as WebVTT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionFile {
    /// Where it is, from the prefix of the output: `captions/1.vtt`.
    pub file: String,
    /// The language (BCP 47), where it can be told.
    pub language: Option<String>,
    /// What people choose it by.
    pub label: String,
}

/// The BCP 47 tag of a language as containers name it: a code of two or three letters (ISO 639, both sets) or
/// a tag already. `None` for what says nothing, and for what is no tag.
pub fn language_tag(named: &str) -> Option<String> {
    let named = named.trim().replace('_', "-");
    let mut parts = named.split('-');
    let first = parts.next()?.to_ascii_lowercase();
    let is_code = matches!(first.len(), 2 | 3) && first.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_code || matches!(first.as_str(), "und" | "mul" | "mis" | "zxx") {
        return None;
    }
    let shortest =
        SHORTER.iter().find(|(long, _)| *long == first).map_or(first.as_str(), |(_, short)| *short);
    let well_formed =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut tag = shortest.to_owned();
    for part in parts.take_while(|part| well_formed(part)) {
        tag.push('-');
        tag.push_str(part);
    }
    Some(tag)
}

/// Codes of three letters that have one of two, which BCP 47 asks for (RFC 5646 §2.2.1): both the
/// bibliographic and the terminological ones of ISO 639-2.
#[rustfmt::skip]
const SHORTER: [(&str, &str); 71] = [
    ("afr", "af"), ("alb", "sq"), ("ara", "ar"), ("arm", "hy"), ("aze", "az"), ("baq", "eu"), ("bel", "be"),
    ("ben", "bn"), ("bos", "bs"), ("bul", "bg"), ("cat", "ca"), ("ces", "cs"), ("chi", "zh"), ("cym", "cy"),
    ("cze", "cs"), ("dan", "da"), ("deu", "de"), ("dut", "nl"), ("ell", "el"), ("eng", "en"), ("est", "et"),
    ("eus", "eu"), ("fas", "fa"), ("fin", "fi"), ("fra", "fr"), ("fre", "fr"), ("geo", "ka"), ("ger", "de"),
    ("gle", "ga"), ("glg", "gl"), ("gre", "el"), ("guj", "gu"), ("heb", "he"), ("hin", "hi"), ("hrv", "hr"),
    ("hun", "hu"), ("hye", "hy"), ("ice", "is"), ("ind", "id"), ("isl", "is"), ("ita", "it"), ("jpn", "ja"),
    ("kat", "ka"), ("kaz", "kk"), ("kor", "ko"), ("lav", "lv"), ("lit", "lt"), ("mac", "mk"), ("may", "ms"),
    ("mkd", "mk"), ("msa", "ms"), ("nld", "nl"), ("nor", "no"), ("per", "fa"), ("pol", "pl"), ("por", "pt"),
    ("ron", "ro"), ("rum", "ro"), ("rus", "ru"), ("slk", "sk"), ("slo", "sk"), ("slv", "sl"), ("spa", "es"),
    ("sqi", "sq"), ("srp", "sr"), ("swe", "sv"), ("tha", "th"), ("tur", "tr"), ("ukr", "uk"), ("vie", "vi"),
    ("zho", "zh"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_as_browsers_name_them() {
        for (named, tag) in [
            ("ger", Some("de")),
            ("deu", Some("de")),
            ("eng", Some("en")),
            ("de-CH", Some("de-CH")),
            ("pt_BR", Some("pt-BR")),
            ("gsw", Some("gsw")),
            ("und", None),
            ("", None),
            ("English", None),
            ("en-\"><", Some("en")),
        ] {
            assert_eq!(language_tag(named).as_deref(), tag, "{named}");
        }
    }
}
