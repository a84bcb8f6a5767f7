//! Subtitles of a source that are text, as WebVTT without styles.

use super::input::{input, quiet, words};
use domain::video::{CaptionFile, Probe};
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// The folder in the output.
pub(super) const FOLDER: &str = "captions";

/// All of them, in one pass over the source.
pub(super) fn arguments(source: &Path, probe: &Probe) -> Vec<OsString> {
    let mut arguments = quiet();
    arguments.extend(words("-vn -an -dn"));
    arguments.extend(input(source));
    for (at, track) in probe.subtitles.iter().enumerate() {
        arguments.extend(words(&format!(
            "-map 0:s:{} -map_metadata -1 -c:s webvtt -f webvtt {}",
            track.index,
            file(at)
        )));
    }
    arguments
}

/// Takes styles out of what was made, and tracks away in which nothing is said.
pub(super) fn tidy(folder: &Path, probe: &Probe) -> io::Result<()> {
    for at in 0..probe.subtitles.len() {
        let path = folder.join(file(at));
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        if text.contains("-->") {
            std::fs::write(path, plain(&text))?;
        } else {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Those that are in a folder.
pub(super) fn found(folder: &Path, probe: &Probe) -> Vec<CaptionFile> {
    let tracks = probe.subtitles.iter().enumerate().filter(|(at, _)| folder.join(file(*at)).is_file());
    tracks
        .map(|(at, track)| CaptionFile {
            file: file(at),
            language: track.language.clone(),
            label: track.label.clone(),
        })
        .collect()
}

fn file(at: usize) -> String {
    format!("{FOLDER}/{}.vtt", at + 1)
}

/// Without tags (WebVTT §3.2: text itself holds no `<`), and without what is left of ASS. A line of its own that
/// was nothing but that goes, as an empty line would end the cue.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let bare =
            if line.contains("-->") { line.to_owned() } else { without(&without(line, '<', '>'), '{', '}') };
        if line.trim().is_empty() || !bare.trim().is_empty() {
            out.push_str(bare.trim_end());
            out.push('\n');
        }
    }
    out
}

/// A line without what stands between two marks. A mark that is never closed stays.
fn without(line: &str, open: char, close: char) -> String {
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once(open) {
        let Some((_, behind)) = after.split_once(close) else { break };
        out.push_str(before);
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_styles_go() {
        let styled =
            "WEBVTT\n\n00:00.000 --> 00:01.000\n<b>Good</b> <c.red>day</c>\n<i></i>\n{\\an8}5 &lt; 6\n";
        assert_eq!(plain(styled), "WEBVTT\n\n00:00.000 --> 00:01.000\nGood day\n5 &lt; 6\n");
    }
}
