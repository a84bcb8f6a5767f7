//! What ffmpeg is told. Every option that matters has its reason beside it.

use domain::video::{Ladder, Probe};
use services::ports::TranscodeJob;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Demuxers that read one file and no other (`ffmpeg -demuxers`). Playlists, `concat` scripts and image
/// sequences are left out on purpose: they name further files to read.
const DEMUXERS: &str = "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,mxf,gif,h264,hevc,m4v,ivf,\
                        dv,wtv,rm,nut,mp3,wav,flac,aac";

/// The options in front of every input, and the input.
pub(super) fn input(source: &Path) -> Vec<OsString> {
    let mut file = OsString::from("file:");
    file.push(source);
    ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS, "-i"]
        .map(OsString::from)
        .into_iter()
        .chain([file])
        .collect()
}

/// Makes every rendition in one process: the source is decoded once. To be run in the output folder, so that
/// no character of its path means something to the muxer.
pub(super) fn renditions(source: &Path, job: &TranscodeJob) -> Vec<OsString> {
    let ladder = &job.ladder;
    let mut arguments = quiet();
    arguments.extend(input(source));
    let mut add = |options: &str| arguments.extend(options.split_whitespace().map(OsString::from));
    add("-progress pipe:1 -filter_complex");
    add(&filters(&job.probe, ladder));
    for rung in 0..ladder.rungs.len() {
        add(&format!("-map [v{rung}]"));
    }
    if ladder.audio.is_some() {
        add("-map [audio]");
    }
    add("-map_metadata -1 -map_chapters -1");
    // A key frame every segment and nowhere else: segments start on the same frame in every rung.
    let gop = ladder.frames_per_segment();
    add("-c:v libx264 -preset veryfast -profile:v high -pix_fmt yuv420p -sc_threshold 0");
    add(&format!("-g {gop} -keyint_min {gop}"));
    for (at, rung) in ladder.rungs.iter().enumerate() {
        // At most a tenth above the average within two seconds: what a player may rely on.
        let (average, peak, buffer) = (rung.bitrate, rung.bitrate / 10 * 11, rung.bitrate * 2);
        add(&format!("-b:v:{at} {average} -maxrate:v:{at} {peak} -bufsize:v:{at} {buffer}"));
    }
    if let Some(bitrate) = ladder.audio {
        add(&format!("-c:a aac -b:a {bitrate} -ac 2 -ar 48000"));
    }
    let (frames, seconds) = ladder.frame_rate.fraction();
    let micros = u64::from(gop) * 1_000_000 * u64::from(seconds) / u64::from(frames);
    add(&format!("-f hls -hls_playlist_type vod -hls_time {micros}us"));
    add("-hls_segment_type fmp4 -hls_flags independent_segments -hls_fmp4_init_filename init.mp4");
    add("-hls_segment_filename %v/%d.m4s -var_stream_map");
    arguments.push(streams(ladder).into());
    arguments.push("%v/index.m3u8".into());
    arguments
}

/// Makes `poster.jpg`: the most typical picture of some seconds, well after the fade-in.
pub(super) fn poster(source: &Path, probe: &Probe) -> Vec<OsString> {
    let mut arguments = quiet();
    arguments.push("-ss".into());
    arguments.push(format!("{:.3}", probe.duration.as_secs_f64() * 0.12).into());
    arguments.extend(input(source));
    let short = probe.short_side().min(720);
    let (width, height) = (probe.width, probe.height);
    let scaled = |side: u32| (u64::from(side) * u64::from(short) / u64::from(probe.short_side())).max(1);
    let size = format!("{}:{}", scaled(width), scaled(height));
    let options = format!(
        "-map 0:V:0 -map_metadata -1 -vf thumbnail=50,scale={size},setsar=1 -frames:v 1 -q:v 3 -update 1 poster.jpg"
    );
    arguments.extend(options.split_whitespace().map(OsString::from));
    arguments
}

/// The media playlist in a rendition's folder.
pub(super) fn playlist(folder: &Path) -> PathBuf {
    folder.join("index.m3u8")
}

/// How much earlier than the picture ffmpeg's AAC encoder starts: one frame of 1,024 samples at 48 kHz, which
/// nobody hears. Every input is taken from zero on, so that has to be said for the sound to stay in its place.
const PRIMING: &str = "-0.021333";

/// Puts renditions of ours into one MP4 as they are, with its index in front (`faststart`). To be run in the
/// folder of the output.
pub(super) fn copy(picture: &Path, sound: Option<&Path>, output: &str) -> Vec<OsString> {
    let mut arguments = quiet();
    let mut input = |before: &[&str], playlist: &Path| {
        let mut file = OsString::from("file:");
        file.push(playlist);
        // Playlists name further files: ours alone are read so, and nothing but files.
        let options = ["-protocol_whitelist", "file", "-format_whitelist", "hls,mov", "-f", "hls", "-i"];
        arguments.extend(before.iter().chain(&options).map(OsString::from));
        arguments.push(file);
    };
    input(&[], picture);
    if let Some(sound) = sound {
        input(&["-itsoffset", PRIMING], sound);
    }
    let sound = if sound.is_some() { "-map 1:a:0" } else { "" };
    let options = format!("-map 0:v:0 {sound} -c copy -map_metadata -1 -movflags +faststart {output}");
    arguments.extend(options.split_whitespace().map(OsString::from));
    arguments
}

fn quiet() -> Vec<OsString> {
    ["-nostdin", "-hide_banner", "-nostats", "-v", "error"].map(OsString::from).into()
}

/// Decoded once, brought to a constant rate that starts at zero, and scaled in a cascade: each rung from the
/// one above it, which is less work than from the source. No spaces: it is one argument.
fn filters(probe: &Probe, ladder: &Ladder) -> String {
    let mut graph = String::from("[0:V:0]");
    if probe.interlaced {
        graph.push_str("yadif=deint=interlaced,");
    }
    let _ = write!(graph, "fps=fps={}:start_time=0", ladder.frame_rate);
    let last = ladder.rungs.len() - 1;
    for (at, rung) in ladder.rungs.iter().enumerate() {
        // Pixels are square from here on: a probe's size is the size as shown.
        let _ = write!(graph, ",scale={}:{},setsar=1,format=yuv420p", rung.width, rung.height);
        let _ = match at {
            _ if at == last => write!(graph, "[v{at}]"),
            _ => write!(graph, ",split[v{at}][below{at}];[below{at}]null"),
        };
    }
    if ladder.audio.is_some() {
        // Gaps become silence, so that sound stays with the picture to the end.
        graph.push_str(";[0:a:0]aresample=48000:async=1:first_pts=0,aformat=channel_layouts=stereo[audio]");
    }
    graph
}

/// Which streams make a playlist, and its folder's name.
fn streams(ladder: &Ladder) -> String {
    let group = if ladder.audio.is_some() { ",agroup:audio" } else { "" };
    let video = ladder.rungs.iter().enumerate().map(|(at, rung)| format!("v:{at}{group},name:{}", rung.name));
    let audio = ladder.audio.map(|_| "a:0,agroup:audio,name:audio".to_owned());
    video.chain(audio).collect::<Vec<_>>().join(" ")
}
