//! The local part store keeps the contract, and what it promises beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use bytes::Bytes;
use futures::{StreamExt, stream};
use services::contract::TestRandom;
use services::contract::parts::PartsFixture;
use services::ports::{BlobKey, PartStore};
use std::path::Path;
use std::sync::Arc;
use stoa_embedded::{LocalBlobs, LocalParts};

fn open(folder: &Path) -> Arc<dyn PartStore> {
    Arc::new(LocalParts::open(folder, Arc::new(TestRandom::default())).unwrap())
}

fn fresh() -> PartsFixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blobs");
    let blobs = Arc::new(LocalBlobs::open(&path).unwrap());
    let parts = open(&path);
    PartsFixture { parts, blobs, reopen: Box::new(move || open(&path)), keep: Box::new(folder) }
}

services::parts_contract!(fresh);

#[tokio::test]
async fn a_start_leaves_what_is_on_its_way() {
    let fixture = fresh();
    let key = BlobKey::new("a").unwrap();
    let id = fixture.parts.begin(&key, 10).await.unwrap();
    let some = stream::iter([Ok(Bytes::from_static(b"12345"))]).boxed();
    fixture.parts.append(&id, 0, some, None).await.unwrap();
    let PartsFixture { parts, blobs, reopen, keep } = fixture;
    drop((parts, blobs));
    let folder = keep.downcast_ref::<tempfile::TempDir>().unwrap().path().join("blobs");
    let _blobs = LocalBlobs::open(&folder).unwrap();
    assert_eq!(reopen().received(&id, &key).await.unwrap(), 5);
}

#[tokio::test]
async fn bytes_that_a_crash_left_unchecked_are_not_counted() {
    let fixture = fresh();
    let key = BlobKey::new("a").unwrap();
    let id = fixture.parts.begin(&key, 100).await.unwrap();
    let some = stream::iter([Ok(Bytes::from_static(&[1; 20]))]).boxed();
    fixture.parts.append(&id, 0, some, None).await.unwrap();
    // As a process leaves it that ends in the midst of a part with a checksum.
    let folder = fixture.keep.downcast_ref::<tempfile::TempDir>().unwrap().path().join("blobs/~parts");
    std::fs::write(folder.join(format!("{}~unchecked", id.0)), "20").unwrap();
    std::fs::write(folder.join(&id.0), [1; 70]).unwrap();
    assert_eq!((fixture.reopen)().received(&id, &key).await.unwrap(), 20);
    assert_eq!((fixture.reopen)().received(&id, &key).await.unwrap(), 20);
}

#[tokio::test]
async fn what_a_crash_left_of_a_beginning_is_found_and_taken_away() {
    let fixture = fresh();
    let folder = fixture.keep.downcast_ref::<tempfile::TempDir>().unwrap().path().join("blobs/~parts");
    // Before it was written what the file is to become, and in the midst of that.
    std::fs::write(folder.join("aa"), "").unwrap();
    std::fs::write(folder.join("bb"), "").unwrap();
    std::fs::write(folder.join("bb~about"), "").unwrap();
    let found = fixture.parts.unfinished(10).await.unwrap();
    assert_eq!(found.iter().map(|left| left.id.0.as_str()).collect::<Vec<_>>(), ["aa", "bb"]);
    for left in found {
        fixture.parts.abort(&left.id, &left.key).await.unwrap();
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_what_came_and_blocks_nobody() {
    let fixture = fresh();
    let key = BlobKey::new("a").unwrap();
    let id = fixture.parts.begin(&key, 2_000_000).await.unwrap();
    let endless = stream::iter([Ok(Bytes::from(vec![7; 1_000_000]))]).chain(stream::pending()).boxed();
    let mut append = fixture.parts.append(&id, 0, endless, None);
    assert!(futures::poll!(&mut append).is_pending());
    drop(append);
    let there = fixture.parts.received(&id, &key).await.unwrap();
    assert!(there == 0 || there == 1_000_000, "{there}");
}
