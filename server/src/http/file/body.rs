//! The bytes of a file as the body of an answer: through one buffer, which grows with the speed of the client.
//!
//! sendfile(2) would need no buffer, but hyper writes to the socket itself, and takes bytes only.

use super::cached;
use super::opened::{Content, Opened};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What the connection of a slow client holds. Ten thousand of them are 160 MB.
const SMALLEST: usize = 16 * 1024;
/// Beyond this a piece does not stay in the processor's cache between being read and being sent.
const LARGEST: usize = 256 * 1024;
/// Who takes a piece within this time gets twice as much the next time, who does not gets the least.
const SOON: Duration = Duration::from_millis(20);

/// Sends a part of a file. There is one buffer: it is filled, lent to the connection, and filled again once the
/// socket has taken it. So a client that reads slowly costs one small piece of memory, however long the file.
pub(super) struct FileBody {
    opened: Arc<Opened>,
    rest: Range<u64>,
    buffer: Buffer,
    lent_at: Instant,
}

enum Buffer {
    Here(Vec<u8>),
    Lent(oneshot::Receiver<Vec<u8>>),
    /// Another thread waits for the disk.
    Filling(JoinHandle<io::Result<Vec<u8>>>),
}

impl FileBody {
    pub(super) fn new(opened: Arc<Opened>, range: Range<u64>) -> Self {
        let buffer = Buffer::Here(Vec::new());
        Self { opened, rest: range, buffer, lent_at: Instant::now() }
    }

    /// A buffer of the size that the next piece is to have. What a slow client does not need is given back.
    fn prepared(&self, last: Vec<u8>) -> Vec<u8> {
        let quick = !last.is_empty() && self.lent_at.elapsed() < SOON;
        let (mut buffer, wished) = if quick {
            let twice = last.len() * 2;
            (last, twice.min(LARGEST))
        } else {
            (Vec::new(), SMALLEST)
        };
        let rest = self.rest.end - self.rest.start;
        buffer.resize(usize::try_from(rest).map_or(wished, |rest| rest.min(wished)), 0);
        buffer
    }

    fn lend(&mut self, buffer: Vec<u8>) -> Bytes {
        let (owner, back) = oneshot::channel();
        self.rest.start += buffer.len() as u64;
        self.lent_at = Instant::now();
        self.buffer = Buffer::Lent(back);
        Bytes::from_owner(Lent { buffer, owner: Some(owner) })
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let file = match &self.opened.content {
            Content::Disk(file) => file.clone(),
            Content::Memory(all) => {
                // A small file: its length was a `usize`.
                let piece = all.slice(self.rest.start as usize..self.rest.end as usize);
                self.rest.start = self.rest.end;
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
        };
        loop {
            match &mut self.buffer {
                Buffer::Lent(back) => {
                    let buffer = ready!(Pin::new(back).poll(context));
                    self.buffer = Buffer::Here(buffer.unwrap_or_default());
                }
                Buffer::Here(last) => {
                    let last = std::mem::take(last);
                    let (mut buffer, offset) = (self.prepared(last), self.rest.start);
                    if let Some(read) = cached::read(&file, &mut buffer, offset) {
                        buffer.truncate(read);
                        return Poll::Ready(Some(Ok(Frame::data(self.lend(buffer)))));
                    }
                    let file = file.clone();
                    self.buffer = Buffer::Filling(tokio::task::spawn_blocking(move || {
                        file.read_exact_at(&mut buffer, offset).map(|()| buffer)
                    }));
                }
                Buffer::Filling(reader) => {
                    let filled = ready!(Pin::new(reader).poll(context));
                    let filled = filled.unwrap_or_else(|panicked| Err(io::Error::other(panicked)));
                    return Poll::Ready(Some(filled.map(|buffer| Frame::data(self.lend(buffer)))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.end - self.rest.start)
    }
}

/// A piece on its way. The connection drops it when it is sent; then the buffer goes back.
struct Lent {
    buffer: Vec<u8>,
    owner: Option<oneshot::Sender<Vec<u8>>>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take() {
            // Nobody waits for it where the answer has ended.
            let _ = owner.send(std::mem::take(&mut self.buffer));
        }
    }
}
