//! From a file to cues.

use super::clock::{self, ARROW};
use super::text::{self, Dialect};
use super::{CaptionError, Captions, Cue, MAX_BYTES, MAX_CUES, settings};

/// A character in a thousand that could not be read: then it is the file, not a slip.
const UNREADABLE: usize = 1_000;

pub(super) fn captions(file: &str) -> Result<Captions, CaptionError> {
    if file.len() > MAX_BYTES {
        return Err(CaptionError::TooLarge);
    }
    // The zeros are what UTF-16 looks like.
    let unreadable = file.chars().filter(|&c| matches!(c, '\u{FFFD}' | '\0')).count();
    if unreadable > 0 && unreadable * UNREADABLE >= file.chars().count() {
        return Err(CaptionError::NotUtf8);
    }
    let file = file.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace('\r', "\n");
    let file: String = file.chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let lines: Vec<&str> = file.split('\n').collect();
    let dialect = if is_signature(lines[0]) { Dialect::WebVtt } else { Dialect::Srt };
    let mut reader = Reader { dialect, lines: &lines, at: 0, found: Vec::new() };
    if dialect == Dialect::WebVtt {
        reader.skip_header();
    }
    while reader.block()? {}
    let mut cues: Vec<Cue> = reader.found.into_iter().filter_map(|raw| raw.cue(dialect)).collect();
    if cues.is_empty() {
        return Err(CaptionError::NoCues);
    }
    cues.sort_by_key(|cue| cue.start);
    Ok(Captions { cues })
}

/// WebVTT §4.1: the first line.
fn is_signature(line: &str) -> bool {
    line.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

struct Reader<'a> {
    dialect: Dialect,
    lines: &'a [&'a str],
    /// Of the next line, from 0.
    at: usize,
    found: Vec<RawCue<'a>>,
}

/// A cue as it stands in the file.
struct RawCue<'a> {
    id: Option<&'a str>,
    start: u64,
    end: u64,
    settings: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn line(&self, at: usize) -> Option<&'a str> {
        self.lines.get(at).copied()
    }

    /// Everything until an empty line, or until a cue that follows without one.
    fn skip_header(&mut self) {
        self.at = 1;
        while self.line(self.at).is_some_and(|line| !line.is_empty() && !line.contains(ARROW)) {
            self.at += 1;
        }
    }

    /// Reads what stands between two empty lines; `false` at the end.
    fn block(&mut self) -> Result<bool, CaptionError> {
        while self.line(self.at).is_some_and(|line| line.trim().is_empty()) {
            self.at += 1;
        }
        let Some(first) = self.line(self.at) else { return Ok(false) };
        let second = self.line(self.at + 1).filter(|line| !line.trim().is_empty());
        if self.dialect == Dialect::WebVtt && is_no_cue(first) {
            self.rest();
        } else if first.contains(ARROW) {
            self.cue(None)?;
        } else if second.is_some_and(|second| second.contains(ARROW)) {
            self.at += 1;
            match self.dialect {
                Dialect::WebVtt => self.cue(Some(first.trim()))?,
                Dialect::Srt => {
                    // A text with an empty line in it, and no number after it.
                    if let Some(cue) = self.found.last_mut().filter(|_| !is_number(first)) {
                        cue.lines.push(first);
                    }
                    self.cue(None)?;
                }
            }
        } else {
            self.stray(first, second)?;
        }
        Ok(true)
    }

    /// Reads a cue whose times are on this line.
    fn cue(&mut self, id: Option<&'a str>) -> Result<(), CaptionError> {
        let number = self.at + 1;
        let range = self.line(self.at).and_then(clock::range);
        let (start, end, settings) = range.ok_or(CaptionError::NotATimeRange { line: number })?;
        if end < start {
            return Err(CaptionError::Backwards { line: number });
        }
        if self.found.len() == MAX_CUES {
            return Err(CaptionError::TooManyCues);
        }
        self.at += 1;
        let lines = self.rest();
        self.found.push(RawCue { id, start, end, settings, lines });
        Ok(())
    }

    /// Takes the lines until an empty one, or until the next cue where none stands between.
    fn rest(&mut self) -> Vec<&'a str> {
        let mut lines = Vec::new();
        while let Some(line) = self.line(self.at).filter(|line| !self.is_end(line)) {
            lines.push(line);
            self.at += 1;
        }
        let met_cue = self.line(self.at).is_some_and(|line| line.contains(ARROW));
        if self.dialect == Dialect::Srt && met_cue && lines.last().is_some_and(|last| is_number(last)) {
            lines.pop();
        }
        lines
    }

    fn is_end(&self, line: &str) -> bool {
        match self.dialect {
            Dialect::Srt if line.trim().is_empty() => true,
            _ => line.is_empty() || clock::range(line).is_some(),
        }
    }

    /// A block without a line of times. Words are not lost: they go on with the text before, or are an error.
    fn stray(&mut self, first: &str, second: Option<&str>) -> Result<(), CaptionError> {
        match self.found.last() {
            // A number without a text.
            _ if is_number(first) && second.is_none() => drop(self.rest()),
            Some(_) if self.dialect == Dialect::Srt && !is_number(first) => {
                let more = self.rest();
                self.found.iter_mut().next_back().into_iter().for_each(|cue| cue.lines.extend(&more));
            }
            _ => {
                let line = self.at + if second.is_some() { 2 } else { 1 };
                return Err(CaptionError::NotATimeRange { line });
            }
        }
        Ok(())
    }
}

impl RawCue<'_> {
    /// `None` where nothing would be seen of it.
    fn cue(self, dialect: Dialect) -> Option<Cue> {
        let text = text::clean(&self.lines.join("\n"), dialect);
        let settings = match dialect {
            // Coordinates in pixels of a picture that nobody knows.
            Dialect::Srt => String::new(),
            Dialect::WebVtt => settings::known(self.settings),
        };
        let id = self.id.filter(|id| !id.is_empty()).map(str::to_owned);
        let seen = !text.is_empty() && self.end > self.start;
        seen.then_some(Cue { id, start: self.start, end: self.end, settings, text })
    }
}

/// A comment, styles, or a region: none of them is kept.
fn is_no_cue(first: &str) -> bool {
    let is_note =
        first.strip_prefix("NOTE").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    is_note || matches!(first.trim_end(), "STYLE" | "REGION")
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn webvtt(file: &str) -> String {
        Captions::parse(file).unwrap().to_webvtt()
    }

    fn refused(file: &str) -> CaptionError {
        Captions::parse(file).unwrap_err()
    }

    #[test]
    fn srt_becomes_webvtt_in_order_of_time() {
        let file = "\u{FEFF}2\r\n00:00:05,000 --> 00:00:06,500 X1:40 X2:600 Y1:20 Y2:50\r\n{\\an8}Zweitens &\r\n\
                    <font color=red>rot</font>\r\n\r\n1\r\n00:00:01,000 --> 00:00:02,000\r\nÄrger\r\n\r\nmit Leerzeile\r\n";
        assert_eq!(
            webvtt(file),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nÄrger\nmit Leerzeile\n\n\
             00:00:05.000 --> 00:00:06.500\nZweitens &amp;\nrot\n"
        );
    }

    #[test]
    fn cues_that_no_empty_line_parts_are_told_apart() {
        let file = "1\n00:01,0 --> 00:02,0\na\n2\n00:03,0 --> 00:04,0\nb\n42\n";
        assert_eq!(
            webvtt(file),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n42\n"
        );
    }

    #[test]
    fn webvtt_keeps_names_and_settings_and_drops_notes_styles_and_regions() {
        let file = "WEBVTT - a film\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nNOTE\nnot shown\n\n\
                    intro\n00:01.000 --> 00:02.000 line:0 region:a align:start\n<v Ada>Hello\n\nNOTE 00:03.000 --> 00:04.000\n\n";
        assert_eq!(
            webvtt(file),
            "WEBVTT\n\nintro\n00:00:01.000 --> 00:00:02.000 line:0 align:start\n<v Ada>Hello\n"
        );
    }

    #[test]
    fn the_line_that_is_wrong_is_named() {
        let wrong = |line| CaptionError::NotATimeRange { line };
        assert_eq!(
            refused("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 -> 00:00:04,000\nb\n"),
            wrong(6)
        );
        assert_eq!(refused("1\n00:00:01,000 --> soon\na\n"), wrong(2));
        assert_eq!(refused("WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nlost words\n"), wrong(6));
        assert_eq!(refused("Dear diary,\nthis is no film."), wrong(2));
        assert_eq!(refused("00:00:02,000 --> 00:00:01,000\na"), CaptionError::Backwards { line: 1 });
        assert_eq!(
            wrong(12).to_string(),
            "Line 12 is not a time range such as 00:01:02,500 --> 00:01:04,000."
        );
    }

    #[test]
    fn what_cannot_be_captions_is_refused() {
        for nothing in
            ["", "\n\n", "WEBVTT", "WEBVTT\n\nNOTE nothing", "1\n00:00:01,000 --> 00:00:02,000\n\n", "7\n"]
        {
            assert_eq!(refused(nothing), CaptionError::NoCues, "{nothing:?}");
        }
        assert_eq!(refused(&"x".repeat(MAX_BYTES + 1)), CaptionError::TooLarge);
        assert_eq!(refused(&"00:01 --> 00:02\nx\n\n".repeat(MAX_CUES + 1)), CaptionError::TooManyCues);
        let latin1 = String::from_utf8_lossy(b"1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n").into_owned();
        assert_eq!(refused(&latin1), CaptionError::NotUtf8);
        let utf16: Vec<u8> =
            "1\n00:00:01,000 --> 00:00:02,000\na".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(refused(&String::from_utf8_lossy(&utf16)), CaptionError::NotUtf8);
    }

    #[test]
    fn a_slip_is_no_wrong_encoding() {
        let file = format!("00:01 --> 00:02\n{}\u{FFFD}", "long text ".repeat(200));
        assert!(Captions::parse(&file).is_ok());
    }

    /// Text that looks like captions, most of it wrong in some way.
    const LOOKALIKE: &str = "(WEBVTT( x)?\n|\n|\r\n|1\n|[0-9]{1,2}|00:0[0-9][.,]000 --> 00:0[5-9][.,]500( line:0)?( X1:4)?\n|\
                             -->|NOTE|STYLE\n|<i>|</i>|<font a>|\\{\\\\an8\\}|&|[a-z ]{1,5}|.){0,30}";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn what_is_written_is_read_again(file in LOOKALIKE, header: bool) {
            let file = if header { format!("WEBVTT\n\n{file}") } else { file };
            if let Ok(captions) = Captions::parse(&file) {
                prop_assert_eq!(Captions::parse(&captions.to_webvtt()), Ok(captions));
            }
        }

        #[test]
        fn no_text_is_too_strange(file in "\\PC{0,300}|(.|\n|\r|\0){0,100}") {
            let _ = Captions::parse(&file);
        }
    }
}
