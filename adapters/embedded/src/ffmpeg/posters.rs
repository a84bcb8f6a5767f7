//! Pictures that stand for a video before it plays: taken while it is transcoded, chosen afterwards.

use super::input::{input, quiet, words};
use domain::video::{Ladder, Probe, poster_file};
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Where candidates are put meanwhile, and what is known of them.
pub(super) const FOLDER: &str = "stills";
const FIGURES: &str = "stills/figures.txt";

/// The most posters that are offered.
const MOST: u32 = 5;

/// How many pictures are looked at, and among how many of them the most typical becomes a candidate.
const LOOKED_AT: f64 = 36.0;
const OUT_OF: u32 = 3;

/// Darker or brighter than this on average (0 to 255), or with less between its darkest and its brightest
/// parts, there is nothing to see.
const BRIGHTNESS: std::ops::RangeInclusive<f64> = 16.0..=240.0;
const CONTRAST: f64 = 24.0;

/// The pictures that are looked at are spread over the whole; each candidate is the most typical of a few that
/// follow each other.
pub(super) fn filters(probe: &Probe, ladder: &Ladder) -> String {
    let frames = probe.duration.as_secs_f64() * ladder.frame_rate.per_second();
    let step = (frames / LOOKED_AT).floor().max(1.0) as u64;
    format!(
        "framestep={step},thumbnail={OUT_OF},scale=out_color_matrix=bt601:out_range=full,format=yuvj420p,\
         signalstats,metadata=mode=print:file={FIGURES}"
    )
}

/// The poster of sound alone: how loud it is over its time, on a plain ground. At a rate so low that hours
/// take no memory worth speaking of.
pub(super) fn wave(source: &Path, probe: &Probe) -> Vec<OsString> {
    let mut arguments = quiet();
    arguments.extend(words("-vn -sn -dn"));
    arguments.extend(input(source));
    let track = probe.audio_track;
    arguments.extend(words(&format!(
        "-filter_complex color=c=0x1f2937:s=1280x720:r=1:d=1[ground];\
         [0:a:{track}]aresample=1000,aformat=channel_layouts=mono,\
         showwavespic=s=1280x360:colors=0x93c5fd:scale=sqrt[wave];[ground][wave]overlay=0:180,\
         format=yuvj420p[poster] -map [poster] -map_metadata -1 -frames:v 1 -q:v 3 -update 1 {}",
        poster_file(0)
    )));
    arguments
}

/// A picture that could stand for the video.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    /// Its file is `{number}.jpg`.
    number: usize,
    /// On average, 0 to 255.
    brightness: f64,
    /// Between the darkest tenth and the brightest.
    contrast: f64,
    /// Of its file, at the same quality for all: a blurred picture takes less.
    bytes: u64,
}

/// Chooses among the candidates and names them: `poster.jpg` is the best, `poster-1.jpg` and so on are others, in
/// the order of the film. Returns how many there are. Fails where there is not one.
pub(super) fn choose(folder: &Path) -> io::Result<u32> {
    let figures = std::fs::read_to_string(folder.join(FIGURES)).unwrap_or_default();
    let candidates: Vec<Candidate> = read(&figures)
        .into_iter()
        .filter_map(|candidate| {
            let file = folder.join(FOLDER).join(format!("{}.jpg", candidate.number));
            std::fs::metadata(file).ok().map(|found| Candidate { bytes: found.len(), ..candidate })
        })
        .collect();
    let ranked = rank(&candidates);
    for (at, candidate) in (0..).zip(&ranked) {
        let from = folder.join(FOLDER).join(format!("{}.jpg", candidate.number));
        std::fs::rename(from, folder.join(poster_file(at)))?;
    }
    if ranked.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no picture for a poster"));
    }
    Ok(ranked.len() as u32)
}

/// How many posters are in a folder.
pub(super) fn count(folder: &Path) -> io::Result<u32> {
    std::fs::metadata(folder.join(poster_file(0)))?;
    let others = (1..MOST).take_while(|at| folder.join(poster_file(*at)).is_file());
    Ok(others.count() as u32 + 1)
}

/// The best, and then others in their order.
fn rank(candidates: &[Candidate]) -> Vec<Candidate> {
    let something: Vec<Candidate> = candidates
        .iter()
        .copied()
        .filter(|found| BRIGHTNESS.contains(&found.brightness) && found.contrast >= CONTRAST)
        .collect();
    // Of a video that is dark from beginning to end, the brightest moment.
    if something.is_empty() {
        let brightest = candidates.iter().max_by(|a, b| a.brightness.total_cmp(&b.brightness));
        return brightest.copied().into_iter().collect();
    }
    let typical = |of: fn(&Candidate) -> f64| {
        let mut all: Vec<f64> = something.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let (brightness, bytes) = (typical(|found| found.brightness), typical(|found| found.bytes as f64));
    let score = |found: &Candidate| {
        (found.bytes as f64 / bytes).min(1.5) - (found.brightness - brightness).abs() / 96.0
    };
    let mut best = something.clone();
    best.sort_by(|a, b| score(b).total_cmp(&score(a)));
    best.truncate(MOST as usize);
    best[1..].sort_by_key(|found| found.number);
    best
}

/// What the `metadata` filter wrote: a line that begins a frame, then its figures.
fn read(figures: &str) -> Vec<Candidate> {
    let (mut found, mut low) = (Vec::<Candidate>::new(), 0.0);
    for line in figures.lines() {
        if line.starts_with("frame:") {
            let number = found.len() + 1;
            found.push(Candidate { number, brightness: 0.0, contrast: 0.0, bytes: 0 });
        }
        let Some((name, value)) =
            line.strip_prefix("lavfi.signalstats.").and_then(|rest| rest.split_once('='))
        else {
            continue;
        };
        let (Some(last), Ok(value)) = (found.last_mut(), value.parse::<f64>()) else { continue };
        match name {
            "YLOW" => low = value,
            "YAVG" => last.brightness = value,
            "YHIGH" => last.contrast = value - low,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: usize, brightness: f64, contrast: f64, bytes: u64) -> Candidate {
        Candidate { number, brightness, contrast, bytes }
    }

    #[test]
    fn figures_are_read_as_the_filter_writes_them() {
        let text = "frame:0    pts:0       pts_time:0\nlavfi.signalstats.YMIN=0\nlavfi.signalstats.YLOW=10\n\
                    lavfi.signalstats.YAVG=99.5\nlavfi.signalstats.YHIGH=200\nframe:1    pts:9\n";
        assert_eq!(read(text), [candidate(1, 99.5, 190.0, 0), candidate(2, 0.0, 0.0, 0)]);
    }

    #[test]
    fn neither_black_nor_blurred_is_chosen() {
        let all = [
            candidate(1, 3.0, 4.0, 900),
            candidate(2, 100.0, 120.0, 4_000),
            candidate(3, 110.0, 120.0, 20_000),
            candidate(4, 105.0, 120.0, 18_000),
        ];
        let numbers: Vec<usize> = rank(&all).iter().map(|found| found.number).collect();
        assert_eq!(numbers, [3, 2, 4]);
    }

    #[test]
    fn a_dark_video_has_a_poster_too() {
        let all = [candidate(1, 0.0, 0.0, 900), candidate(2, 9.0, 2.0, 900)];
        assert_eq!(rank(&all), [all[1]]);
        assert!(rank(&[]).is_empty());
    }
}
