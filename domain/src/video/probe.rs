//! What an uploaded file holds.

use super::{Complexity, FrameRate};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What an uploaded file holds, as far as its renditions depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// How wide the picture is as shown: after rotation, in square pixels. Zero where there is sound alone.
    pub width: u32,
    /// How high the picture is as shown. Zero where there is sound alone.
    pub height: u32,
    /// The average frame rate. It may vary within the file.
    pub frame_rate: FrameRate,
    /// Whether frames are made of two fields, as on old tapes and in broadcasts.
    pub interlaced: bool,
    /// How long it lasts: the picture or the sound, whichever ends later.
    pub duration: Duration,
    /// How many channels the sound has; `None` without sound.
    pub audio_channels: Option<u32>,
    /// Which of several sounds is the main one, from zero.
    #[serde(default)]
    pub audio_track: u32,
    /// Whether the picture is stored otherwise than it is shown, and turned by whoever plays it.
    #[serde(default)]
    pub turned: bool,
    /// How its colours are written.
    #[serde(default)]
    pub colour: Colour,
    /// How much there is to encode in the picture.
    #[serde(default)]
    pub complexity: Complexity,
    /// How much longer the picture lasts than the sound (or, negative, the sound than the picture),
    /// milliseconds. Zero where nobody would notice.
    #[serde(default)]
    pub picture_outlasts_sound: i64,
    /// Subtitles that are text.
    #[serde(default)]
    pub subtitles: Vec<SubtitleTrack>,
}

/// How the colours of a picture are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Colour {
    /// Brighter than a screen of old can show: what transfer it is in.
    #[serde(default)]
    pub hdr: Option<Hdr>,
    /// How brightness and colour were told apart.
    #[serde(default)]
    pub matrix: Matrix,
    /// Whether black is 0 and white is 255, and not 16 and 235.
    #[serde(default)]
    pub full_range: bool,
}

/// Transfers of high dynamic range (ITU-R BT.2100).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hdr {
    /// Perceptual quantiser, SMPTE ST 2084: HDR10 and Dolby Vision.
    Pq,
    /// Hybrid log-gamma, ARIB STD-B67: broadcasts and some phones.
    Hlg,
}

/// Matrices from red, green and blue to brightness and colour (ITU-T H.273 §8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matrix {
    /// Of high definition, and what everything is taken for that does not say.
    #[default]
    Bt709,
    /// Of standard definition.
    Bt601,
    /// Of ultra-high definition.
    Bt2020,
}

/// Subtitles within a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubtitleTrack {
    /// Which of the file's subtitles it is, from zero; those that are pictures count.
    pub index: u32,
    /// The language (BCP 47), where the file names one that we know.
    pub language: Option<String>,
    /// What the file calls it, or else its language.
    pub label: String,
}

impl Probe {
    /// Of a plain picture without sound.
    pub fn picture(width: u32, height: u32, frame_rate: FrameRate, duration: Duration) -> Self {
        Self {
            width,
            height,
            frame_rate,
            interlaced: false,
            duration,
            audio_channels: None,
            audio_track: 0,
            turned: false,
            colour: Colour::default(),
            complexity: Complexity::default(),
            picture_outlasts_sound: 0,
            subtitles: Vec::new(),
        }
    }

    /// Of sound alone.
    pub fn sound(channels: u32, duration: Duration) -> Self {
        Self { audio_channels: Some(channels), ..Self::picture(0, 0, FrameRate::default(), duration) }
    }

    /// Whether there is something to look at.
    pub fn has_picture(&self) -> bool {
        self.width > 0 && self.height > 0
    }

    /// The shorter side of the picture: what "1080p" counts, whichever way the camera was held.
    pub fn short_side(&self) -> u32 {
        self.width.min(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_an_earlier_release_is_read() {
        let old = r#"{"width":640,"height":360,"frame_rate":[25,1],"interlaced":false,
            "duration":{"secs":600,"nanos":0},"audio_channels":2}"#;
        let rate = FrameRate::new(25, 1).unwrap();
        let plain = Probe::picture(640, 360, rate, Duration::from_secs(600));
        assert_eq!(serde_json::from_str::<Probe>(old).unwrap(), Probe { audio_channels: Some(2), ..plain });
    }
}
