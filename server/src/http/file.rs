//! Sends a file: conditions, one range, and its bytes in large pieces (RFC 9110 §13, §14).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::fs::{File, Metadata};
use std::io::Read;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::time::SystemTime;

/// How much is read at once. A read is a trip to another thread: large pieces make few of them; what waits
/// in memory is this much a connection.
const PIECE: u64 = 512 * 1024;

/// Answers GET and HEAD for a regular file.
pub(super) async fn send(
    path: PathBuf,
    method: &Method,
    headers: &HeaderMap,
    content_type: HeaderValue,
) -> Response {
    let opened = blocking(move || {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Ok((file, metadata))
    });
    let (file, metadata) = match opened.await {
        Ok((_, metadata)) if !metadata.is_file() => return StatusCode::NOT_FOUND.into_response(),
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => {
            tracing::error!(%error, "cannot open a media file");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let size = metadata.len();
    let state = Validators::of(&metadata);
    let selection = select(method, headers, &state, size);
    let mut response = match selection {
        Selection::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Selection::Unsatisfiable => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        Selection::Whole if *method == Method::HEAD => Response::new(Body::empty()),
        Selection::Whole => Response::new(body(file, 0..size)),
        Selection::Part(ref part) => {
            let mut response = Response::new(body(file, part.clone()));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            response
        }
    };
    let answer = response.headers_mut();
    answer.insert(header::ETAG, state.etag);
    answer.insert(header::LAST_MODIFIED, state.modified);
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    match selection {
        Selection::Whole => {
            answer.insert(header::CONTENT_LENGTH, size.into());
            answer.insert(header::CONTENT_TYPE, content_type);
        }
        Selection::Part(part) => {
            answer.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
            answer.insert(header::CONTENT_TYPE, content_type);
            let place = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            answer.insert(header::CONTENT_RANGE, text(&place));
        }
        Selection::Unsatisfiable => {
            answer.insert(header::CONTENT_RANGE, text(&format!("bytes */{size}")));
        }
        Selection::NotModified => {}
    }
    response
}

/// What tells one state of a file from another.
struct Validators {
    etag: HeaderValue,
    modified: HeaderValue,
    modified_at: SystemTime,
}

impl Validators {
    fn of(metadata: &Metadata) -> Self {
        let etag = format!("\"{:x}-{:x}{:08x}\"", metadata.len(), metadata.mtime(), metadata.mtime_nsec());
        // HTTP dates have whole seconds.
        let seconds = u64::try_from(metadata.mtime()).unwrap_or_default();
        let modified_at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        Self { etag: text(&etag), modified: text(&httpdate::fmt_http_date(modified_at)), modified_at }
    }

    /// Whether `If-None-Match` or, without it, `If-Modified-Since` says that the client has this state.
    fn are_known(&self, headers: &HeaderMap) -> bool {
        if let Some(known) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) {
            let same = |tag: &str| {
                tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == self.etag.as_bytes()
            };
            return known.split(',').map(str::trim).any(same);
        }
        let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        since
            .and_then(|since| httpdate::parse_http_date(since).ok())
            .is_some_and(|since| self.modified_at <= since)
    }

    /// Whether a range may be answered: there is no `If-Range`, or it names this very state.
    fn allow_range(&self, headers: &HeaderMap) -> bool {
        headers.get(header::IF_RANGE).is_none_or(|value| *value == self.etag || *value == self.modified)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Selection {
    Whole,
    Part(Range<u64>),
    NotModified,
    Unsatisfiable,
}

fn select(method: &Method, headers: &HeaderMap, state: &Validators, size: u64) -> Selection {
    if state.are_known(headers) {
        return Selection::NotModified;
    }
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    match range {
        Some(range) if *method == Method::GET && state.allow_range(headers) => part(range, size),
        _ => Selection::Whole,
    }
}

/// The part that a `Range` asks for. What is no single range of bytes is ignored, as RFC 9110 §14.2 allows.
fn part(range: &str, size: u64) -> Selection {
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|spec| spec.trim().split_once('-'))
    else {
        return Selection::Whole;
    };
    let asked = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Selection::Whole,
    };
    if asked.start < asked.end { Selection::Part(asked) } else { Selection::Unsatisfiable }
}

fn body(file: File, range: Range<u64>) -> Body {
    let pieces = futures::stream::try_unfold((file, range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let (piece, file) = blocking(move || {
            let end = range.end.min(range.start + PIECE);
            let piece = read(&file, range.start..end)?;
            Ok(((piece, end..range.end), file))
        })
        .await
        .map(|((piece, rest), file)| (piece, (file, rest)))?;
        Ok::<_, std::io::Error>(Some((piece, file)))
    });
    Body::from_stream(pieces)
}

/// A piece of the file, whole: a file that became shorter breaks the answer off.
fn read(file: &File, range: Range<u64>) -> std::io::Result<Bytes> {
    struct At<'a>(&'a File, u64);
    impl Read for At<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.read_at(buffer, self.1)?;
            self.1 += n as u64;
            Ok(n)
        }
    }
    let wanted = range.end - range.start;
    // Filled through `take`, so that the buffer is written once, by the kernel.
    let mut piece = Vec::with_capacity(wanted as usize);
    At(file, range.start).take(wanted).read_to_end(&mut piece)?;
    if piece.len() as u64 == wanted {
        Ok(piece.into())
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)))
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("digits, letters and punctuation are a header's value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_of_bytes_is_cut_to_the_file() {
        for (range, expected) in [
            ("bytes=0-9", Selection::Part(0..10)),
            ("bytes=90-", Selection::Part(90..100)),
            ("bytes=90-500", Selection::Part(90..100)),
            ("bytes=-10", Selection::Part(90..100)),
            ("bytes=-500", Selection::Part(0..100)),
            ("bytes=100-", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=9-0", Selection::Whole),
            ("bytes=0-1,5-6", Selection::Whole),
            ("bytes=-", Selection::Whole),
            ("bytes=+1-2", Selection::Whole),
            ("lines=0-9", Selection::Whole),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }
}
