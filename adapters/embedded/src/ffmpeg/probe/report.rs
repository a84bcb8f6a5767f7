//! What ffprobe writes.

use domain::video::{Colour, FrameRate, Hdr, Matrix, SubtitleTrack, language_tag};
use serde::Deserialize;
use std::time::Duration;

/// What ffprobe writes of a file.
#[derive(Deserialize, Default)]
pub(super) struct Report {
    #[serde(default)]
    pub streams: Vec<Stream>,
    #[serde(default)]
    pub format: Format,
}

/// Of the file as a whole.
#[derive(Deserialize, Default)]
pub(super) struct Format {
    duration: Option<String>,
    start_time: Option<String>,
}

/// Of one stream.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Stream {
    pub index: u32,
    codec_type: String,
    pub codec_name: Option<String>,
    codec_tag_string: String,
    pub width: u32,
    pub height: u32,
    sample_aspect_ratio: String,
    avg_frame_rate: String,
    r_frame_rate: String,
    pub field_order: String,
    pix_fmt: String,
    color_range: String,
    color_space: String,
    color_transfer: String,
    start_time: Option<String>,
    duration: Option<String>,
    channels: Option<u32>,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
    tags: Tags,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Disposition {
    default: u8,
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tags {
    #[serde(alias = "LANGUAGE")]
    language: String,
    #[serde(alias = "TITLE")]
    title: String,
    #[serde(rename = "DURATION")]
    duration: Option<String>,
}

impl Report {
    pub(super) fn picture(&self) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.is_picture())
    }

    /// The main sound and which of the sounds it is: the one that says so, else the first.
    pub(super) fn sound(&self) -> Option<(u32, &Stream)> {
        let sounds = || (0u32..).zip(self.streams.iter().filter(|stream| stream.codec_type == "audio"));
        let heard = || sounds().filter(|(_, stream)| stream.channels.is_some_and(|channels| channels > 0));
        heard().find(|(_, stream)| stream.disposition.default != 0).or_else(|| heard().next())
    }

    /// Subtitles that are text.
    pub(super) fn subtitles(&self) -> Vec<SubtitleTrack> {
        const TEXT: [&str; 8] = ["mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text", "tx3g"];
        /// No film has more languages, and each of them is a file.
        const MOST: usize = 32;
        let all = (0u32..).zip(self.streams.iter().filter(|stream| stream.codec_type == "subtitle"));
        let text =
            all.filter(|(_, stream)| stream.codec_name.as_deref().is_some_and(|name| TEXT.contains(&name)));
        text.take(MOST)
            .map(|(index, stream)| {
                let language = language_tag(&stream.tags.language);
                let title = stream.tags.title.trim();
                let label = match (title, &language) {
                    ("", Some(language)) => language.clone(),
                    ("", None) => format!("Captions {}", index + 1),
                    (title, _) => title.chars().take(80).collect(),
                };
                SubtitleTrack { index, language, label }
            })
            .collect()
    }

    /// When a stream starts and ends in the file's time, as far as the file says.
    pub(super) fn span(&self, stream: &Stream) -> Option<(f64, f64)> {
        let start = number(&stream.start_time).unwrap_or(0.0);
        let from_tag = stream.tags.duration.as_deref().and_then(clock);
        let end = number(&stream.duration).map(|duration| start + duration).or(from_tag)?;
        (end > start).then_some((start, end))
    }

    /// The same of the whole.
    pub(super) fn whole(&self) -> Option<(f64, f64)> {
        let start = number(&self.format.start_time).unwrap_or(0.0);
        number(&self.format.duration)
            .filter(|duration| *duration > 0.0)
            .map(|duration| (start, start + duration))
    }
}

impl Stream {
    /// A song's cover is a picture, not a video.
    fn is_picture(&self) -> bool {
        self.codec_type == "video" && self.disposition.attached_pic == 0
    }

    pub(super) fn channels(&self) -> Option<u32> {
        self.channels
    }

    /// Encrypted, and we have no key (ISO/IEC 23001-7 §4; the last two are those of a shop). ffmpeg would decode
    /// what it cannot read, into noise.
    pub(super) fn is_protected(&self) -> bool {
        ["encv", "enca", "drmi", "drms"].contains(&self.codec_tag_string.as_str())
    }

    /// In square pixels, after the rotation that players (and ffmpeg) apply.
    pub(super) fn shown_size(&self) -> Option<(u32, u32)> {
        let (across, down) = ratio(&self.sample_aspect_ratio, ':').unwrap_or((1, 1));
        let width = u64::from(self.width) * u64::from(across) / u64::from(down);
        let width = u32::try_from(width).ok().filter(|width| *width > 0)?;
        let height = Some(self.height).filter(|height| *height > 0)?;
        let lies_on_its_side = (self.rotation().unwrap_or(0.0) / 90.0).round() as i64 % 2 != 0;
        Some(if lies_on_its_side { (height, width) } else { (width, height) })
    }

    /// Whether it is stored otherwise than it is shown.
    pub(super) fn is_turned(&self) -> bool {
        self.rotation().is_some()
    }

    fn rotation(&self) -> Option<f64> {
        self.side_data_list.iter().find_map(|data| data.rotation)
    }

    /// `None` where the file does not say, or says what is a clock's rate and not a picture's.
    pub(super) fn frame_rate(&self) -> Option<FrameRate> {
        let plausible = |rate: &FrameRate| rate.per_second() <= 300.0;
        [&self.avg_frame_rate, &self.r_frame_rate].into_iter().find_map(|text| {
            let (frames, seconds) = ratio(text, '/')?;
            FrameRate::new(frames, seconds).filter(plausible)
        })
    }

    pub(super) fn colour(&self) -> Colour {
        let is_yuv = self.pix_fmt.starts_with("yuv");
        let standard_definition = self.height <= 576 && self.width <= 1024;
        let matrix = match self.color_space.as_str() {
            "bt709" | "gbr" => Matrix::Bt709,
            "smpte170m" | "bt470bg" | "fcc" => Matrix::Bt601,
            "bt2020nc" | "bt2020c" => Matrix::Bt2020,
            // Nobody said: what cameras of that size do.
            _ if is_yuv && standard_definition => Matrix::Bt601,
            _ => Matrix::Bt709,
        };
        let hdr = match self.color_transfer.as_str() {
            "smpte2084" => Some(Hdr::Pq),
            "arib-std-b67" => Some(Hdr::Hlg),
            _ => None,
        };
        Colour { hdr, matrix, full_range: is_yuv && self.color_range == "pc" }
    }
}

/// Seconds as a decimal number.
fn number(text: &Option<String>) -> Option<f64> {
    text.as_ref()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `00:01:02.5`, as Matroska's tags have it.
fn clock(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))
}

/// `a:b` or `a/b`; ffprobe writes 0 for what it does not know.
fn ratio(text: &str, separator: char) -> Option<(u32, u32)> {
    let (a, b) = text.split_once(separator)?;
    let (a, b) = (a.parse().ok()?, b.parse().ok()?);
    (a > 0 && b > 0).then_some((a, b))
}

/// Seconds that a file claims, as a duration: zero for nonsense.
pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
