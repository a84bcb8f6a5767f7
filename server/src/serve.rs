//! Connections: accepted, bounded, and brought to an end in time.

use crate::config::Http;
use crate::stalled::Stalled;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Answers requests until `stop`; then takes no more, and lets those that are open go on for at most
/// [`Http::drain_seconds`].
pub async fn serve(listener: TcpListener, router: Router, limits: &Http, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    let pauses = Pauses {
        header: Duration::from_secs(limits.header_seconds),
        answer: Duration::from_secs(limits.answer_pause_seconds),
    };
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        let connection = connection(stream, peer, router.clone(), pauses, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    let drained = tokio::time::timeout(Duration::from_secs(limits.drain_seconds), connections.wait()).await;
    if drained.is_err() {
        tracing::warn!(connections = connections.len(), "stopping although requests are open");
    }
}

/// How long the other side may do nothing.
#[derive(Clone, Copy)]
struct Pauses {
    header: Duration,
    answer: Duration,
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let slot = slots.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, slot)),
        Err(error) => {
            // Out of file handles, mostly: the next attempt would fail as fast as this one.
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(200)).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    pauses: Pauses,
    stop: CancellationToken,
) {
    // Answers are written whole; waiting for more to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(pauses.header).serve_connection(
            TokioIo::new(Stalled::new(stream, pauses.answer)),
            TowerToHyperService::new(service),
        );
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // The other side went away, or spoke no HTTP: their affair.
        tracing::debug!(%error, "a connection broke off");
    }
}
