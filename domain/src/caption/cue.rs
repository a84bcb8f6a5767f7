//! Captions that can be shown.

use super::{CaptionError, clock, parse};

/// A text and when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// What its author called it.
    pub id: Option<String>,
    /// Milliseconds.
    pub start: u64,
    /// Milliseconds; after `start`.
    pub end: u64,
    /// Settings that browsers know (WebVTT §4.4), separated by spaces.
    pub settings: String,
    /// Cue text as WebVTT writes it (§4.2.2); not empty, and no line of it is.
    pub text: String,
}

/// At least one cue, in the order of their beginnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captions {
    pub(super) cues: Vec<Cue>,
}

impl Captions {
    /// Reads SRT or WebVTT. The text of a file that was no UTF-8 holds U+FFFD in place of what it was.
    pub fn parse(text: &str) -> Result<Self, CaptionError> {
        parse::captions(text)
    }

    /// The cues.
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// The file that browsers get.
    pub fn to_webvtt(&self) -> String {
        let mut file = String::from("WEBVTT\n");
        for Cue { id, start, end, settings, text } in &self.cues {
            file.push('\n');
            if let Some(id) = id {
                file.extend([id.as_str(), "\n"]);
            }
            file.extend([&clock::write(*start), " --> ", &clock::write(*end)]);
            if !settings.is_empty() {
                file.extend([" ", settings.as_str()]);
            }
            file.extend(["\n", text.as_str(), "\n"]);
        }
        file
    }
}
