//! What a cue says, as WebVTT writes it (§4.2.2): tags that browsers know, all other signs escaped.

use super::clock::{self, ARROW};

/// Whose rules a text follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Dialect {
    /// What is in angle brackets and no tag of HTML is text.
    Srt,
    /// What is in angle brackets and begins with a letter is a tag.
    #[default]
    WebVtt,
}

/// The text without what no browser shows: `<font>`, `{\an8}`, lines of nothing. Reading the result again, as
/// WebVTT, changes nothing. Takes time in proportion to the text, whatever is nested in it.
pub(super) fn clean(text: &str, dialect: Dialect) -> String {
    let mut reader = Reader { dialect, out: String::with_capacity(text.len()), ..Reader::default() };
    text.chars().for_each(|c| reader.read(c));
    let escaped = reader.escaped();
    let lines = escaped.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Everything but `out` says where in `out` certain signs stand, in order. What is dropped is dropped from all of them:
/// so the state is what reading `out` alone would have led to, and nothing is left in it that would still be dropped.
#[derive(Default)]
struct Reader {
    dialect: Dialect,
    out: String,
    /// `<`
    angles: Vec<usize>,
    /// `>`
    closed_angles: Vec<usize>,
    /// `{`
    braces: Vec<usize>,
    /// `}`
    closed_braces: Vec<usize>,
    /// Beginning and end of the tags that stay.
    tags: Vec<(usize, usize)>,
}

/// What becomes of something in angle brackets.
enum Fate {
    Tag,
    Literal,
    Dropped,
    LineBreak,
}

impl Reader {
    fn read(&mut self, c: char) {
        let here = self.out.len();
        match c {
            '<' => self.angles.push(here),
            '{' => self.braces.push(here),
            '>' => match open(&self.angles, &self.closed_angles) {
                Some(from) => match fate(&self.out[from + 1..], self.dialect) {
                    Fate::Tag => {
                        self.tags.push((from, here));
                        self.closed_angles.push(here);
                    }
                    Fate::Literal => self.closed_angles.push(here),
                    Fate::Dropped => return self.drop_from(from),
                    Fate::LineBreak => {
                        self.drop_from(from);
                        return self.out.push('\n');
                    }
                },
                None => self.closed_angles.push(here),
            },
            '}' => match open(&self.braces, &self.closed_braces) {
                // An override block of Advanced SubStation Alpha, as it strays into SRT: {\an8}.
                Some(from) if self.out[from + 1..].starts_with('\\') && !self.is_in_tag(from) => {
                    return self.drop_from(from);
                }
                _ => self.closed_braces.push(here),
            },
            _ => {}
        }
        self.out.push(c);
    }

    fn is_in_tag(&self, at: usize) -> bool {
        let before = self.tags.partition_point(|&(from, _)| from < at);
        before.checked_sub(1).is_some_and(|last| self.tags[last].1 > at)
    }

    fn drop_from(&mut self, from: usize) {
        self.out.truncate(from);
        for places in [&mut self.angles, &mut self.closed_angles, &mut self.braces, &mut self.closed_braces] {
            while places.last().is_some_and(|&at| at >= from) {
                places.pop();
            }
        }
        while self.tags.last().is_some_and(|&(start, _)| start >= from) {
            self.tags.pop();
        }
    }

    /// What was read, with signs that stand for themselves written so that they do.
    fn escaped(&self) -> String {
        let mut escaped = String::with_capacity(self.out.len() + 16);
        let mut tags = self.tags.iter().map(|&(from, _)| from).peekable();
        for (at, c) in self.out.char_indices() {
            match c {
                '<' if tags.peek() == Some(&at) => {
                    tags.next();
                    escaped.push('<');
                }
                '<' => escaped.push_str("&lt;"),
                '>' if escaped.ends_with(&ARROW[..2]) => escaped.push_str("&gt;"),
                '&' if !is_reference(&self.out[at..]) => escaped.push_str("&amp;"),
                c => escaped.push(c),
            }
        }
        escaped
    }
}

/// The last opening sign, where none that closes came after it.
fn open(opened: &[usize], closed: &[usize]) -> Option<usize> {
    let last = *opened.last()?;
    closed.last().is_none_or(|&closed| closed < last).then_some(last)
}

/// `tag` is what stands between the brackets.
fn fate(tag: &str, dialect: Dialect) -> Fate {
    if dialect == Dialect::WebVtt && clock::time(tag).is_some() {
        return Fate::Tag;
    }
    let is_end = tag.starts_with('/');
    let named = tag.strip_prefix('/').unwrap_or(tag);
    let name = &named[..named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len())];
    let rest = &named[name.len()..];
    let known = match dialect {
        Dialect::Srt => matches!(name, "b" | "i" | "u"),
        Dialect::WebVtt => matches!(name, "b" | "i" | "u" | "c" | "v" | "ruby" | "rt" | "lang"),
    };
    let well_formed = rest.is_empty() || !is_end && rest.starts_with(['.', ' ', '\t', '\n']);
    // An arrow in it would end the cue.
    if known && well_formed && !tag.ends_with(&ARROW[..2]) {
        Fate::Tag
    } else if name.eq_ignore_ascii_case("br") {
        Fate::LineBreak
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Fate::Literal
    } else if dialect == Dialect::WebVtt || known || HTML.iter().any(|html| name.eq_ignore_ascii_case(html)) {
        Fate::Dropped
    } else {
        Fate::Literal
    }
}

/// Tags that subtitles are written with and WebVTT has no use for.
const HTML: [&str; 15] =
    ["font", "span", "p", "div", "s", "strike", "em", "strong", "small", "big", "center", "b", "i", "u", "c"];

/// Whether a text begins with a character reference of HTML: `&amp;`, `&#8217;`.
fn is_reference(text: &str) -> bool {
    let name =
        text[1..].bytes().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    name > 0 && text.as_bytes().get(1 + name) == Some(&b';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_no_browser_shows_is_dropped() {
        for (srt, vtt) in [
            ("<font color='#fff'><i>Hi</i></font>", "<i>Hi</i>"),
            (r"{\an8}Up", "Up"),
            (r"{\pos(1,2)\i1}{sic}", "{sic}"),
            ("R&B &amp; soul", "R&amp;B &amp; soul"),
            ("a --> b", "a --&gt; b"),
            ("1 < 2 and 3 > 2", "1 &lt; 2 and 3 > 2"),
            ("I <3 <laughs> you", "I &lt;3 &lt;laughs> you"),
            ("one<br/>two<BR>three", "one\ntwo\nthree"),
            ("<font>\n\t\n</font>a ", "a"),
            ("<I>old</I>", "old"),
        ] {
            assert_eq!(clean(srt, Dialect::Srt), vtt, "{srt}");
        }
        for (text, same) in [
            ("<v Ada>Hi <c.loud.red>all</c><00:01.500></v>", "<v Ada>Hi <c.loud.red>all</c><00:01.500></v>"),
            ("<script>x</script>", "x"),
            ("<v a-->b", "b"),
            ("<v open", "&lt;v open"),
        ] {
            assert_eq!(clean(text, Dialect::WebVtt), same, "{text}");
        }
    }

    #[test]
    fn what_is_nested_deeply_takes_no_longer() {
        for (open, close) in [("{", r"\x}"), ("{\\", "}"), ("<i", ">"), ("<", ">"), ("<font", ">")] {
            let text = format!("{}{}", open.repeat(50_000), close.repeat(50_000));
            clean(&text, Dialect::WebVtt);
            clean(&text, Dialect::Srt);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn clean_text_is_clean(text in r"([<>{}/&;\\ \n.-]|-->|font|<i>|</i>|<v |br|b|[0-9]|:|amp|.){0,40}") {
            for dialect in [Dialect::Srt, Dialect::WebVtt] {
                let once = clean(&text, dialect);
                prop_assert!(!once.contains(ARROW) && !once.contains("\n\n"));
                prop_assert_eq!(clean(&once, Dialect::WebVtt), once);
            }
        }
    }
}
