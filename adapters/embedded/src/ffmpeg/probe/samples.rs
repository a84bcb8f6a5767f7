//! What only the pictures themselves tell: samples of them are decoded.

use super::super::input::{input, talking, words};
use super::super::process::{Launcher, Limits, Stopped};
use domain::video::{Complexity, Ladder, Probe};
use std::path::Path;
use std::time::Duration;

/// Samples take a second or two; a file made to take longer is taken for a film.
const LIMITS: Limits = Limits { time: Duration::from_secs(60), file: 0 };

/// Where samples are taken, as a share of the whole: not where titles and credits are.
const PLACES: [f64; 3] = [0.35, 0.6, 0.85];

/// How long each of them is, seconds.
const LENGTH: f64 = 1.0;

/// Bits for a pixel of a frame that a busy film takes in the samples' encoding: what brings the ladder's
/// figures for such a film to what its renditions take.
const FILM: f64 = 0.85;

/// The samples' box: as long and as high as the lowest class.
const BOX: (f64, f64) = (640.0, 360.0);

/// Encodes samples, small and quickly, and looks at how many bits they take. What cannot be measured is a film.
pub(super) async fn complexity(
    launcher: &Launcher,
    source: &Path,
    folder: &Path,
    probe: &Probe,
) -> Result<Complexity, Stopped> {
    let duration = probe.duration.as_secs_f64();
    let places = if duration < 5.0 { &PLACES[..1] } else { &PLACES[..] };
    let mut arguments = talking();
    for place in places {
        // From the key frame before that moment: to decode all frames up to it can take longer than the sample.
        let at = duration * place;
        let options = format!("-noaccurate_seek -skip_loop_filter all -an -sn -dn -ss {at:.3} -t {LENGTH}");
        arguments.extend(words(&options));
        arguments.extend(input(source));
    }
    let (long, short) = (probe.width.max(probe.height), probe.short_side());
    let scale = (BOX.0 / f64::from(long)).min(BOX.1 / f64::from(short)).min(1.0);
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() * 2.0).max(16.0);
    let (width, height) = (even(probe.width), even(probe.height));
    let rate = probe.frame_rate.for_renditions();
    for at in 0..places.len() {
        arguments.extend(words(&format!(
            "-map {at}:V:0 -vf fps={rate},scale={width}:{height}:flags=fast_bilinear,format=yuv420p \
             -c:v libx264 -preset ultrafast -crf 23 -g 1000 -f null -"
        )));
    }
    match launcher.ffmpeg(&arguments, folder, LIMITS).await {
        Ok(log) => Ok(read(&log, rate.frames_in(Ladder::SEGMENT_SECONDS), width * height)),
        Err(Stopped::Failed { .. } | Stopped::TimedOut | Stopped::TooLarge) => Ok(Complexity::FILM),
        Err(stopped) => Err(stopped),
    }
}

/// What x264 says of the frames that it made, as the mean of a segment: one key frame, and what follows it.
fn read(log: &str, frames_per_segment: u32, pixels: f64) -> Complexity {
    let (mut keys, mut key_bytes, mut others, mut other_bytes) = (0.0, 0.0, 0.0, 0.0);
    for line in log.lines().filter(|line| line.starts_with("[libx264")) {
        let Some((_, rest)) = line.split_once("frame ") else { continue };
        let Some((kind, rest)) = rest.split_once(':') else { continue };
        let number =
            |text: Option<&str>| text.and_then(|text| text.trim().parse::<f64>().ok()).unwrap_or(0.0);
        let count = number(rest.split_whitespace().next());
        let bytes = count * number(rest.rsplit_once("size:").map(|(_, size)| size));
        if kind == "I" {
            (keys, key_bytes) = (keys + count, key_bytes + bytes);
        } else {
            (others, other_bytes) = (others + count, other_bytes + bytes);
        }
    }
    if keys == 0.0 {
        return Complexity::FILM;
    }
    let mean = |bytes: f64, count: f64| if count > 0.0 { bytes / count } else { 0.0 };
    let frames = f64::from(frames_per_segment.max(1));
    let bytes = (mean(key_bytes, keys) + (frames - 1.0) * mean(other_bytes, others)) / frames;
    Complexity::measured(bytes * 8.0, pixels, FILM)
}

/// Whether frames are made of two fields, whatever the file says of them. `None` where too few of the frames
/// tell: a still picture has no comb.
pub(super) async fn interlaced(
    launcher: &Launcher,
    source: &Path,
    folder: &Path,
    duration: Duration,
) -> Result<Option<bool>, Stopped> {
    let mut arguments = talking();
    let at = duration.as_secs_f64() * 0.3;
    arguments.extend(words(&format!("-noaccurate_seek -an -sn -dn -ss {at:.3}")));
    arguments.extend(input(source));
    arguments.extend(words("-map 0:V:0 -vf idet -frames:v 60 -f null -"));
    match launcher.ffmpeg(&arguments, folder, LIMITS).await {
        Ok(log) => Ok(fields(&log)),
        Err(Stopped::Failed { .. } | Stopped::TimedOut | Stopped::TooLarge) => Ok(None),
        Err(stopped) => Err(stopped),
    }
}

fn fields(log: &str) -> Option<bool> {
    let (_, counts) = log.rsplit_once("Multi frame detection:")?;
    let mut words = counts.split_whitespace();
    let mut count = |name: &str| {
        words.find(|word| *word == name)?;
        words.next()?.parse::<u32>().ok()
    };
    let (top, bottom, whole) = (count("TFF:")?, count("BFF:")?, count("Progressive:")?);
    (top + bottom + whole > 3).then_some(top + bottom > whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_encoder_says_of_its_frames_is_added_up() {
        let log = "[libx264 @ 0x1] frame I:1     Avg QP:20.00  size: 10000\n\
                   [libx264 @ 0x1] frame P:23    Avg QP:23.43  size:  1000\n\
                   [libx264 @ 0x2] frame I:1     Avg QP:20.00  size: 30000\n";
        // (20,000 + 99 * 1,000) / 100 bytes.
        let expected = Complexity::measured(1190.0 * 8.0, 10_000.0, FILM);
        assert_eq!(read(log, 100, 10_000.0), expected);
        assert_eq!(read("nothing", 100, 10_000.0), Complexity::FILM);
    }

    #[test]
    fn combs_are_counted() {
        let log = |top, whole| {
            format!(
                "[Parsed_idet_0 @ 0x5] Multi frame detection: TFF:    {top} BFF:     0 Progressive:    {whole} Undetermined:     1"
            )
        };
        assert_eq!(fields(&log(50, 3)), Some(true));
        assert_eq!(fields(&log(0, 50)), Some(false));
        assert_eq!(fields(&log(1, 1)), None);
    }
}
