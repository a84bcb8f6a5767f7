//! Buckets keep the contract of the blob store, and what the adapters promise beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use aws_sdk_s3::Client;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use services::contract::blob::key;
use services::contract::{Fixture, TestClock};
use services::ports::{BlobError, BlobStore};
use stand_in::{StandIn, ministack, moto, now, s3s_fs, unique};
use std::io;
use std::sync::Arc;
use stoa_aws::{BucketSettings, S3Blobs};

/// A fresh bucket, of which `part/` is used.
async fn bucket(stand_in: &StandIn) -> (Client, BucketSettings) {
    let settings = BucketSettings { bucket: unique("blobs"), prefix: "part/".into(), path_style: true };
    let config = aws_sdk_s3::config::Builder::from(&stand_in.infrastructure()).force_path_style(true).build();
    let client = Client::from_conf(config);
    client.create_bucket().bucket(&settings.bucket).send().await.unwrap();
    client.put_object().bucket(&settings.bucket).key("a").send().await.unwrap();
    (client, settings)
}

async fn blobs(stand_in: &StandIn) -> (Client, BucketSettings, S3Blobs) {
    let (client, settings) = bucket(stand_in).await;
    let blobs = S3Blobs::new(&stand_in.connect().await, settings.clone());
    (client, settings, blobs)
}

mod against_ministack {
    use super::*;
    fn fresh() -> Fixture<dyn BlobStore> {
        Fixture::new(Arc::new(now(blobs(ministack())).2), TestClock::new(), ())
    }
    services::blob_contract!(fresh);
}

mod against_moto {
    use super::*;
    fn fresh() -> Fixture<dyn BlobStore> {
        Fixture::new(Arc::new(now(blobs(moto())).2), TestClock::new(), ())
    }
    services::blob_contract!(fresh);
}

/// Objects are files there: it fails when it is asked for one whose name is the folder of others, and each of the cases that are
/// missing here asks so.
mod against_s3s_fs {
    use super::*;
    fn fresh() -> Fixture<dyn BlobStore> {
        Fixture::new(Arc::new(now(blobs(s3s_fs())).2), TestClock::new(), ())
    }
    services::contract_cases!(
        fresh,
        services::contract::blob,
        [
            a_stored_blob_is_read_back_whole,
            an_empty_blob_is_a_blob,
            a_range_is_cut_at_the_blobs_size,
            a_stream_that_breaks_off_stores_nothing,
            a_stream_that_breaks_off_leaves_what_was_there,
            a_blob_is_replaced_as_a_whole,
            blobs_stored_at_the_same_time_do_not_mix,
        ]
    );
}

/// So many megabytes.
fn megabytes(count: usize) -> stream::BoxStream<'static, io::Result<Bytes>> {
    stream::iter((0..count * 16).map(|n| Ok(Bytes::from(vec![n as u8; 64 * 1024])))).boxed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_blobs_go_in_parts_and_come_back_whole() {
    go_in_parts_and_come_back_whole(ministack()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_blobs_go_in_parts_where_their_rules_are_checked() {
    go_in_parts_and_come_back_whole(s3s_fs()).await;
}

async fn go_in_parts_and_come_back_whole(stand_in: &StandIn) {
    let (client, settings, blobs) = blobs(stand_in).await;
    for size in [8, 20] {
        assert_eq!(blobs.put(&key("large/1080p.mp4"), megabytes(size)).await.unwrap(), (size << 20) as u64);
        let read = blobs.get(&key("large/1080p.mp4"), None).await.unwrap();
        let read: Vec<u8> = read.bytes.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
        let sent: Vec<u8> = megabytes(size).map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
        assert!(read == sent);
    }
    let head =
        client.head_object().bucket(&settings.bucket).key("part/large/1080p.mp4").send().await.unwrap();
    assert_eq!(head.content_type(), Some("video/mp4"), "players may ask the bucket itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_blob_that_breaks_off_leaves_no_parts_behind() {
    let (client, settings, blobs) = blobs(ministack()).await;
    let breaks = stream::iter([Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let result = blobs.put(&key("large"), megabytes(20).chain(breaks).boxed()).await;
    assert!(matches!(result, Err(BlobError::Interrupted(_))), "{result:?}");
    for _ in 0..100 {
        let left = client.list_multipart_uploads().bucket(&settings.bucket).send().await.unwrap();
        if left.uploads().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the parts are still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prefix_of_more_than_a_thousand_blobs_is_listed_and_deleted() {
    let (client, settings, blobs) = blobs(ministack()).await;
    let put = |n: usize| client.put_object().bucket(&settings.bucket).key(format!("part/many/{n:04}")).send();
    stream::iter(0..1003).map(put).buffer_unordered(16).try_collect::<Vec<_>>().await.unwrap();
    let first = blobs.list(&key("many"), None, 1000).await.unwrap();
    let rest = blobs.list(&key("many"), first.last().map(|blob| &blob.key), 1000).await.unwrap();
    assert_eq!((first.len(), rest.len(), rest[2].key.as_str()), (1000, 3, "many/1002"));
    blobs.delete(&key("many")).await.unwrap();
    assert_eq!(blobs.list(&key("many"), None, 1000).await.unwrap(), []);
    let others = client.list_objects_v2().bucket(&settings.bucket).send().await.unwrap();
    assert_eq!(others.contents()[0].key(), Some("a"), "what is beside our part of the bucket stays");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_unavailable_and_a_missing_bucket_a_defect() {
    let settings = BucketSettings { bucket: "nowhere".into(), prefix: String::new(), path_style: true };
    let account = stoa_aws::Account {
        region: Some("us-east-1".into()),
        // Nobody listens on the discard port.
        endpoint: Some("http://127.0.0.1:9".into()),
        keys: Some(stoa_aws::AccessKeys { id: "test".into(), secret: "test".into() }),
    };
    let silent = S3Blobs::new(&account.connect().await, settings.clone());
    let found = silent.size(&key("a")).await;
    assert!(matches!(found, Err(BlobError::Unavailable(_))), "{found:?}");
    let wrong = S3Blobs::new(&ministack().connect().await, settings);
    let found = wrong.list(&key("a"), None, 10).await;
    assert!(matches!(found, Err(BlobError::Internal(_) | BlobError::NotFound)), "{found:?}");
}
