//! Which answer a request for a file gets: conditions (RFC 9110 §13) and one range (§14).

use super::text;
use domain::time::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use std::fs::Metadata;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selection {
    Whole,
    /// These bytes, at least one.
    Part(Range<u64>),
    /// The client has it already.
    NotModified,
    /// The client wants another state than there is.
    PreconditionFailed,
    /// The range begins behind the end.
    Unsatisfiable,
}

/// Chooses the answer to a GET or HEAD for a file of `size` bytes, in the order of RFC 9110 §13.2.2.
pub(super) fn select(method: &Method, headers: &HeaderMap, state: &Validators, size: u64) -> Selection {
    if !state.is_wanted(headers) {
        return Selection::PreconditionFailed;
    }
    if state.is_known(headers) {
        return Selection::NotModified;
    }
    // §14.2: ranges are defined for GET alone.
    match single(headers, header::RANGE) {
        Some(range) if *method == Method::GET && state.allows_range(headers) => part(range, size),
        _ => Selection::Whole,
    }
}

/// What tells one state of a file from another. Both are strong: files appear whole and never change.
pub(super) struct Validators {
    pub(super) etag: HeaderValue,
    pub(super) modified: HeaderValue,
    modified_at: SystemTime,
}

impl Validators {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let etag = format!("\"{:x}-{:x}{:08x}\"", metadata.len(), metadata.mtime(), metadata.mtime_nsec());
        // HTTP dates have whole seconds.
        let seconds = u64::try_from(metadata.mtime()).unwrap_or_default();
        let modified_at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        Self { etag: text(&etag), modified: text(&httpdate::fmt_http_date(modified_at)), modified_at }
    }

    /// Of a blob that is kept elsewhere.
    pub(super) fn stored(size: u64, at: Timestamp) -> Self {
        let millis = u64::try_from(at.millis()).unwrap_or_default();
        let modified_at = SystemTime::UNIX_EPOCH + Duration::from_secs(millis / 1000);
        let etag = text(&format!("\"{size:x}-{millis:x}\""));
        Self { etag, modified: text(&httpdate::fmt_http_date(modified_at)), modified_at }
    }

    /// `If-Match` and, only without it, `If-Unmodified-Since` (§13.1.1, §13.1.4).
    fn is_wanted(&self, headers: &HeaderMap) -> bool {
        match self.is_listed(headers, header::IF_MATCH, |tag| tag) {
            Some(listed) => listed,
            None => date(headers, header::IF_UNMODIFIED_SINCE).is_none_or(|since| self.modified_at <= since),
        }
    }

    /// `If-None-Match` and, only without it, `If-Modified-Since` (§13.1.2, §13.1.3).
    fn is_known(&self, headers: &HeaderMap) -> bool {
        fn weakly(tag: &str) -> &str {
            tag.strip_prefix("W/").unwrap_or(tag)
        }
        match self.is_listed(headers, header::IF_NONE_MATCH, weakly) {
            Some(listed) => listed,
            None => date(headers, header::IF_MODIFIED_SINCE).is_some_and(|since| self.modified_at <= since),
        }
    }

    /// Whether a list of entity tags has this state's, or is `*`; `None` where there is no such list.
    fn is_listed(&self, headers: &HeaderMap, list: HeaderName, compared: fn(&str) -> &str) -> Option<bool> {
        let mut lines = headers.get_all(list).iter().peekable();
        lines.peek()?;
        let mut tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        Some(tags.any(|tag| tag.trim() == "*" || compared(tag.trim()).as_bytes() == self.etag.as_bytes()))
    }

    /// Whether a range may be answered: there is no `If-Range`, or it is exactly this state's (§13.1.5).
    fn allows_range(&self, headers: &HeaderMap) -> bool {
        headers.get(header::IF_RANGE).is_none_or(|value| *value == self.etag || *value == self.modified)
    }
}

/// A date that is there once; others are ignored (§13.1.3, §13.1.4).
fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(single(headers, name)?).ok()
}

fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?;
    lines.next().is_none().then_some(line)
}

/// The part that a `Range` asks for. What is no range of bytes is ignored, and so are several: §14.2 allows
/// it, players ask for one at a time, and many small ones would cost more than the whole.
fn part(range: &str, size: u64) -> Selection {
    let Some((unit, set)) = range.split_once('=') else { return Selection::Whole };
    // A list may have empty elements (§5.6.1.2).
    let mut specs = set.split(',').map(str::trim).filter(|spec| !spec.is_empty());
    let (Some(spec), None) = (specs.next(), specs.next()) else { return Selection::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Selection::Whole };
    // Of an empty file there is no part that could be named.
    if !unit.eq_ignore_ascii_case("bytes") || size == 0 {
        return Selection::Whole;
    }
    let asked = match (position(first), position(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Selection::Whole,
    };
    if asked.start < asked.end { Selection::Part(asked) } else { Selection::Unsatisfiable }
}

/// A number of any length: one that is too long for us is beyond every file (§14.1.2).
fn position(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_of_bytes_is_cut_to_the_file() {
        for (range, expected) in [
            ("bytes=0-9", Selection::Part(0..10)),
            ("Bytes=0-9", Selection::Part(0..10)),
            ("bytes= 0-9 ", Selection::Part(0..10)),
            ("bytes=,0-9, ,", Selection::Part(0..10)),
            ("bytes=90-", Selection::Part(90..100)),
            ("bytes=90-500", Selection::Part(90..100)),
            ("bytes=90-99999999999999999999", Selection::Part(90..100)),
            ("bytes=-10", Selection::Part(90..100)),
            ("bytes=-500", Selection::Part(0..100)),
            ("bytes=-99999999999999999999", Selection::Part(0..100)),
            ("bytes=100-", Selection::Unsatisfiable),
            ("bytes=99999999999999999999-", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=9-0", Selection::Whole),
            ("bytes=0-1,5-6", Selection::Whole),
            ("bytes=-", Selection::Whole),
            ("bytes=", Selection::Whole),
            ("bytes", Selection::Whole),
            ("bytes=+1-2", Selection::Whole),
            ("bytes=1 -2", Selection::Whole),
            ("bytes=0x1-2", Selection::Whole),
            ("lines=0-9", Selection::Whole),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Selection::Whole);
    }

    const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const LATER: &str = "Sunday, 06-Nov-94 08:49:38 GMT";

    fn selected(method: Method, lines: &[(&'static str, &'static str)]) -> Selection {
        let state = Validators {
            etag: text("\"e\""),
            modified: text(MODIFIED),
            modified_at: httpdate::parse_http_date(MODIFIED).unwrap(),
        };
        let line = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let mut headers = HeaderMap::new();
        headers.extend(lines.iter().map(line));
        select(&method, &headers, &state, 100)
    }

    #[test]
    fn conditions_are_weighed_in_the_order_of_the_standard() {
        use Selection::{NotModified, Part, PreconditionFailed, Whole};
        let get = |lines: &[_]| selected(Method::GET, lines);
        for (lines, expected) in [
            (&[("if-match", "\"e\"")][..], Whole),
            (&[("if-match", "\"x\", \"e\"")], Whole),
            (&[("if-match", "\"x\""), ("if-match", "\"e\"")], Whole),
            (&[("if-match", "*")], Whole),
            (&[("if-match", "\"x\"")], PreconditionFailed),
            (&[("if-match", "W/\"e\"")], PreconditionFailed),
            (&[("if-match", "")], PreconditionFailed),
            (&[("if-match", "\"e\""), ("if-unmodified-since", EARLIER)], Whole),
            (&[("if-match", "\"x\""), ("if-none-match", "\"e\"")], PreconditionFailed),
            (&[("if-unmodified-since", MODIFIED)], Whole),
            (&[("if-unmodified-since", EARLIER)], PreconditionFailed),
            (&[("if-unmodified-since", "yesterday")], Whole),
            (&[("if-none-match", "\"e\"")], NotModified),
            (&[("if-none-match", "W/\"e\"")], NotModified),
            (&[("if-none-match", "\"x\",\"e\"")], NotModified),
            (&[("if-none-match", "\"x\""), ("if-none-match", "\"e\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "e")], Whole),
            (&[("if-none-match", "\"x\""), ("if-modified-since", LATER)], Whole),
            (&[("if-modified-since", MODIFIED)], NotModified),
            (&[("if-modified-since", LATER)], NotModified),
            (&[("if-modified-since", EARLIER)], Whole),
            (&[("if-modified-since", "0")], Whole),
            (&[("if-modified-since", LATER), ("if-modified-since", LATER)], Whole),
            (&[("if-none-match", "\"e\""), ("range", "bytes=0-9")], NotModified),
            (&[("if-match", "\"e\""), ("range", "bytes=0-9")], Part(0..10)),
            (&[("if-range", "\"e\""), ("range", "bytes=0-9")], Part(0..10)),
            (&[("if-range", MODIFIED), ("range", "bytes=0-9")], Part(0..10)),
            (&[("if-range", "W/\"e\""), ("range", "bytes=0-9")], Whole),
            (&[("if-range", LATER), ("range", "bytes=0-9")], Whole),
            (&[("if-range", "\"x\""), ("range", "bytes=200-")], Whole),
            (&[("if-range", "\"x\"")], Whole),
            (&[("range", "bytes=0-9"), ("range", "bytes=5-9")], Whole),
        ] {
            assert_eq!(get(lines), expected, "{lines:?}");
        }
        assert_eq!(selected(Method::HEAD, &[("range", "bytes=0-9")]), Whole);
        assert_eq!(selected(Method::HEAD, &[("if-none-match", "\"e\"")]), NotModified);
    }
}
