//! What may be a video, by name and by first bytes: a clear word early. The judgement is the probe's.

use crate::download::FileName;

/// What a file chooser offers for a video: the value of `accept`.
pub const MAY_BE_VIDEO: &str = "video/*,audio/*,.mkv,.mts,.m2ts,.vob,.mxf,.flv,.wmv,.avi";

/// Extensions of the containers that ffmpeg reads and people have.
const CONTAINERS: [&str; 46] = [
    "mp4", "m4v", "mov", "qt", "mkv", "mk3d", "webm", "avi", "divx", "mpg", "mpeg", "mpe", "m2v", "mpv",
    "ts", "mts", "m2ts", "m2t", "tod", "vob", "mod", "wmv", "asf", "flv", "f4v", "ogv", "ogg", "ogm", "3gp",
    "3g2", "mxf", "dv", "gxf", "rm", "rmvb", "nut", "y4m", "mp3", "m4a", "aac", "wav", "flac", "oga", "opus",
    "aif", "aiff",
];

/// What a file is that is no video.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAVideo {
    /// By its first bytes.
    #[error("is {0}, not a video")]
    Content(&'static str),
    /// By its name.
    #[error("is not named as videos are (.{0}): choose an MP4, MOV, MKV or WebM file")]
    Extension(String),
    /// The name tells nothing, nor does the browser.
    #[error("has no name that tells its type: choose an MP4, MOV, MKV or WebM file")]
    Nameless,
}

/// Refuses a file that its name and the browser (`media_type`, where it said something) call something else.
pub fn check_video_name(name: &str, media_type: &str) -> Result<(), NotAVideo> {
    let media_type = media_type.trim().to_ascii_lowercase();
    let extension = FileName::clean(name).ok().and_then(|name| name.extension());
    let is_container = extension.as_ref().is_some_and(|extension| CONTAINERS.contains(&extension.as_str()));
    if is_container || media_type.starts_with("video/") || media_type.starts_with("audio/") {
        return Ok(());
    }
    Err(extension.map_or(NotAVideo::Nameless, NotAVideo::Extension))
}

/// Refuses a file whose first bytes (512 are enough) are those of something else. What it does not know, it
/// lets pass.
pub fn check_video(head: &[u8]) -> Result<(), NotAVideo> {
    let is_at =
        |&&(at, mark, _): &&(usize, &[u8], &str)| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some((.., what)) = MARKS.iter().find(is_at) {
        return Err(NotAVideo::Content(what));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins =
        |tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    if ["<!doctype html", "<html", "<head", "<body", "<script"].into_iter().any(begins) {
        return Err(NotAVideo::Content("a web page"));
    }
    if ["<?xml", "<svg"].into_iter().any(begins) {
        return Err(NotAVideo::Content("a drawing or an XML file"));
    }
    Ok(())
}

const PICTURE: &str = "a picture";
const ARCHIVE: &str = "an archive";
const PROGRAM: &str = "a program";

/// Where a mark stands, the mark, and what bears it.
const MARKS: [(usize, &[u8], &str); 33] = [
    (0, b"%PDF-", "a PDF"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"{\\rtf", "a text document"),
    (0, b"PK\x03\x04", "a ZIP file or an office document"),
    (0, b"PK\x05\x06", "a ZIP file or an office document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xfd7zXZ\0", ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (0, b"Rar!\x1a\x07", ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
    (257, b"ustar", ARCHIVE),
    (0, b"\x89PNG\r\n\x1a\n", PICTURE),
    (0, b"\xff\xd8\xff", PICTURE),
    (0, b"GIF87a", PICTURE),
    (0, b"GIF89a", PICTURE),
    (0, b"II*\0", PICTURE),
    (0, b"MM\0*", PICTURE),
    (0, b"8BPS", PICTURE),
    (0, b"BM", PICTURE),
    (8, b"WEBP", PICTURE),
    (4, b"ftypavif", PICTURE),
    (4, b"ftypheic", PICTURE),
    (4, b"ftypheix", PICTURE),
    (4, b"ftypmif1", PICTURE),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"#!", PROGRAM),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"WEBVTT", "a subtitle file"),
    (0, b"SQLite format 3\0", "a database"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn videos_and_sound_pass_by_name_or_by_what_the_browser_says() {
        for (name, media_type) in [
            ("talk.mp4", ""),
            ("Talk.MOV", "video/quicktime"),
            ("talk.mkv", "application/octet-stream"),
            ("talk", "video/mp4"),
            ("talk.xyz", "Audio/Flac"),
        ] {
            assert_eq!(check_video_name(name, media_type), Ok(()), "{name}");
        }
        let refused = |name| check_video_name(name, "application/pdf").unwrap_err().to_string();
        assert!(refused("slides.pdf").contains("(.pdf)"));
        assert!(refused("slides").contains("no name that tells"));
    }

    #[test]
    fn what_is_something_else_is_called_by_its_name() {
        for (head, what) in [
            (&b"%PDF-1.7 and more"[..], "is a PDF, not a video"),
            (b"PK\x03\x04....", "is a ZIP file or an office document, not a video"),
            (b"\xff\xd8\xff\xe0", "is a picture, not a video"),
            (b"....ftypavif", "is a picture, not a video"),
            (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML>", "is a web page, not a video"),
            (b"<?xml version", "is a drawing or an XML file, not a video"),
            (b"MZ\x90", "is a program, not a video"),
        ] {
            assert_eq!(check_video(head).map_err(|error| error.to_string()), Err(what.to_owned()));
        }
    }

    #[test]
    fn what_may_be_a_video_passes() {
        for head in [
            &b"\0\0\0\x20ftypisom"[..],
            b"\x1a\x45\xdf\xa3",
            b"RIFF....AVI LIST",
            b"RIFF....WAVEfmt ",
            b"FLV\x01",
            b"OggS",
            b"ID3\x04",
            b"\x47\x40\x11",
            b"\0\0\x01\xba",
            b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
            b"Dear diary",
            b"",
        ] {
            assert_eq!(check_video(head), Ok(()), "{head:?}");
        }
    }

    proptest! {
        #[test]
        fn no_head_and_no_name_is_too_odd(
            head in proptest::collection::vec(any::<u8>(), 0..600),
            name in "\\PC{0,80}",
            media_type in "\\PC{0,40}",
        ) {
            let _ = (check_video(&head), check_video_name(&name, &media_type));
        }
    }
}
