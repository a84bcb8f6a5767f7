//! Captions: what people upload as SRT or WebVTT, kept and served as WebVTT (<https://www.w3.org/TR/webvtt1/>).
//!
//! Parsing never fails on what players shrug off, and says which line is wrong where words would get lost.

mod clock;
mod cue;
mod error;
mod language;
mod parse;
mod settings;
mod text;
mod track;

pub use cue::{Captions, Cue};
pub use error::CaptionError;
pub use language::{COMMON, CommonLanguage, Language, NotALanguage};
pub use track::{Caption, Track, joined};

/// The most bytes of a file of captions.
pub const MAX_BYTES: usize = 2_000_000;
/// The most cues in it.
pub const MAX_CUES: usize = 20_000;
/// The most languages that a video has captions in.
pub const MAX_LANGUAGES: usize = 40;
