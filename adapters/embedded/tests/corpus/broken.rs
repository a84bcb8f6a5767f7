//! Files that break off, that are damaged, and that are nothing to watch.

use super::made;
use super::media::studio::{Made, Studio};
use domain::video::Warning;
use services::ports::TranscodeError;
use std::process::Command;

const SMALL: &str = "320x180";
/// Large enough for two renditions.
const WIDE: &str = "854x480";

/// Ten seconds, with a key frame every one.
fn longer(size: &str, options: &str) -> Studio {
    made(&format!("-f lavfi -i testsrc2=s={size}:r=25:d=10 -f lavfi -i sine=d=10 H264 -g 25 -ac 2 {options}"))
}

/// Shortens the upload to a share of itself.
fn cut(studio: &Studio, share: f64) {
    let whole = std::fs::read(studio.source()).unwrap();
    std::fs::write(studio.source(), &whole[..(whole.len() as f64 * share) as usize]).unwrap();
}

/// Converts a file that breaks off. What comes of it shows each frame that is there, and no other.
async fn all_that_is_there(name: &str, studio: &Studio) -> Made {
    let made = studio.transcode().await.unwrap();
    let count = Command::new("ffprobe")
        .args("-v quiet -select_streams v -count_frames -show_entries stream=nb_read_frames".split(' '))
        .args(["-of", "default=nokey=1:noprint_wrappers=1"])
        .arg(studio.source())
        .output()
        .unwrap();
    let frames: f64 = String::from_utf8(count.stdout).unwrap().lines().next().unwrap().parse().unwrap();
    assert!((100.0..150.0).contains(&frames), "{name}: {frames}");
    let seconds = made.output.duration.as_secs_f64();
    assert!(
        (seconds - frames / 25.0).abs() <= made.frame() + 0.0005,
        "{name}: {seconds} s of {frames} frames"
    );
    studio.check(&made);
    studio.keep(name, &made);
    made
}

#[tokio::test]
async fn a_file_that_breaks_off_gives_what_is_there() {
    for (name, size, container) in [
        ("half_an_mp4", WIDE, "-c:a aac -movflags +faststart -f mp4"),
        ("half_an_mkv", SMALL, "-c:a aac -f matroska"),
    ] {
        let studio = longer(size, container);
        cut(&studio, 0.5);
        let made = all_that_is_there(name, &studio).await;
        let [Warning::CutShort { missing }] = made.output.warnings[..] else {
            panic!("{:?}", made.output.warnings)
        };
        let whole = f64::from(missing.0) + made.output.duration.as_secs_f64();
        assert!((whole - 10.0).abs() < 0.6, "{whole}");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_as_long_as_it_is() {
    for (name, container) in
        [("half_a_stream", "-c:a aac -f mpegts"), ("half_a_recording", "-c:a aac -live 1 -f matroska")]
    {
        let studio = longer(SMALL, container);
        cut(&studio, 0.5);
        all_that_is_there(name, &studio).await;
    }
}

#[tokio::test]
async fn garbage_in_the_middle_is_passed_over_and_told() {
    for (name, size, container) in [
        ("garbage_in_an_mp4", SMALL, "-c:a aac -movflags +faststart -f mp4"),
        ("garbage_in_a_stream", WIDE, "-c:a aac -f mpegts"),
        ("garbage_in_an_mkv", SMALL, "-c:a aac -f matroska"),
    ] {
        let studio = longer(size, container);
        let mut bytes = std::fs::read(studio.source()).unwrap();
        let (from, to) = (bytes.len() * 5 / 10, bytes.len() * 6 / 10);
        bytes[from..to].iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 131 % 251) as u8);
        std::fs::write(studio.source(), bytes).unwrap();
        let made = studio.transcode().await.unwrap();
        let seconds = made.output.duration.as_secs_f64();
        assert!((seconds - 10.0).abs() <= made.frame() + 0.0005, "{name}: {seconds}");
        assert_eq!(made.output.warnings, [Warning::Damaged], "{name}");
        studio.check(&made);
        studio.keep(name, &made);
    }
}

/// Converting fails for this reason, and leaves nothing.
async fn fails(studio: &Studio, reason: &str) {
    let found = studio.transcode().await.err();
    let named = match &found {
        Some(TranscodeError::NotAVideo) => "not a video",
        Some(TranscodeError::NoVideoTrack) => "no video track",
        Some(TranscodeError::Unsupported(_)) => "unsupported",
        Some(TranscodeError::Damaged(_)) => "damaged",
        _ => "something else",
    };
    assert_eq!(named, reason, "{found:?}");
    assert!(studio.nothing_is_left() && !studio.file("").exists());
}

#[tokio::test]
async fn a_file_without_its_index_is_damaged() {
    let studio = made("PICTURE H264 -f mp4");
    cut(&studio, 0.8);
    fails(&studio, "damaged").await;
}

#[tokio::test]
async fn a_file_that_is_nothing_but_its_index_is_damaged() {
    let studio = longer(SMALL, "-c:a aac -movflags +faststart -f mp4");
    let bytes = std::fs::read(studio.source()).unwrap();
    let media = bytes.windows(4).position(|name| name == b"mdat").unwrap();
    std::fs::write(studio.source(), &bytes[..media + 4]).unwrap();
    fails(&studio, "damaged").await;
}

#[tokio::test]
async fn neither_noise_nor_nothing_is_a_video() {
    let noise = Studio::new();
    let bytes: Vec<u8> = (0..100_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(noise.source(), bytes).unwrap();
    fails(&noise, "not a video").await;
    std::fs::write(noise.source(), b"").unwrap();
    fails(&noise, "not a video").await;
}

#[tokio::test]
async fn subtitles_alone_are_nothing_to_watch() {
    fails(&made("-i {here}/subs.srt -c:s srt -f matroska"), "no video track").await;
}

/// Changes the sample entries of H.264 and AAC, which name their codecs.
fn name_codecs(studio: &Studio, picture: &[u8; 4], sound: &[u8; 4]) {
    let mut bytes = std::fs::read(studio.source()).unwrap();
    for (name, other) in [(b"avc1", picture), (b"mp4a", sound)] {
        let at = bytes.windows(4).rposition(|found| found == name).unwrap();
        bytes[at..at + 4].copy_from_slice(other);
    }
    std::fs::write(studio.source(), bytes).unwrap();
}

#[tokio::test]
async fn a_codec_that_nobody_knows_is_unsupported() {
    let studio = made("PICTURE SOUND H264 -c:a aac -f mp4");
    name_codecs(&studio, b"zzzz", b"yyyy");
    fails(&studio, "unsupported").await;
}

#[tokio::test]
async fn a_film_that_is_protected_is_unsupported() {
    let key = "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb \
               -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    let studio = made(&format!("PICTURE SOUND H264 -c:a aac {key} -f mp4"));
    // As protected sound is called, which ffmpeg leaves to do.
    name_codecs(&studio, b"avc1", b"enca");
    fails(&studio, "unsupported").await;
}
