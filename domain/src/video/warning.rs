//! What an instructor should know of a video that can be watched all the same.

use crate::time::Seconds;
use serde::{Deserialize, Serialize};

/// What an instructor should know of a video that can be watched all the same. Its `Display` is what the
/// instructor reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Warning {
    /// The file says that it lasts longer than it does.
    #[error(
        "The file breaks off: about {} at its end are missing. What is there can be watched. Upload it again if you have the whole.", spoken(*.missing)
    )]
    CutShort {
        /// How much is missing.
        missing: Seconds,
    },
    /// Parts of it could not be decoded.
    #[error(
        "Parts of the file are damaged, so there may be gaps or blocks in the picture or the sound. Watch it once, and upload it again if you have a better copy."
    )]
    Damaged,
    /// There is a sound track that cannot be decoded, or that holds nothing.
    #[error("The sound of the file cannot be read, so the video is silent.")]
    SoundUnreadable,
}

fn spoken(seconds: Seconds) -> String {
    match seconds.0 {
        1 => "1 second".into(),
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 30) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_sentence_for_people() {
        let text = |missing| Warning::CutShort { missing: Seconds(missing) }.to_string();
        assert!(text(1).contains("about 1 second at"), "{}", text(1));
        assert!(text(90).contains("about 90 seconds at"), "{}", text(90));
        assert!(text(3600).contains("about 60 minutes at"), "{}", text(3600));
    }

    #[test]
    fn it_is_kept_in_records() {
        for warning in [Warning::CutShort { missing: Seconds(3) }, Warning::Damaged, Warning::SoundUnreadable]
        {
            let json = serde_json::to_string(&warning).unwrap();
            assert_eq!(serde_json::from_str::<Warning>(&json).unwrap(), warning, "{json}");
        }
    }
}
