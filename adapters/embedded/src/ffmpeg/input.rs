//! How ffmpeg reads what somebody uploaded. Every option that matters has its reason beside it.

use std::ffi::OsString;
use std::path::Path;

/// Demuxers that read one file and no other (`ffmpeg -demuxers`). Playlists, `concat` scripts and image
/// sequences are left out on purpose: they name further files to read.
const DEMUXERS: &str = "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,mxf,gif,h264,hevc,m4v,ivf,\
                        dv,wtv,rm,nut,mp3,wav,w64,flac,aac,aiff,caf,amr,ac3,eac3";

/// The largest picture that is taken, pixels: 8K. Each frame of a larger one is hundreds of megabytes.
pub(super) const MAX_PIXELS: u64 = 8192 * 4320;

/// The largest block of memory that a file can make ffmpeg ask for, bytes: some frames of 8K at 16 bits.
const MAX_BLOCK: u64 = 1 << 30;

/// What every run begins with.
pub(super) fn quiet() -> Vec<OsString> {
    words(&format!("-nostdin -hide_banner -nostats -v error -max_alloc {MAX_BLOCK}"))
}

/// As [`quiet`], for runs whose findings are read from the log.
pub(super) fn talking() -> Vec<OsString> {
    words(&format!("-nostdin -hide_banner -nostats -v info -max_alloc {MAX_BLOCK}"))
}

/// The options in front of an input for ffmpeg, and the input.
pub(super) fn input(source: &Path) -> Vec<OsString> {
    let mut options = words(&format!("-max_pixels {MAX_PIXELS}"));
    options.extend(plain(source));
    options
}

/// The same for ffprobe, which has fewer options.
pub(super) fn plain(source: &Path) -> Vec<OsString> {
    let mut file = OsString::from("file:");
    file.push(source);
    ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS, "-i"]
        .map(OsString::from)
        .into_iter()
        .chain([file])
        .collect()
}

/// Options that hold no white space themselves.
pub(super) fn words(options: &str) -> Vec<OsString> {
    options.split_whitespace().map(OsString::from).collect()
}
