//! All data of somebody as one ZIP file, made while it is sent: nothing of it is kept here.

use super::{Site, session};
use app::api::ApiError;
use app::api::session::cookie_name;
use app::routes;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::account::Actor;
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use services::ports::BlobStore;
use services::{Error, own_data};
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How much is made before it is sent.
const CHUNK: usize = 64 * 1024;

/// Everything of who asks.
pub(super) async fn export(
    State(site): State<Arc<Site>>,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
) -> Response {
    let lead = |to: &str| {
        let to = HeaderValue::try_from(to).expect("an address of ours is a header");
        (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
    };
    let Some(token) = session::token(&headers, cookie_name(site.config.https())) else {
        return lead(&routes::sign_in(routes::DATA));
    };
    let export = match own_data::export(&site.stoa, actor, &token).await {
        Ok(export) => export,
        Err(Error::SignInNeeded) => return lead(&routes::sign_in(routes::DATA)),
        // There they give their password.
        Err(Error::ProofNeeded) => return lead(routes::DATA),
        Err(error) => {
            let error = ApiError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, format!("{error}\n")).into_response();
        }
    };
    let (sender, receiver) = mpsc::channel(2);
    let (blobs, runtime) = (site.stoa.blobs.clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let zip = ZipWriter::new_stream(BufWriter::with_capacity(CHUNK, Sink(sender.clone())));
        if let Err(error) = write(zip, &*blobs, &runtime, export) {
            tracing::warn!(%error, "an export broke off");
            // So that it does not look whole.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let chunks = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    (headers, Body::from_stream(chunks)).into_response()
}

type Zip = ZipWriter<zip::write::StreamWriter<BufWriter<Sink>>>;

fn write(mut zip: Zip, blobs: &dyn BlobStore, runtime: &Handle, export: own_data::Export) -> io::Result<()> {
    // What is large is compressed already.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, document) in export.documents {
        zip.start_file(name, options)?;
        zip.write_all(document.as_bytes())?;
    }
    for (name, key) in export.files {
        let mut reader = runtime.block_on(blobs.get(&key, None)).map_err(io::Error::other)?;
        zip.start_file(name, options.large_file(reader.size > u64::from(u32::MAX)))?;
        while let Some(chunk) = runtime.block_on(reader.bytes.next()) {
            zip.write_all(&chunk?)?;
        }
    }
    zip.finish()?.into_inner().flush()
}

/// Hands on what is written to who reads the answer, as fast as they read.
struct Sink(mpsc::Sender<io::Result<Bytes>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
