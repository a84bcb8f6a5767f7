//! Bytes as they come.

use axum::body::Body;
use futures::StreamExt;
use futures::stream::poll_fn;
use http::{HeaderMap, header};
use services::ports::ByteStream;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How much is still read of a part that is not taken, and for how long: a browser hears why only once it has sent what it
/// was sending.
const DRAINED: usize = 80 << 20;
const DRAINED_FOR: Duration = Duration::from_secs(20);

/// The body of a request.
pub(super) struct Incoming(Arc<Mutex<ByteStream>>);

impl Incoming {
    /// It breaks off where the server is told to stop: what came is then on the disk before a new one takes its place.
    pub(super) fn new(body: Body, stop: CancellationToken) -> Self {
        let mut came = body.into_data_stream();
        let mut stopped = Box::pin(stop.cancelled_owned());
        let bytes = poll_fn(move |context| {
            if let Poll::Ready(piece) = came.poll_next_unpin(context) {
                return Poll::Ready(piece.map(|piece| piece.map_err(broken_off)));
            }
            stopped.as_mut().poll(context).map(|()| Some(Err(broken_off("the server stops"))))
        });
        Self(Arc::new(Mutex::new(bytes.boxed())))
    }

    /// What comes.
    pub(super) fn bytes(&self) -> ByteStream {
        let shared = self.0.clone();
        poll_fn(move |context| lock(&shared).poll_next_unpin(context)).boxed()
    }

    /// Reads the rest and forgets it.
    pub(super) async fn drain(self) {
        let mut rest = self.bytes();
        let reading = async {
            let mut read = 0;
            while read < DRAINED
                && let Some(Ok(piece)) = rest.next().await
            {
                read += piece.len();
            }
        };
        let _ = tokio::time::timeout(DRAINED_FOR, reading).await;
    }
}

fn lock(shared: &Mutex<ByteStream>) -> std::sync::MutexGuard<'_, ByteStream> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn broken_off(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    let error = io::Error::new(io::ErrorKind::ConnectionAborted, error);
    tracing::info!(%error, "an upload broke off");
    error
}

/// Whether a request has a body.
pub(super) fn has_content(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).map(|length| length.as_bytes());
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0")
}
