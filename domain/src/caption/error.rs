//! What is wrong with a file of captions.

use super::{MAX_CUES, MAX_LANGUAGES};

/// Why captions were refused: a sentence for whoever chose the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptionError {
    /// More than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("The file is larger than 2 MB, which is more than a film's captions have.")]
    TooLarge,
    /// More than [`MAX_CUES`].
    #[error("The file has more than {MAX_CUES} captions.")]
    TooManyCues,
    /// Its bytes were no UTF-8.
    #[error("The letters in this file cannot be read. Save the file as UTF-8 text and choose it again.")]
    NotUtf8,
    /// Nothing is ever shown.
    #[error(
        "There are no captions in this file: it must be an SRT or WebVTT file with a text and its times."
    )]
    NoCues,
    /// A line that should say when a text is shown does not.
    #[error("Line {line} is not a time range such as 00:01:02,500 --> 00:01:04,000.")]
    NotATimeRange {
        /// From 1.
        line: usize,
    },
    /// A text would disappear before it is shown.
    #[error("The time range on line {line} ends before it begins.")]
    Backwards {
        /// From 1.
        line: usize,
    },
    /// More than [`MAX_LANGUAGES`].
    #[error("A video can have captions in at most {MAX_LANGUAGES} languages: remove one first.")]
    TooManyLanguages,
}
