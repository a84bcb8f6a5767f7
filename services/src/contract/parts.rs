//! What every [`PartStore`] does whose parts come through the server.

use crate::ports::{
    BlobError, BlobKey, BlobStore, ByteStream, Checksum, PartStore, PartsError, PartsId, Way,
};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use std::any::Any;
use std::io;
use std::sync::Arc;

/// Makes the tests of a part store; `$fresh` is a `fn() -> PartsFixture`.
#[macro_export]
macro_rules! parts_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::parts,
            [
                parts_become_the_blob,
                a_part_that_breaks_off_is_kept_as_far_as_it_came,
                a_part_elsewhere_is_told_where_to_continue,
                a_part_without_its_checksum_leaves_nothing,
                a_part_with_a_checksum_that_breaks_off_leaves_nothing,
                a_part_that_is_taken_back_leaves_nothing,
                who_continues_ends_the_connection_that_hangs,
                who_asks_ends_the_connection_that_hangs,
                a_part_longer_than_what_is_missing_is_refused,
                finishing_too_early_is_refused,
                finishing_twice_is_fine,
                what_was_given_up_is_gone,
                another_process_continues,
                what_is_on_its_way_is_listed,
                two_at_once_do_not_mix,
                a_file_for_which_there_is_no_room_is_not_begun,
                a_name_that_is_none_leads_nowhere,
            ]
        );
    };
}

/// What a case gets.
pub struct PartsFixture {
    /// The store.
    pub parts: Arc<dyn PartStore>,
    /// The blobs that files become.
    pub blobs: Arc<dyn BlobStore>,
    /// Opens the same store once more, as a new process does.
    pub reopen: Box<dyn Fn() -> Arc<dyn PartStore> + Send + Sync>,
    /// Kept for as long as the store is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).expect("the test's key is a key")
}

fn pattern(seed: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 251 + at + usize::from(seed)) as u8).collect()
}

fn chunks(bytes: &[u8]) -> ByteStream {
    let chunks: Vec<_> = bytes.chunks(70_001).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(chunks).boxed()
}

fn ending(bytes: &[u8], error: io::ErrorKind) -> ByteStream {
    chunks(bytes).chain(stream::iter([Err(io::Error::from(error))])).boxed()
}

/// Bytes after which nothing comes any more.
fn hanging(bytes: &[u8]) -> ByteStream {
    chunks(bytes).chain(stream::pending()).boxed()
}

fn checksum(bytes: &[u8]) -> Option<Checksum> {
    digest(&SHA256, bytes).as_ref().try_into().ok()
}

async fn begin(parts: &dyn PartStore, name: &str, size: usize) -> PartsId {
    parts.begin(&key(name), size as u64).await.expect("it is begun")
}

async fn append(parts: &dyn PartStore, id: &PartsId, offset: usize, bytes: &[u8]) {
    let there = parts.append(id, offset as u64, chunks(bytes), None).await.expect("it is appended");
    assert_eq!(there, (offset + bytes.len()) as u64);
}

async fn received(parts: &dyn PartStore, id: &PartsId, name: &str) -> u64 {
    parts.received(id, &key(name)).await.expect("it is told")
}

async fn blob(blobs: &dyn BlobStore, name: &str) -> Option<Vec<u8>> {
    match blobs.get(&key(name), None).await {
        Ok(reader) => {
            let bytes = reader.bytes.map_ok(|chunk| chunk.to_vec()).try_concat().await;
            Some(bytes.expect("it is read"))
        }
        Err(BlobError::NotFound) => None,
        Err(error) => panic!("{error}"),
    }
}

#[allow(missing_docs)]
pub async fn parts_become_the_blob(fixture: &PartsFixture) {
    let (parts, bytes) = (&*fixture.parts, pattern(1, 1_000_000));
    assert_eq!(parts.way(), Way::Appended);
    let id = begin(parts, "uploads/a/source", bytes.len()).await;
    append(parts, &id, 0, &bytes[..300_000]).await;
    let part = &bytes[300_000..900_000];
    let there = parts.append(&id, 300_000, chunks(part), checksum(part)).await.expect("it is appended");
    assert_eq!(there, 900_000);
    append(parts, &id, 900_000, &bytes[900_000..]).await;
    assert_eq!(blob(&*fixture.blobs, "uploads/a/source").await, None, "not before it is finished");
    parts.finish(&id, &key("uploads/a/source"), 1_000_000).await.expect("it is finished");
    assert!(blob(&*fixture.blobs, "uploads/a/source").await == Some(bytes));
}

#[allow(missing_docs)]
pub async fn a_part_that_breaks_off_is_kept_as_far_as_it_came(fixture: &PartsFixture) {
    let (parts, bytes) = (&*fixture.parts, pattern(2, 500_000));
    let id = begin(parts, "a", bytes.len()).await;
    let broken = ending(&bytes[..200_000], io::ErrorKind::ConnectionReset);
    let result = parts.append(&id, 0, broken, None).await;
    assert!(matches!(result, Err(PartsError::Interrupted(_))), "{result:?}");
    assert_eq!(received(parts, &id, "a").await, 200_000);
    append(parts, &id, 200_000, &bytes[200_000..]).await;
    parts.finish(&id, &key("a"), 500_000).await.expect("it is finished");
    assert!(blob(&*fixture.blobs, "a").await == Some(bytes));
}

#[allow(missing_docs)]
pub async fn a_part_elsewhere_is_told_where_to_continue(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a", 100).await;
    append(parts, &id, 0, &[1; 40]).await;
    for offset in [0, 39, 41, 100, u64::MAX] {
        let result = parts.append(&id, offset, chunks(&[2; 10]), None).await;
        assert!(matches!(result, Err(PartsError::Offset { expected: 40 })), "{result:?}");
    }
    assert_eq!(received(parts, &id, "a").await, 40);
}

#[allow(missing_docs)]
pub async fn a_part_without_its_checksum_leaves_nothing(fixture: &PartsFixture) {
    let (parts, bytes) = (&*fixture.parts, pattern(3, 300_000));
    let id = begin(parts, "a", 400_000).await;
    append(parts, &id, 0, &[0; 100_000]).await;
    let result = parts.append(&id, 100_000, chunks(&bytes), checksum(b"other bytes")).await;
    assert!(matches!(result, Err(PartsError::Checksum)), "{result:?}");
    assert_eq!(received(parts, &id, "a").await, 100_000);
    let there = parts.append(&id, 100_000, chunks(&bytes), checksum(&bytes)).await;
    assert_eq!(there.expect("it is appended"), 400_000);
}

#[allow(missing_docs)]
pub async fn a_part_with_a_checksum_that_breaks_off_leaves_nothing(fixture: &PartsFixture) {
    let (parts, bytes) = (&*fixture.parts, pattern(4, 300_000));
    let id = begin(parts, "a", bytes.len()).await;
    let broken = ending(&bytes[..200_000], io::ErrorKind::ConnectionReset);
    let result = parts.append(&id, 0, broken, checksum(&bytes)).await;
    assert!(matches!(result, Err(PartsError::Interrupted(_))), "{result:?}");
    assert_eq!(received(parts, &id, "a").await, 0);
}

#[allow(missing_docs)]
pub async fn a_part_that_is_taken_back_leaves_nothing(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a", 1_000).await;
    append(parts, &id, 0, &[0; 100]).await;
    let wrong = ending(&[1; 900], io::ErrorKind::InvalidData);
    let result = parts.append(&id, 100, wrong, None).await;
    assert!(matches!(result, Err(PartsError::Checksum)), "{result:?}");
    assert_eq!(received(parts, &id, "a").await, 100);
}

#[allow(missing_docs)]
pub async fn who_continues_ends_the_connection_that_hangs(fixture: &PartsFixture) {
    let bytes = pattern(5, 300_000);
    let id = begin(&*fixture.parts, "a", bytes.len()).await;
    let first = {
        let (parts, id, some) = (fixture.parts.clone(), id.clone(), hanging(&bytes[..100_000]));
        tokio::spawn(async move { parts.append(&id, 0, some, None).await })
    };
    // Where the first has come first, it is ended; where it comes second, it ends us. Then we come again.
    let mut at = 0;
    for _ in 0..1_000 {
        let rest = chunks(&bytes[at as usize..]);
        match fixture.parts.append(&id, at, rest, None).await {
            Ok(there) => {
                at = there;
                break;
            }
            Err(PartsError::Offset { expected }) => at = expected,
            Err(PartsError::TakenOver | PartsError::Interrupted(_)) => {}
            Err(error) => panic!("{error}"),
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(at, 300_000);
    let ended = match first.await.expect("it does not panic") {
        Err(PartsError::TakenOver | PartsError::Offset { .. }) => true,
        other => panic!("{other:?}"),
    };
    assert!(ended);
    fixture.parts.finish(&id, &key("a"), 300_000).await.expect("it is finished");
    assert!(blob(&*fixture.blobs, "a").await == Some(bytes));
}

#[allow(missing_docs)]
pub async fn who_asks_ends_the_connection_that_hangs(fixture: &PartsFixture) {
    let (parts, bytes) = (&*fixture.parts, pattern(6, 200_000));
    let id = begin(parts, "a", 300_000).await;
    let mut first = parts.append(&id, 0, hanging(&bytes), None);
    // It has its turn before we ask.
    assert!(futures::poll!(&mut first).is_pending());
    let (first, there) = futures::join!(first, received(parts, &id, "a"));
    assert!(matches!(first, Err(PartsError::TakenOver)), "{first:?}");
    assert!(there <= 200_000);
    append(parts, &id, there as usize, &bytes[there as usize..]).await;
}

#[allow(missing_docs)]
pub async fn a_part_longer_than_what_is_missing_is_refused(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a", 100).await;
    append(parts, &id, 0, &[1; 60]).await;
    let result = parts.append(&id, 60, chunks(&[1; 41]), None).await;
    assert!(matches!(result, Err(PartsError::Incomplete { size: 100, .. })), "{result:?}");
    append(parts, &id, 60, &[1; 40]).await;
}

#[allow(missing_docs)]
pub async fn finishing_too_early_is_refused(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a", 100).await;
    append(parts, &id, 0, &[1; 99]).await;
    let result = parts.finish(&id, &key("a"), 100).await;
    assert!(matches!(result, Err(PartsError::Incomplete { received: 99, size: 100 })), "{result:?}");
    assert_eq!(blob(&*fixture.blobs, "a").await, None);
    append(parts, &id, 99, &[1; 1]).await;
    parts.finish(&id, &key("a"), 100).await.expect("it is finished");
}

#[allow(missing_docs)]
pub async fn finishing_twice_is_fine(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a/b/c", 10).await;
    append(parts, &id, 0, b"0123456789").await;
    for _ in 0..2 {
        parts.finish(&id, &key("a/b/c"), 10).await.expect("it is finished");
        assert_eq!(blob(&*fixture.blobs, "a/b/c").await.as_deref(), Some(&b"0123456789"[..]));
    }
    let result = parts.append(&id, 10, chunks(b""), None).await;
    assert!(matches!(result, Err(PartsError::NotFound)), "{result:?}");
    parts.abort(&id, &key("a/b/c")).await.expect("what is not there can be given up");
    assert!(blob(&*fixture.blobs, "a/b/c").await.is_some(), "a blob is not given up");
}

#[allow(missing_docs)]
pub async fn what_was_given_up_is_gone(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    let id = begin(parts, "a", 10).await;
    append(parts, &id, 0, b"0123456789").await;
    for _ in 0..2 {
        parts.abort(&id, &key("a")).await.expect("it is given up");
    }
    assert!(matches!(parts.received(&id, &key("a")).await, Err(PartsError::NotFound)));
    assert!(matches!(parts.append(&id, 0, chunks(b"0"), None).await, Err(PartsError::NotFound)));
    assert!(matches!(parts.finish(&id, &key("a"), 10).await, Err(PartsError::NotFound)));
    assert!(parts.unfinished(10).await.expect("listed").is_empty());
}

#[allow(missing_docs)]
pub async fn another_process_continues(fixture: &PartsFixture) {
    let bytes = pattern(7, 400_000);
    let id = begin(&*fixture.parts, "a", bytes.len()).await;
    append(&*fixture.parts, &id, 0, &bytes[..150_000]).await;
    let again = (fixture.reopen)();
    assert_eq!(received(&*again, &id, "a").await, 150_000);
    append(&*again, &id, 150_000, &bytes[150_000..]).await;
    (fixture.reopen)().finish(&id, &key("a"), 400_000).await.expect("it is finished");
    assert!(blob(&*fixture.blobs, "a").await == Some(bytes));
}

#[allow(missing_docs)]
pub async fn what_is_on_its_way_is_listed(fixture: &PartsFixture) {
    let parts = &*fixture.parts;
    assert!(parts.unfinished(10).await.expect("listed").is_empty());
    let mut begun = Vec::new();
    for name in ["a", "b", "c"] {
        begun.push((begin(parts, name, 1).await, key(name)));
    }
    append(parts, &begun[0].0, 0, b"x").await;
    parts.finish(&begun[0].0, &begun[0].1, 1).await.expect("it is finished");
    let mut found = parts.unfinished(10).await.expect("listed");
    found.sort_by(|a, b| a.key.cmp(&b.key));
    let names: Vec<_> = found.iter().map(|file| (file.id.clone(), file.key.clone())).collect();
    assert_eq!(names, begun[1..]);
    assert!(found.iter().all(|file| file.touched.millis() > 1_700_000_000_000), "{found:?}");
    assert_eq!(parts.unfinished(1).await.expect("listed").len(), 1);
}

#[allow(missing_docs)]
pub async fn two_at_once_do_not_mix(fixture: &PartsFixture) {
    let tasks: Vec<_> = (0..4u8)
        .map(|n| {
            let parts = fixture.parts.clone();
            tokio::spawn(async move {
                let (name, bytes) = (format!("at/once/{n}"), pattern(n, 600_000 + usize::from(n)));
                let id = begin(&*parts, &name, bytes.len()).await;
                for (at, part) in bytes.chunks(100_000).enumerate() {
                    append(&*parts, &id, at * 100_000, part).await;
                }
                parts.finish(&id, &key(&name), bytes.len() as u64).await.expect("it is finished");
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    for n in 0..4u8 {
        let read = blob(&*fixture.blobs, &format!("at/once/{n}")).await;
        assert!(read == Some(pattern(n, 600_000 + usize::from(n))), "{n}");
    }
}

#[allow(missing_docs)]
pub async fn a_file_for_which_there_is_no_room_is_not_begun(fixture: &PartsFixture) {
    let result = fixture.parts.begin(&key("a"), u64::MAX).await;
    assert!(matches!(result, Err(PartsError::Full)), "{result:?}");
    assert!(fixture.parts.unfinished(10).await.expect("listed").is_empty());
}

#[allow(missing_docs)]
pub async fn a_name_that_is_none_leads_nowhere(fixture: &PartsFixture) {
    for name in ["", ".", "..", "../a", "a/b", "~lock", "a\0", "é"] {
        let id = PartsId(name.to_owned());
        assert!(
            matches!(fixture.parts.received(&id, &key("a")).await, Err(PartsError::NotFound)),
            "{name:?}"
        );
        fixture.parts.abort(&id, &key("a")).await.expect("what is not there can be given up");
    }
}
