//! Output measured on its files: what the multivariant playlist declares is what is there.

use super::staging::blocking;
use super::{captions, posters, renditions, sound};
use domain::video::{Bandwidth, MediaPlaylist, Segment, Storyboard, Warning, avc_codec};
use services::ports::{AudioRendition, TranscodeJob, Transcoded, VideoRendition};
use std::io;
use std::path::Path;
use std::time::Duration;

/// What is said of the output beside it, for whoever measures it again.
const WARNINGS: &str = "warnings.json";

/// Measures the output in a folder. Fails where a file of it is missing.
pub(super) async fn measure(folder: &Path, job: &TranscodeJob) -> io::Result<Transcoded> {
    let (folder, job) = (folder.to_owned(), job.clone());
    blocking(move || measure_now(&folder, &job)).await
}

/// Puts warnings beside the output.
pub(super) fn write_warnings(folder: &Path, warnings: &[Warning]) -> io::Result<()> {
    std::fs::write(folder.join(WARNINGS), serde_json::to_vec(warnings)?)
}

/// How long what was made plays.
pub(super) fn duration_of(folder: &Path, job: &TranscodeJob) -> io::Result<Duration> {
    let name = job.ladder.rungs.first().map_or("audio", |rung| rung.name.as_str());
    Ok(Rendition::read(&folder.join(name))?.duration)
}

/// How much is written already, while it is made.
pub(super) fn written(folder: &Path, job: &TranscodeJob) -> io::Result<Duration> {
    let name = job.ladder.rungs.first().map_or("audio", |rung| rung.name.as_str());
    Ok(playlist(&folder.join(name))?.duration())
}

fn measure_now(folder: &Path, job: &TranscodeJob) -> io::Result<Transcoded> {
    let warnings: Vec<Warning> = match std::fs::read(folder.join(WARNINGS)) {
        // There is nothing to be said of most.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        found => serde_json::from_slice(&found?)?,
    };
    let mut video = Vec::with_capacity(job.ladder.rungs.len());
    let mut duration = Duration::ZERO;
    for rung in &job.ladder.rungs {
        let found = Rendition::read(&folder.join(&rung.name))?;
        duration = duration.max(found.duration);
        video.push(VideoRendition {
            name: rung.name.clone(),
            width: rung.width,
            height: rung.height,
            codec: avc_codec(&found.init).ok_or_else(|| malformed("no H.264 parameters"))?,
            frame_rate: job.ladder.frame_rate,
            bandwidth: found.bandwidth,
        });
    }
    let heard = job.ladder.audio.is_some() && !warnings.contains(&Warning::SoundUnreadable);
    let audio = heard.then(|| Rendition::read(&folder.join("audio"))).transpose()?;
    if job.ladder.rungs.is_empty() {
        duration = audio.as_ref().map_or(duration, |found| found.duration);
    }
    // AAC-LC (ISO/IEC 14496-3 object type 2) is what ffmpeg's encoder makes unless told otherwise.
    let audio = audio.map(|found| AudioRendition {
        codec: "mp4a.40.2".to_owned(),
        channels: sound::channels(&job.probe),
        bandwidth: found.bandwidth,
    });
    Ok(Transcoded {
        duration,
        video,
        audio,
        warnings,
        captions: captions::found(folder, &job.probe),
        posters: posters::count(folder)?,
        storyboard: folder.join(Storyboard::FOLDER).join(Storyboard::LIST).is_file(),
    })
}

/// What the media playlist of a rendition says, and the sizes of the files it names.
struct Rendition {
    duration: Duration,
    bandwidth: Bandwidth,
    init: Vec<u8>,
}

impl Rendition {
    fn read(folder: &Path) -> io::Result<Self> {
        let playlist = playlist(folder)?;
        let bytes = |name: &str| std::fs::metadata(folder.join(name)).map(|found| found.len());
        let segments = playlist
            .segments
            .iter()
            .map(|(name, duration)| Ok(Segment { bytes: bytes(name)?, duration: *duration }))
            .collect::<io::Result<Vec<_>>>()?;
        let bandwidth =
            Bandwidth::measure(&segments, playlist.target).ok_or_else(|| malformed("no segments"))?;
        let init = std::fs::read(folder.join(&playlist.init))?;
        Ok(Self { duration: playlist.duration(), bandwidth, init })
    }
}

fn playlist(folder: &Path) -> io::Result<MediaPlaylist> {
    let text = std::fs::read_to_string(renditions::playlist(folder))?;
    MediaPlaylist::parse(&text).ok_or_else(|| malformed("no playlist"))
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
