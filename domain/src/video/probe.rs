//! What an uploaded file holds.

use super::{Complexity, FrameRate};
use crate::time::Seconds;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What an uploaded file holds, as far as its renditions depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What the picture, or else the sound, is encoded in, as ffprobe calls it; `None` where nobody asked.
    #[serde(default)]
    pub codec: Option<String>,
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
            codec: None,
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

/// `1920x1080, 23.976 frames a second, hevc, stereo, 12:03`.
impl std::fmt::Display for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.has_picture() {
            let rate = (self.frame_rate.per_second() * 1000.0).round() / 1000.0;
            write!(f, "{}x{}, {rate} frames a second, ", self.width, self.height)?;
        }
        if let Some(codec) = &self.codec {
            write!(f, "{codec}, ")?;
        }
        let marks =
            [(self.colour.hdr.is_some(), "HDR"), (self.interlaced, "interlaced"), (self.turned, "turned")];
        for (_, mark) in marks.into_iter().filter(|(holds, _)| *holds) {
            write!(f, "{mark}, ")?;
        }
        match self.audio_channels {
            None => f.write_str("no sound")?,
            Some(1) => f.write_str("mono")?,
            Some(2) => f.write_str("stereo")?,
            Some(channels) => write!(f, "{channels} channels")?,
        }
        match self.subtitles.len() {
            0 => {}
            1 => f.write_str(", captions")?,
            count => write!(f, ", {count} tracks of captions")?,
        }
        write!(f, ", {}", Seconds(self.duration.as_secs_f64().round() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_a_person_would_say_it() {
        let rate = FrameRate::new(24_000, 1001).unwrap();
        let film = Probe::picture(1920, 1080, rate, Duration::from_millis(722_600));
        assert_eq!(film.to_string(), "1920x1080, 23.976 frames a second, no sound, 12:03");
        let film = Probe {
            codec: Some("hevc".into()),
            audio_channels: Some(6),
            colour: Colour { hdr: Some(Hdr::Pq), ..Colour::default() },
            turned: true,
            ..film
        };
        let said = "1920x1080, 23.976 frames a second, hevc, HDR, turned, 6 channels, 12:03";
        assert_eq!(film.to_string(), said);
        assert_eq!(Probe::sound(1, Duration::from_secs(3600)).to_string(), "mono, 1:00:00");
    }

    #[test]
    fn a_record_of_an_earlier_release_is_read() {
        let old = r#"{"width":640,"height":360,"frame_rate":[25,1],"interlaced":false,
            "duration":{"secs":600,"nanos":0},"audio_channels":2}"#;
        let rate = FrameRate::new(25, 1).unwrap();
        let plain = Probe::picture(640, 360, rate, Duration::from_secs(600));
        assert_eq!(serde_json::from_str::<Probe>(old).unwrap(), Probe { audio_channels: Some(2), ..plain });
    }
}
