//! The local blob store keeps the contract, and what it promises beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use bytes::Bytes;
use futures::{StreamExt, stream};
use services::contract::blob::key;
use services::contract::{Fixture, TestClock};
use services::ports::BlobStore;
use std::path::Path;
use std::sync::Arc;
use stoa_embedded::LocalBlobs;

fn fresh() -> Fixture<dyn BlobStore> {
    let folder = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(folder.path().join("blobs")).unwrap();
    Fixture::new(Arc::new(blobs), TestClock::new(), folder)
}

services::blob_contract!(fresh);

fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn an_upload_that_is_dropped_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(folder.path()).unwrap();
    let endless = stream::iter([Ok(Bytes::from(vec![7; 1_000_000]))]).chain(stream::pending()).boxed();
    let name = key("a/b");
    let mut upload = blobs.put(&name, endless);
    // Until there is the upload beside the lock. (If it never comes, the test runner ends the wait.)
    while files_below(folder.path()).len() < 2 {
        assert!(futures::poll!(&mut upload).is_pending());
        tokio::task::yield_now().await;
    }
    drop(upload);
    assert_eq!(files_below(folder.path()), ["~lock"]);
}

#[tokio::test]
async fn a_start_clears_away_what_a_crash_left_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(folder.path()).unwrap();
    blobs.put(&key("a/b"), stream::iter([Ok(Bytes::from_static(b"kept"))]).boxed()).await.unwrap();
    std::fs::write(folder.path().join("~transit/1-0"), "half an upload").unwrap();
    // Beside a running server nothing is cleared away: it may be receiving that.
    drop(LocalBlobs::open(folder.path()).unwrap());
    assert_eq!(files_below(folder.path()), ["1-0", "b", "~lock"]);
    drop(blobs);
    let blobs = LocalBlobs::open(folder.path()).unwrap();
    assert_eq!(files_below(folder.path()), ["b", "~lock"]);
    assert_eq!(blobs.size(&key("a/b")).await.unwrap(), Some(4));
    assert_eq!(std::fs::read(blobs.path(&key("a/b"))).unwrap(), b"kept");
}

/// Its own process under nextest: what others do does not count.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_upload_takes_little_memory() {
    let resident = |name: &str| -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    let folder = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(folder.path()).unwrap();
    let before = resident("VmRSS:");
    let chunks = (0..300 * 16).map(|n| Ok(Bytes::from(vec![n as u8; 64 * 1024])));
    let size = blobs.put(&key("large"), stream::iter(chunks).boxed()).await.unwrap();
    assert_eq!(size, 300 << 20);
    let grown = resident("VmHWM:") - before;
    assert!(grown < 20, "{grown} MB for an upload of 300 MB");
}
