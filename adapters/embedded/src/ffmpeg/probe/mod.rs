//! What a source holds: what ffprobe says, and where that is not enough, what a look at it tells.

mod report;
mod samples;

use super::errors::internal;
use super::input::{MAX_PIXELS, plain, words};
use super::process::{Launcher, Stopped};
use super::settings::FfmpegSettings;
use domain::video::{FrameRate, Probe};
use report::{Report, Stream, seconds};
use services::ports::TranscodeError;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// Looking takes a second; a file made to take longer is not worth it.
const LIMIT: Duration = Duration::from_secs(120);

/// Sound and picture that end so close together end together, milliseconds.
const TOGETHER: f64 = 80.0;

/// Looks at a source. `folder` is where programs are run that write nothing.
pub(super) async fn probe(
    launcher: &Launcher,
    settings: &FfmpegSettings,
    source: &Path,
    folder: &Path,
) -> Result<Probe, TranscodeError> {
    let report = report(launcher, source).await?;
    let Found { picture, sound, span, apart, frames } = found(launcher, &report, source).await?;
    let duration = seconds(span.1 - span.0);
    if duration > settings.max_duration {
        return Err(TranscodeError::Unsupported(format!("it lasts {} s", duration.as_secs())));
    }
    let plain = match picture {
        Some(video) => {
            let (width, height) = video.shown_size().ok_or_else(|| unsupported("no picture size", video))?;
            if u64::from(width) * u64::from(height) > MAX_PIXELS {
                return Err(unsupported("larger than 8K", video));
            }
            let rate = video.frame_rate().or_else(|| counted(frames, duration)).unwrap_or_default();
            Probe::picture(width, height, rate, duration)
        }
        None => Probe::sound(0, duration),
    };
    let main = picture.or(sound.map(|(_, stream)| stream));
    let mut probe = Probe {
        codec: main.and_then(|stream| stream.codec_name.clone()),
        audio_channels: sound.and_then(|(_, stream)| stream.channels()),
        audio_track: sound.map_or(0, |(track, _)| track),
        picture_outlasts_sound: apart,
        subtitles: report.subtitles(),
        ..plain
    };
    if let Some(video) = picture {
        (probe.colour, probe.turned) = (video.colour(), video.is_turned());
        let (fields, complexity) = tokio::try_join!(
            fields(launcher, video, source, folder, duration),
            samples::complexity(launcher, source, folder, &probe)
        )?;
        (probe.interlaced, probe.complexity) = (fields, complexity);
    }
    Ok(probe)
}

/// What there is to play, and when.
struct Found<'a> {
    picture: Option<&'a Stream>,
    sound: Option<(u32, &'a Stream)>,
    /// From when to when, seconds.
    span: (f64, f64),
    /// As [`Probe::picture_outlasts_sound`].
    apart: i64,
    /// How many frames the picture has, where they were counted.
    frames: Option<u64>,
}

async fn found<'a>(
    launcher: &Launcher,
    report: &'a Report,
    source: &Path,
) -> Result<Found<'a>, TranscodeError> {
    let (mut picture, mut sound) = (report.picture(), report.sound());
    if picture.is_none() && sound.is_none() {
        return Err(TranscodeError::NoVideoTrack);
    }
    let mut played = picture.into_iter().chain(sound.map(|(_, stream)| stream));
    if let Some(stream) = played.find(|stream| stream.is_protected()) {
        return Err(unsupported("protected against copying", stream));
    }
    let mut spans = HashMap::new();
    let mut frames = None;
    let vague = picture.is_some_and(|stream| stream.frame_rate().is_none());
    let unknown = |stream: &Stream| report.span(stream).is_none();
    // A browser's recordings do not say how long they are.
    let silent = report.whole().is_none()
        && (picture.is_some_and(unknown) || sound.is_some_and(|(_, stream)| unknown(stream)));
    if silent || vague {
        let counted = packets(launcher, source).await?;
        frames = picture.and_then(|stream| Some(counted.get(&stream.index)?.count));
        spans = counted.into_iter().map(|(index, found)| (index, (found.from, found.to))).collect();
        // A track that holds nothing is none.
        picture = picture.filter(|stream| spans.contains_key(&stream.index));
        sound = sound.filter(|(_, stream)| spans.contains_key(&stream.index));
    }
    let span = |stream: &Stream| report.span(stream).or_else(|| spans.get(&stream.index).copied());
    let (seen, heard) = (picture.and_then(span), sound.and_then(|(_, stream)| span(stream)));
    let whole = match (seen, heard) {
        (Some(seen), Some(heard)) => (seen.0.min(heard.0), seen.1.max(heard.1)),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => report.whole().ok_or(TranscodeError::NoVideoTrack)?,
    };
    // The file as a whole knows of streams that do not: but it may count captions that go on.
    let whole = match (report.whole(), picture.map(|_| seen), sound.map(|_| heard)) {
        (Some(file), Some(None), _) | (Some(file), _, Some(None)) => (whole.0, whole.1.max(file.1)),
        _ => whole,
    };
    let apart = seen.zip(heard).map_or(0.0, |(seen, heard)| (seen.1 - heard.1) * 1000.0);
    let apart = if apart.abs() < TOGETHER { 0 } else { apart as i64 };
    if whole.1 <= whole.0 || (picture.is_none() && sound.is_none()) {
        return Err(TranscodeError::NoVideoTrack);
    }
    Ok(Found { picture, sound, span: whole, apart, frames })
}

async fn report(launcher: &Launcher, source: &Path) -> Result<Report, TranscodeError> {
    let mut json = String::new();
    let arguments = arguments("-show_streams -show_format -of json", source);
    let run = launcher.ffprobe(&arguments, LIMIT, |line| json.push_str(line)).await;
    run.map_err(|stopped| match stopped {
        // The list of what is where comes last in some files, and is what is missing when they are cut short.
        Stopped::Failed { stderr } if stderr.contains("moov atom not found") => {
            TranscodeError::Damaged(stderr)
        }
        Stopped::Failed { .. } => TranscodeError::NotAVideo,
        // A file that makes ffprobe crash is not a video either, but a killed process says nothing of it.
        stopped => stopped.into(),
    })?;
    serde_json::from_str(&json).map_err(internal)
}

/// Whether to deinterlace. Of codecs that can hold fields the file's word alone is not enough: cameras call
/// whole frames fields, and recorders fields frames.
async fn fields(
    launcher: &Launcher,
    video: &Stream,
    source: &Path,
    folder: &Path,
    duration: Duration,
) -> Result<bool, Stopped> {
    const CAN_BE: [&str; 11] = [
        "mpeg2video",
        "mpeg1video",
        "h264",
        "dvvideo",
        "vc1",
        "prores",
        "dnxhd",
        "mpeg4",
        "ffv1",
        "rawvideo",
        "mjpeg",
    ];
    let said = match video.field_order.as_str() {
        "tt" | "bb" | "tb" | "bt" => true,
        "progressive" => return Ok(false),
        _ => false,
    };
    if !video.codec_name.as_deref().is_some_and(|codec| CAN_BE.contains(&codec)) {
        return Ok(said);
    }
    Ok(samples::interlaced(launcher, source, folder, duration).await?.unwrap_or(said))
}

/// What was counted of one stream.
struct Packets {
    from: f64,
    to: f64,
    count: u64,
}

/// Goes through the whole file and counts.
async fn packets(launcher: &Launcher, source: &Path) -> Result<HashMap<u32, Packets>, Stopped> {
    let mut found: HashMap<u32, Packets> = HashMap::new();
    let options = "-show_entries packet=stream_index,pts_time,duration_time -of csv=print_section=0";
    let arguments = arguments(options, source);
    let run = launcher.ffprobe(&arguments, LIMIT, |line| {
        let mut fields = line.split(',');
        let Some(index) = fields.next().and_then(|index| index.parse().ok()) else { return };
        let mut number = || fields.next().and_then(|number| number.parse::<f64>().ok());
        let Some(at) = number() else { return };
        let end = at + number().unwrap_or(0.0);
        let stream = found.entry(index).or_insert(Packets { from: at, to: end, count: 0 });
        (stream.from, stream.to, stream.count) = (stream.from.min(at), stream.to.max(end), stream.count + 1);
    });
    match run.await {
        // What comes before the damage counts.
        Ok(()) | Err(Stopped::Failed { .. }) => Ok(found),
        Err(stopped) => Err(stopped),
    }
}

/// The average rate of so many frames.
fn counted(frames: Option<u64>, duration: Duration) -> Option<FrameRate> {
    let millis = u32::try_from(duration.as_millis()).ok()?;
    FrameRate::new(u32::try_from(frames? * 1000).ok()?, millis)
}

fn arguments(options: &str, source: &Path) -> Vec<OsString> {
    let mut arguments = words(&format!("-v error {options}"));
    arguments.extend(plain(source));
    arguments
}

fn unsupported(what: &str, stream: &Stream) -> TranscodeError {
    let codec = stream.codec_name.as_deref().unwrap_or("unknown codec");
    TranscodeError::Unsupported(format!("{what} ({codec}, {}x{})", stream.width, stream.height))
}
