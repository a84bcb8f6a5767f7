//! The captions of a video, as they are listed.

use super::Language;
use crate::id::CaptionId;
use serde::{Deserialize, Serialize};

/// Captions in one language that somebody uploaded for a video. What is stored under its id never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// Its identifier.
    pub id: CaptionId,
    /// Its language: no other of the same video has it.
    pub language: Language,
    /// What people choose it by.
    pub label: String,
}

/// Captions that can be shown with a version of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Which were uploaded; `None` for those that came with the file.
    pub id: Option<CaptionId>,
    /// Where they are, from the place of the version: `captions/1.vtt`.
    pub file: String,
    /// Their language, as far as it is known.
    pub language: Option<Language>,
    /// What people choose them by.
    pub label: String,
}

impl Caption {
    /// In a language, chosen by its own name.
    pub fn new(id: CaptionId, language: Language) -> Self {
        let label = language.name().unwrap_or(language.as_str()).to_owned();
        Self { id, language, label }
    }

    /// As learners get it.
    pub fn track(&self) -> Track {
        Track {
            id: Some(self.id),
            file: format!("captions/{}.vtt", self.id),
            language: Some(self.language.clone()),
            label: self.label.clone(),
        }
    }
}

/// All captions of a version: those that were uploaded, then those that came with the file, unless there are uploaded
/// ones in the same language.
pub fn joined(uploaded: &[Caption], embedded: impl IntoIterator<Item = Track>) -> Vec<Track> {
    let is_hidden = |track: &Track| {
        uploaded.iter().any(|caption| track.language.as_ref().is_some_and(|known| *known == caption.language))
    };
    let rest = embedded.into_iter().filter(|track| !is_hidden(track));
    uploaded.iter().map(Caption::track).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn uploaded_captions_hide_those_that_came_with_the_file_in_their_language() {
        let id = CaptionId::new(Timestamp::from_millis(0), 1);
        let german = Caption::new(id, "de".parse().unwrap());
        let embedded = |n: u32, language: Option<&str>| Track {
            id: None,
            file: format!("captions/{n}.vtt"),
            language: language.map(|tag| tag.parse().unwrap()),
            label: format!("Track {n}"),
        };
        let all = [embedded(1, Some("DE")), embedded(2, Some("fr")), embedded(3, None)];
        let labels = |uploaded: &[Caption]| {
            joined(uploaded, all.clone()).into_iter().map(|track| track.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[german]), ["Deutsch", "Track 2", "Track 3"]);
        assert_eq!(labels(&[]), ["Track 1", "Track 2", "Track 3"]);
    }
}
