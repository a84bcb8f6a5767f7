//! What ffprobe says of a source, read into a [`Probe`].

use super::process::{Launcher, Stopped};
use super::{command, internal};
use domain::video::{FrameRate, Probe};
use serde::Deserialize;
use services::ports::TranscodeError;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// Looking takes a second; a file made to take longer is not worth it.
const LIMIT: Duration = Duration::from_secs(120);

/// The largest picture that is taken, pixels: 8K. Each frame of a larger one is hundreds of megabytes.
const MAX_PIXELS: u64 = 8192 * 4320;

pub(super) async fn probe(launcher: &Launcher, source: &Path) -> Result<Probe, TranscodeError> {
    let mut json = String::new();
    let arguments = arguments("-show_streams -show_format -of json", source);
    let run = launcher.ffprobe(&arguments, LIMIT, |line| json.push_str(line)).await;
    run.map_err(|stopped| match stopped {
        Stopped::Failed { .. } => TranscodeError::NotAVideo,
        // A file that makes ffprobe crash is not a video either, but a killed process says nothing of it.
        stopped => stopped.into(),
    })?;
    let report: Report = serde_json::from_str(&json).map_err(internal)?;
    let video = report.streams.iter().find(|stream| stream.is_video()).ok_or(TranscodeError::NoVideoTrack)?;
    let duration = match report.duration(video) {
        Some(duration) => duration,
        None => last_frame(launcher, source).await?,
    };
    if duration < Duration::from_millis(40) {
        return Err(TranscodeError::NoVideoTrack);
    }
    let (width, height) = video.shown_size().ok_or_else(|| unsupported("no picture size", video))?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(unsupported("larger than 8K", video));
    }
    let frame_rate =
        [&video.avg_frame_rate, &video.r_frame_rate].into_iter().find_map(|rate| frame_rate(rate));
    Ok(Probe {
        width,
        height,
        frame_rate: frame_rate.ok_or_else(|| unsupported("no frame rate", video))?,
        interlaced: matches!(video.field_order.as_str(), "tt" | "bb" | "tb" | "bt"),
        duration,
        audio_channels: report.streams.iter().find_map(Stream::audio_channels),
    })
}

fn arguments(options: &str, source: &Path) -> Vec<OsString> {
    let options = format!("-v error {options}");
    options.split_whitespace().map(OsString::from).chain(command::input(source)).collect()
}

fn unsupported(what: &str, video: &Stream) -> TranscodeError {
    let codec = video.codec_name.as_deref().unwrap_or("unknown codec");
    TranscodeError::Unsupported(format!("{what} ({codec}, {}x{})", video.width, video.height))
}

/// When the last frame ends, for files that do not say how long they are: a browser's recordings are such.
async fn last_frame(launcher: &Launcher, source: &Path) -> Result<Duration, TranscodeError> {
    let mut last = 0.0f64;
    let options = "-select_streams V:0 -show_entries packet=pts_time,duration_time -of csv=print_section=0";
    let arguments = arguments(options, source);
    let run = launcher.ffprobe(&arguments, LIMIT, |line| {
        let mut numbers = line.split(',').map(|number| number.parse::<f64>().unwrap_or(0.0));
        last = last.max(numbers.next().unwrap_or(0.0) + numbers.next().unwrap_or(0.0));
    });
    run.await?;
    Ok(Duration::try_from_secs_f64(last).unwrap_or_default())
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    codec_name: Option<String>,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    #[serde(default)]
    sample_aspect_ratio: String,
    #[serde(default)]
    avg_frame_rate: String,
    #[serde(default)]
    r_frame_rate: String,
    #[serde(default)]
    field_order: String,
    duration: Option<String>,
    channels: Option<u32>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

impl Report {
    fn duration(&self, video: &Stream) -> Option<Duration> {
        let seconds = |text: &Option<String>| Duration::try_from_secs_f64(text.as_ref()?.parse().ok()?).ok();
        seconds(&video.duration)
            .or_else(|| seconds(&self.format.duration))
            .filter(|duration| !duration.is_zero())
    }
}

impl Stream {
    /// A song's cover is a picture, not a video.
    fn is_video(&self) -> bool {
        self.codec_type == "video" && self.disposition.attached_pic == 0
    }

    fn audio_channels(&self) -> Option<u32> {
        if self.codec_type == "audio" { self.channels.filter(|channels| *channels > 0) } else { None }
    }

    /// In square pixels, after the rotation that players (and ffmpeg) apply.
    fn shown_size(&self) -> Option<(u32, u32)> {
        let (across, down) = ratio(&self.sample_aspect_ratio, ':').unwrap_or((1, 1));
        let width = u64::from(self.width) * u64::from(across) / u64::from(down);
        let width = u32::try_from(width).ok().filter(|width| *width > 0)?;
        let height = Some(self.height).filter(|height| *height > 0)?;
        let rotation = self.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
        let lies_on_its_side = (rotation / 90.0).round() as i64 % 2 != 0;
        Some(if lies_on_its_side { (height, width) } else { (width, height) })
    }
}

fn frame_rate(text: &str) -> Option<FrameRate> {
    let (frames, seconds) = ratio(text, '/')?;
    FrameRate::new(frames, seconds)
}

/// `a:b` or `a/b`; ffprobe writes 0 for what it does not know.
fn ratio(text: &str, separator: char) -> Option<(u32, u32)> {
    let (a, b) = text.split_once(separator)?;
    let (a, b) = (a.parse().ok()?, b.parse().ok()?);
    (a > 0 && b > 0).then_some((a, b))
}
