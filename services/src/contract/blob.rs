//! What every [`BlobStore`] does.

use super::Fixture;
use crate::ports::{BlobError, BlobKey, BlobStore, ByteStream, ServedAs};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use std::io;

/// Makes the tests of a blob store; `$fresh` is a `fn() -> Fixture<dyn BlobStore>`.
#[macro_export]
macro_rules! blob_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::blob,
            [
                a_stored_blob_is_read_back_whole,
                an_empty_blob_is_a_blob,
                a_range_is_cut_at_the_blobs_size,
                a_stream_that_breaks_off_stores_nothing,
                a_stream_that_breaks_off_leaves_what_was_there,
                a_blob_is_replaced_as_a_whole,
                what_is_not_there_is_not_found,
                deleting_a_prefix_spares_its_neighbours,
                a_blob_can_be_stored_where_one_was_deleted,
                blobs_stored_at_the_same_time_do_not_mix,
                a_listing_is_ordered_by_key_and_goes_on_where_it_ended,
                a_listing_tells_sizes_and_times,
                how_a_blob_is_served_is_kept_beside_it,
                how_a_blob_was_served_goes_with_it,
            ]
        );
    };
}

/// What a case gets.
pub type BlobFixture = Fixture<dyn BlobStore>;

/// A key that is known to be one.
///
/// # Panics
/// Where it is none.
pub fn key(text: &str) -> BlobKey {
    BlobKey::new(text).expect("the test's key is a key")
}

/// So many bytes that are different everywhere, in chunks of odd sizes.
fn pattern(seed: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 251 + at + usize::from(seed)) as u8).collect()
}

fn chunks(bytes: &[u8], size: usize) -> ByteStream {
    let chunks: Vec<_> = bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(chunks).boxed()
}

async fn put(store: &dyn BlobStore, name: &str, bytes: &[u8]) {
    let size = store.put(&key(name), chunks(bytes, 70_001)).await.expect("the blob is stored");
    assert_eq!(size, bytes.len() as u64);
}

async fn get(store: &dyn BlobStore, name: &str, range: Option<std::ops::Range<u64>>) -> (u64, Vec<u8>) {
    let reader = store.get(&key(name), range).await.expect("the blob is there");
    let bytes = reader.bytes.map_ok(|chunk| chunk.to_vec()).try_concat().await.expect("the blob is read");
    (reader.size, bytes)
}

async fn is_there(store: &dyn BlobStore, name: &str) -> bool {
    let size = store.size(&key(name)).await.expect("the size is told");
    let found = !matches!(store.get(&key(name), None).await, Err(BlobError::NotFound));
    assert_eq!(size.is_some(), found);
    found
}

fn broken(bytes: &[u8]) -> ByteStream {
    let end = stream::iter([Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    chunks(bytes, 70_001).chain(end).boxed()
}

#[allow(missing_docs)]
pub async fn a_stored_blob_is_read_back_whole(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let bytes = pattern(1, 3_000_001);
    put(store, "uploads/A-1/v_2.0/source", &bytes).await;
    let (size, read) = get(store, "uploads/A-1/v_2.0/source", None).await;
    assert_eq!(size, bytes.len() as u64);
    assert!(read == bytes, "what is read is what was stored");
    assert_eq!(store.size(&key("uploads/A-1/v_2.0/source")).await.expect("told"), Some(size));
}

#[allow(missing_docs)]
pub async fn an_empty_blob_is_a_blob(fixture: &BlobFixture) {
    let store = &*fixture.port;
    put(store, "empty", &[]).await;
    assert_eq!(get(store, "empty", None).await, (0, vec![]));
    assert_eq!(get(store, "empty", Some(0..10)).await, (0, vec![]));
}

#[allow(missing_docs)]
pub async fn a_range_is_cut_at_the_blobs_size(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let bytes = pattern(2, 600_000);
    put(store, "blob", &bytes).await;
    for range in [0..1, 0..600_000, 5..300_000, 599_999..600_000, 599_990..700_000, 0..u64::MAX] {
        let (size, read) = get(store, "blob", Some(range.clone())).await;
        assert_eq!(size, 600_000, "the size is the blob's, not the range's");
        assert!(read == bytes[range.start as usize..range.end.min(600_000) as usize], "{range:?}");
    }
    for range in [3..3, 600_000..600_001, 700_000..800_000] {
        assert_eq!(get(store, "blob", Some(range)).await, (600_000, vec![]));
    }
}

#[allow(missing_docs)]
pub async fn a_stream_that_breaks_off_stores_nothing(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let result = store.put(&key("broken"), broken(&pattern(3, 1_000_000))).await;
    assert!(
        matches!(&result, Err(BlobError::Interrupted(error)) if error.kind() == io::ErrorKind::ConnectionReset),
        "{result:?}"
    );
    assert!(!is_there(store, "broken").await);
}

#[allow(missing_docs)]
pub async fn a_stream_that_breaks_off_leaves_what_was_there(fixture: &BlobFixture) {
    let store = &*fixture.port;
    put(store, "blob", b"what was there").await;
    assert!(store.put(&key("blob"), broken(&pattern(4, 1_000_000))).await.is_err());
    assert_eq!(get(store, "blob", None).await.1, b"what was there");
}

#[allow(missing_docs)]
pub async fn a_blob_is_replaced_as_a_whole(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let (old, new) = (pattern(5, 2_000_000), pattern(6, 1_000_000));
    put(store, "blob", &old).await;
    let reading = store.get(&key("blob"), None).await.expect("the blob is there");
    put(store, "blob", &new).await;
    let read = reading.bytes.map_ok(|chunk| chunk.to_vec()).try_concat().await.expect("the blob is read");
    assert!(read == old, "who began to read the old one reads all of it");
    assert!(get(store, "blob", None).await.1 == new);
}

#[allow(missing_docs)]
pub async fn what_is_not_there_is_not_found(fixture: &BlobFixture) {
    let store = &*fixture.port;
    put(store, "a/b/c", b"x").await;
    for missing in ["nothing", "a", "a/b", "a/b/d", "a/b/c/d"] {
        assert!(!is_there(store, missing).await, "{missing}");
    }
    store.delete(&key("nothing/at/all")).await.expect("deleting nothing is fine");
    store.delete(&key("a/b/c/d")).await.expect("deleting nothing is fine");
    assert!(is_there(store, "a/b/c").await);
}

#[allow(missing_docs)]
pub async fn deleting_a_prefix_spares_its_neighbours(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let all = ["a/b/1", "a/b/c/2", "a/bc", "a/b.c/3", "a/c", "b", "d"];
    for name in all {
        put(store, name, name.as_bytes()).await;
    }
    store.delete(&key("a/b")).await.expect("deleted");
    store.delete(&key("d")).await.expect("deleted");
    let mut left = Vec::new();
    for name in all {
        if is_there(store, name).await {
            left.push(name);
        }
    }
    assert_eq!(left, ["a/bc", "a/b.c/3", "a/c", "b"]);
}

#[allow(missing_docs)]
pub async fn a_blob_can_be_stored_where_one_was_deleted(fixture: &BlobFixture) {
    let store = &*fixture.port;
    for round in 0..3 {
        put(store, "a/b/c", &[round]).await;
        assert_eq!(get(store, "a/b/c", None).await.1, [round]);
        store.delete(&key("a")).await.expect("deleted");
        assert!(!is_there(store, "a/b/c").await);
    }
}

#[allow(missing_docs)]
pub async fn blobs_stored_at_the_same_time_do_not_mix(fixture: &BlobFixture) {
    let tasks: Vec<_> = (0..8u8)
        .map(|n| {
            let store = fixture.port.clone();
            // Two each for one key: one of them wins, whole.
            tokio::spawn(async move {
                put(&*store, &format!("at/once/{}", n / 2), &pattern(n, 500_000 + usize::from(n))).await
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    for n in 0..4u8 {
        let (_, read) = get(&*fixture.port, &format!("at/once/{n}"), None).await;
        assert!([2 * n, 2 * n + 1].iter().any(|n| read == pattern(*n, 500_000 + usize::from(*n))));
    }
}

/// The keys of a prefix, page by page.
async fn keys(store: &dyn BlobStore, prefix: &str, page: usize) -> Vec<String> {
    let mut found: Vec<BlobKey> = Vec::new();
    loop {
        let more = store.list(&key(prefix), found.last(), page).await.expect("a listing");
        let last = more.len() < page;
        found.extend(more.into_iter().map(|blob| blob.key));
        if last {
            return found.iter().map(BlobKey::to_string).collect();
        }
    }
}

#[allow(missing_docs)]
pub async fn a_listing_is_ordered_by_key_and_goes_on_where_it_ended(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let all = ["a/b-c", "a/b.c/3", "a/b/1", "a/b/c/2", "a/b/c/d/4", "a/bc", "a/c"];
    for name in all.iter().rev().chain(&["b", "ab/x"]) {
        put(store, name, name.as_bytes()).await;
    }
    store.serve_as(&key("a/bc"), &pdf("a.pdf")).await.expect("it is kept");
    for page in [1, 2, 3, 7, 1000] {
        assert_eq!(keys(store, "a", page).await, all, "{page} at a time");
        assert_eq!(keys(store, "a/b", page).await, ["a/b/1", "a/b/c/2", "a/b/c/d/4"]);
    }
    assert_eq!(keys(store, "a/bc", 2).await, ["a/bc"]);
    assert_eq!(keys(store, "nothing/here", 2).await, [""; 0]);
}

#[allow(missing_docs)]
pub async fn a_listing_tells_sizes_and_times(fixture: &BlobFixture) {
    let store = &*fixture.port;
    put(store, "sizes/1", b"x").await;
    put(store, "sizes/2", &pattern(7, 100_000)).await;
    let found = store.list(&key("sizes"), None, 10).await.expect("a listing");
    assert_eq!(found.iter().map(|blob| blob.size).collect::<Vec<_>>(), [1, 100_000]);
    // Of this century, and by the store's own clock.
    assert!(found.iter().all(|blob| blob.stored.millis() > 1_700_000_000_000), "{found:?}");
}

fn pdf(name: &str) -> ServedAs {
    ServedAs {
        content_type: "application/pdf".into(),
        disposition: format!("attachment; filename=\"{name}\"; filename*=UTF-8''%E2%82%AC.pdf"),
    }
}

async fn served_as(store: &dyn BlobStore, name: &str) -> Option<ServedAs> {
    store.served_as(&key(name)).await.expect("it is told")
}

#[allow(missing_docs)]
pub async fn how_a_blob_is_served_is_kept_beside_it(fixture: &BlobFixture) {
    let store = &*fixture.port;
    let missing = store.serve_as(&key("files/A/a.pdf"), &pdf("a.pdf")).await;
    assert!(matches!(missing, Err(BlobError::NotFound)), "{missing:?}");
    put(store, "files/A/a.pdf", b"bytes").await;
    assert_eq!(served_as(store, "files/A/a.pdf").await, None);
    for name in ["a.pdf", "b.pdf"] {
        store.serve_as(&key("files/A/a.pdf"), &pdf(name)).await.expect("it is kept");
        assert_eq!(served_as(store, "files/A/a.pdf").await, Some(pdf(name)));
    }
    assert_eq!(get(store, "files/A/a.pdf", None).await, (5, b"bytes".to_vec()));
    assert_eq!(served_as(store, "files/A").await, None);
}

#[allow(missing_docs)]
pub async fn how_a_blob_was_served_goes_with_it(fixture: &BlobFixture) {
    let store = &*fixture.port;
    for gone in ["files/A/a.pdf", "files/A", "files"] {
        put(store, "files/A/a.pdf", b"bytes").await;
        store.serve_as(&key("files/A/a.pdf"), &pdf("a.pdf")).await.expect("it is kept");
        store.delete(&key(gone)).await.expect("it is deleted");
        assert_eq!(served_as(store, "files/A/a.pdf").await, None, "{gone}");
        put(store, "files/A/a.pdf", b"others").await;
        assert_eq!(served_as(store, "files/A/a.pdf").await, None, "{gone}");
    }
    store.serve_as(&key("files/A/a.pdf"), &pdf("a.pdf")).await.expect("it is kept");
    put(store, "files/A/a.pdf", b"replaced").await;
    assert_eq!(served_as(store, "files/A/a.pdf").await, None, "replaced");
}
