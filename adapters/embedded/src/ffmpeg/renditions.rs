//! What ffmpeg is told to make of a video. Every option that matters has its reason beside it.

use super::input::{input, quiet, words};
use super::loudness::Loudness;
use super::{picture, posters, sound};
use domain::video::{Ladder, Probe, Storyboard};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The constant quality of every rung (x264's rate factor): at 23 nobody sees a difference beside the source in
/// its size. Easy content takes a fraction of the limit that the ladder sets, and only hard scenes reach it.
const QUALITY: u32 = 23;

/// Makes every rendition in one process: the source is decoded once. To be run in the output folder, so that
/// no character of its path means something to the muxer. Without `loudness` there is no sound.
///
/// Playlists grow while it runs, so that what is there can be watched already; [`finish`] closes them.
pub(super) fn arguments(
    source: &Path,
    probe: &Probe,
    ladder: &Ladder,
    loudness: Option<Loudness>,
) -> Vec<OsString> {
    let mut arguments = quiet();
    // Parts that cannot be decoded are a warning, however many they are.
    arguments.extend(words("-max_error_rate 1"));
    if !probe.interlaced && !probe.turned {
        // A picture that changes its size on the way, as recordings of calls do, is scaled to one size; the
        // graph is not begun anew, which would begin its clock anew. Only the scaler can take such frames: it
        // has to be the first that touches them.
        arguments.extend(words("-reinit_filter:v 0"));
    }
    arguments.extend(input(source));
    let mut add = |options: &str| arguments.extend(words(options));
    let graphs: Vec<String> = [
        probe.has_picture().then(|| picture::graph(probe, ladder)),
        loudness
            .map(|loudness| format!("[0:a:{}]{}[audio]", probe.audio_track, sound::filters(probe, loudness))),
    ]
    .into_iter()
    .flatten()
    .collect();
    add("-filter_complex");
    add(&graphs.join(";"));
    for rung in 0..ladder.rungs.len() {
        add(&format!("-map [v{rung}]"));
    }
    if loudness.is_some() {
        add("-map [audio]");
    }
    // Timestamps of some damaged files jump by days. Nothing is longer than it says.
    let limit = probe.duration.mul_f64(1.05) + std::time::Duration::from_secs(10);
    let common = format!("-map_metadata -1 -map_chapters -1 -t {}ms", limit.as_millis());
    add(&common);
    // A key frame every segment and nowhere else: segments start on the same frame in every rung.
    let gop = ladder.frames_per_segment();
    add("-c:v libx264 -preset veryfast -profile:v high -pix_fmt yuv420p -sc_threshold 0");
    add(&format!("-crf {QUALITY} -g {gop} -keyint_min {gop}"));
    for (at, rung) in ladder.rungs.iter().enumerate() {
        // The limit holds over two seconds: what a player may rely on.
        let (most, buffer) = (rung.bitrate, u64::from(rung.bitrate) * 2);
        add(&format!("-maxrate:v:{at} {most} -bufsize:v:{at} {buffer}"));
    }
    if let Some(bitrate) = ladder.audio.filter(|_| loudness.is_some()) {
        add(&format!("-c:a aac -b:a {bitrate} -ac {} -ar 48000", sound::channels(probe)));
    }
    let (frames, seconds) = ladder.frame_rate.fraction();
    let micros = u64::from(gop) * 1_000_000 * u64::from(seconds) / u64::from(frames);
    add(&format!("-f hls -hls_playlist_type event -hls_time {micros}us"));
    add("-hls_segment_type fmp4 -hls_flags independent_segments+temp_file -hls_fmp4_init_filename init.mp4");
    add("-hls_segment_filename %v/%d.m4s -var_stream_map");
    arguments.push(streams(ladder, loudness.is_some()).into());
    arguments.push("%v/index.m3u8".into());
    if probe.has_picture() {
        let still = format!("{common} -fps_mode passthrough -c:v mjpeg -f image2");
        let (sprites, stills) = (Storyboard::FOLDER, posters::FOLDER);
        arguments.extend(words(&format!("-map [sprites] {still} -q:v 5 {sprites}/%d.jpg")));
        arguments.extend(words(&format!("-map [stills] {still} -q:v 3 {stills}/%d.jpg")));
    }
    arguments
}

/// The media playlist in a rendition's folder.
pub(super) fn playlist(folder: &Path) -> PathBuf {
    folder.join("index.m3u8")
}

/// Says of a playlist that nothing will be added to it. Of less than half a second ffmpeg says that its segments last
/// zero seconds at most, which strict players take for nothing said.
pub(super) fn finish(folder: &Path) -> std::io::Result<()> {
    let path = playlist(folder);
    let text = std::fs::read_to_string(&path)?;
    let closed = text.replace("#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-PLAYLIST-TYPE:VOD");
    std::fs::write(path, closed.replace("#EXT-X-TARGETDURATION:0\n", "#EXT-X-TARGETDURATION:1\n"))
}

/// Which streams make a playlist, and its folder's name.
fn streams(ladder: &Ladder, sound: bool) -> String {
    let group = if sound { ",agroup:audio" } else { "" };
    let video = ladder.rungs.iter().enumerate().map(|(at, rung)| format!("v:{at}{group},name:{}", rung.name));
    let audio = match (sound, ladder.rungs.is_empty()) {
        (false, _) => None,
        (true, true) => Some("a:0,name:audio".to_owned()),
        (true, false) => Some("a:0,agroup:audio,name:audio".to_owned()),
    };
    video.chain(audio).collect::<Vec<_>>().join(" ")
}
