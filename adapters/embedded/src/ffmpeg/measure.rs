//! Output measured on its files: what the multivariant playlist declares is what is there.

use super::staging::blocking;
use domain::video::{Bandwidth, Ladder, Segment};
use services::ports::{AudioRendition, Transcoded, VideoRendition};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Measures the output in a folder. Fails where a file of it is missing.
pub(super) async fn measure(folder: &Path, ladder: &Ladder) -> io::Result<Transcoded> {
    let (folder, ladder) = (folder.to_owned(), ladder.clone());
    blocking(move || measure_now(&folder, &ladder)).await
}

fn measure_now(folder: &Path, ladder: &Ladder) -> io::Result<Transcoded> {
    let mut video = Vec::with_capacity(ladder.rungs.len());
    let mut duration = Duration::ZERO;
    for rung in &ladder.rungs {
        let found = Rendition::read(&folder.join(&rung.name))?;
        duration = duration.max(found.duration);
        video.push(VideoRendition {
            name: rung.name.clone(),
            width: rung.width,
            height: rung.height,
            codec: avc_codec(&found.init).ok_or_else(|| malformed("no H.264 parameters"))?,
            frame_rate: ladder.frame_rate,
            bandwidth: found.bandwidth,
        });
    }
    let audio = ladder.audio.map(|_| Rendition::read(&folder.join("audio"))).transpose()?;
    // AAC-LC (ISO/IEC 14496-3 object type 2) is what ffmpeg's encoder makes unless told otherwise.
    let audio =
        audio.map(|found| AudioRendition { codec: "mp4a.40.2".to_owned(), bandwidth: found.bandwidth });
    std::fs::metadata(folder.join("poster.jpg"))?;
    Ok(Transcoded { duration, video, audio })
}

/// What the media playlist of a rendition says, and the sizes of the files it names.
struct Rendition {
    duration: Duration,
    bandwidth: Bandwidth,
    init: Vec<u8>,
}

impl Rendition {
    fn read(folder: &Path) -> io::Result<Self> {
        let playlist = std::fs::read_to_string(folder.join("index.m3u8"))?;
        let (mut segments, mut pending) = (Vec::new(), None);
        let (mut target, mut init) = (Duration::ZERO, None);
        for line in playlist.lines() {
            if let Some(seconds) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
                target = duration(seconds)?;
            } else if let Some(uri) =
                line.strip_prefix("#EXT-X-MAP:URI=\"").and_then(|uri| uri.strip_suffix('"'))
            {
                init = Some(std::fs::read(folder.join(uri))?);
            } else if let Some(info) = line.strip_prefix("#EXTINF:") {
                pending = Some(duration(info.split(',').next().unwrap_or_default())?);
            } else if !line.starts_with('#')
                && let Some(duration) = pending.take()
            {
                let bytes = std::fs::metadata(folder.join(line))?.len();
                segments.push(Segment { bytes, duration });
            }
        }
        let bandwidth = Bandwidth::measure(&segments, target).ok_or_else(|| malformed("no segments"))?;
        let duration = segments.iter().map(|segment| segment.duration).sum();
        Ok(Self { duration, bandwidth, init: init.ok_or_else(|| malformed("no initialisation section"))? })
    }
}

fn duration(seconds: &str) -> io::Result<Duration> {
    let seconds: f64 = seconds.parse().map_err(|_| malformed("a duration is not a number"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| malformed("a duration is negative"))
}

/// Profile, constraints and level from the `avcC` box (ISO/IEC 14496-15 §5.3.3.1): the three bytes after its
/// version, in hexadecimal (RFC 6381 §3.3).
fn avc_codec(init: &[u8]) -> Option<String> {
    let at = init.windows(4).position(|name| name == b"avcC")?;
    let [profile, constraints, level] = *init.get(at + 5..at + 8)? else { return None };
    Some(format!("avc1.{profile:02x}{constraints:02x}{level:02x}"))
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
