//! What a file may be, and as what it is served.

use super::FileName;

/// How many bytes from the beginning of a file tell its type: all that [`FileType::check`] looks at.
pub const HEAD_BYTES: usize = 512;

/// As what a file is served: one of a list. What is on no list is `application/octet-stream`, so nothing that
/// a browser would run, a page or a drawing with scripts in it, is ever served as what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileType {
    media_type: &'static str,
    /// What the file begins with, each with its place; any one of them will do. None where a type has no mark.
    marks: &'static [(usize, &'static [u8])],
}

/// Opening such a file starts a program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is of a kind that starts a program when it is opened (.{extension}): put it into a ZIP file")]
pub struct Startable {
    extension: String,
}

/// A file is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is named .{extension} but is something else inside: give it its right name, or export it again")]
pub struct Contradiction {
    extension: String,
}

impl FileType {
    /// A video of ours: what may be kept of a lesson.
    pub const MP4: FileType = FileType { media_type: "video/mp4", marks: MP4 };

    const OTHER: FileType = FileType { media_type: "application/octet-stream", marks: &[] };

    /// The type of a file by its name alone.
    pub fn of(name: &FileName) -> Result<Self, Startable> {
        let Some(extension) = name.extension() else { return Ok(Self::OTHER) };
        if STARTABLE.contains(&extension.as_str()) {
            return Err(Startable { extension });
        }
        let known = KNOWN.iter().find(|(extensions, ..)| extensions.contains(&extension.as_str()));
        Ok(known.map_or(Self::OTHER, |&(_, media_type, marks)| FileType { media_type, marks }))
    }

    /// Holds the type against the first [`HEAD_BYTES`] of the file, or all of a shorter one.
    pub fn check(self, name: &FileName, head: &[u8]) -> Result<(), Contradiction> {
        let is_at = |&(at, mark): &(usize, &[u8])| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
        if self.marks.is_empty() || self.marks.iter().any(is_at) {
            Ok(())
        } else {
            Err(Contradiction { extension: name.extension().unwrap_or_default() })
        }
    }

    /// The value of `Content-Type`.
    pub fn media_type(self) -> &'static str {
        self.media_type
    }

    /// The type with this `Content-Type`; [`Self::OTHER`] for every text that is none of ours.
    pub fn with_media_type(text: &str) -> Self {
        let known = KNOWN.iter().find(|(_, media_type, _)| *media_type == text);
        known.map_or(Self::OTHER, |&(_, media_type, marks)| FileType { media_type, marks })
    }
}

type Marks = &'static [(usize, &'static [u8])];

const ZIP: Marks = &[(0, b"PK\x03\x04"), (0, b"PK\x05\x06")];
const OLE: Marks = &[(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")];
const GZIP: Marks = &[(0, b"\x1f\x8b")];
const JPEG: Marks = &[(0, b"\xff\xd8\xff")];
const RIFF: Marks = &[(0, b"RIFF")];
const MP4: Marks = &[(4, b"ftyp")];
const MP3: Marks = &[(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")];
const ANY: Marks = &[];

/// Extensions, media type (IANA's registry), marks. All of these types are inert in browsers.
const KNOWN: [(&[&str], &str, Marks); 28] = [
    (&["pdf"], "application/pdf", &[(0, b"%PDF-")]),
    (&["zip"], "application/zip", ZIP),
    (&["gz", "tgz"], "application/gzip", GZIP),
    (&["7z"], "application/x-7z-compressed", &[(0, b"7z\xbc\xaf\x27\x1c")]),
    (&["xz"], "application/x-xz", &[(0, b"\xfd7zXZ\0")]),
    (&["bz2"], "application/x-bzip2", &[(0, b"BZh")]),
    (&["tar"], "application/x-tar", &[(257, b"ustar")]),
    (&["png"], "image/png", &[(0, b"\x89PNG\r\n\x1a\n")]),
    (&["jpg", "jpeg"], "image/jpeg", JPEG),
    (&["gif"], "image/gif", &[(0, b"GIF87a"), (0, b"GIF89a")]),
    (&["webp"], "image/webp", &[(8, b"WEBP")]),
    (&["avif"], "image/avif", MP4),
    (&["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ZIP),
    (&["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ZIP),
    (&["pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation", ZIP),
    (&["odt"], "application/vnd.oasis.opendocument.text", ZIP),
    (&["ods"], "application/vnd.oasis.opendocument.spreadsheet", ZIP),
    (&["odp"], "application/vnd.oasis.opendocument.presentation", ZIP),
    (&["epub"], "application/epub+zip", ZIP),
    (&["doc"], "application/msword", OLE),
    (&["xls"], "application/vnd.ms-excel", OLE),
    (&["ppt"], "application/vnd.ms-powerpoint", OLE),
    (&["mp4", "m4v"], "video/mp4", MP4),
    (&["mp3"], "audio/mpeg", MP3),
    (&["m4a"], "audio/mp4", MP4),
    (&["wav"], "audio/wav", RIFF),
    (&["vtt"], "text/vtt; charset=utf-8", ANY),
    (&["txt", "md", "csv", "srt", "ass"], "text/plain; charset=utf-8", ANY),
];

/// What Windows, macOS or a Linux desktop starts when somebody opens it.
const STARTABLE: [&str; 39] = [
    "app", "apk", "appimage", "appx", "bat", "chm", "cmd", "com", "command", "cpl", "deb", "desktop", "dmg",
    "exe", "hta", "ipa", "iso", "jar", "js", "jse", "lnk", "msc", "msi", "msix", "msp", "pif", "pkg", "ps1",
    "psm1", "reg", "rpm", "scf", "scr", "url", "vb", "vbe", "vbs", "wsf", "wsh",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> FileName {
        FileName::clean(text).unwrap()
    }

    fn media_type(text: &str) -> &'static str {
        FileType::of(&name(text)).unwrap().media_type()
    }

    #[test]
    fn the_extension_says_what_a_file_is_served_as() {
        assert_eq!(media_type("Handout.PDF"), "application/pdf");
        assert_eq!(media_type("sources.tar.gz"), "application/gzip");
        assert_eq!(media_type("notes.md"), "text/plain; charset=utf-8");
        for opaque in
            ["page.html", "page.xhtml", "drawing.svg", "feed.xml", "README", "model.blend", "a.html."]
        {
            assert_eq!(media_type(opaque), "application/octet-stream", "{opaque}");
        }
    }

    #[test]
    fn programs_are_refused_whatever_the_spelling() {
        for program in ["setup.exe", "SETUP.EXE", "invoice.pdf.scr", "run.ps1"] {
            let refused = FileType::of(&name(program)).unwrap_err().to_string();
            assert!(refused.contains("put it into a ZIP file"), "{refused}");
        }
    }

    #[test]
    fn a_file_must_be_what_its_name_says() {
        let check = |file: &str, head: &[u8]| {
            let file = name(file);
            FileType::of(&file).unwrap().check(&file, head).is_ok()
        };
        assert!(check("a.pdf", b"%PDF-1.7\n"));
        assert!(check("a.zip", b"PK\x05\x06"), "an empty archive");
        assert!(check("a.txt", b"<script>"), "text is text, whatever it says");
        assert!(check("a.html", b"<script>"));
        for (file, head) in [
            ("a.pdf", &b"<html>%PDF-"[..]),
            ("a.png", b"<svg xmlns="),
            ("a.zip", b"MZ\x90\0"),
            ("a.tar", b"short"),
            ("a.pdf", b""),
        ] {
            assert!(!check(file, head), "{file} {head:?}");
        }
    }

    #[test]
    fn the_list_names_each_extension_once_and_no_type_that_runs() {
        let mut extensions: Vec<&str> =
            KNOWN.iter().flat_map(|(extensions, ..)| extensions.iter().copied()).collect();
        extensions.extend(STARTABLE);
        let all = extensions.len();
        extensions.sort_unstable();
        extensions.dedup();
        assert_eq!(extensions.len(), all);
        for (_, media_type, _) in KNOWN {
            assert!(
                !["html", "svg", "xml", "script"]
                    .iter()
                    .any(|word| media_type.contains(word) && !media_type.contains("openxml"))
            );
        }
    }

    proptest! {
        #[test]
        fn a_type_comes_back_from_its_text_and_no_other_text_is_one(text in "[a-z]{1,12}/[a-z+.-]{1,20}") {
            let found = FileType::with_media_type(&text).media_type();
            prop_assert!(found == text || found == "application/octet-stream");
            for (_, media_type, _) in KNOWN {
                prop_assert_eq!(FileType::with_media_type(media_type).media_type(), media_type);
            }
        }
    }
}
