//! Small media, made by ffmpeg where a test needs them, and what ffprobe says of files.

#![allow(dead_code, reason = "each test program uses some of it")]

mod check;
mod perceived;
pub(crate) mod studio;

use std::path::Path;
use std::process::Command;

/// Makes a file: `options` are ffmpeg's, separated by white space.
pub(crate) fn make(file: &Path, options: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-y", "-v", "error"])
        .args(options.split_whitespace())
        .arg(file)
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A film: a moving picture of this size and rate, with sound of so many channels.
pub(crate) fn film(file: &Path, size: &str, rate: &str, seconds: u32, channels: u32) {
    let picture = format!("-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}");
    let sound = match channels {
        0 => String::new(),
        _ => format!("-f lavfi -i sine=d={seconds} -c:a aac -ac {channels}"),
    };
    make(file, &format!("{picture} {sound} -c:v libx264 -preset ultrafast -movflags +faststart -f mp4"));
}

/// What ffprobe says: `options` are its own, the answer is one line for each thing it shows.
pub(crate) fn probe(file: &str, options: &str) -> Vec<String> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=print_section=0"])
        .args(options.split_whitespace())
        .arg(file)
        .output()
        .expect("ffprobe is installed");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim_end_matches(',').to_owned()).filter(|line| !line.is_empty()).collect()
}
