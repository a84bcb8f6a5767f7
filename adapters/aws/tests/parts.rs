//! Files that clients send to a bucket in parts, by plain HTTP as a browser does. (What moto lists of parts is no answer of S3's: it
//! has the wrong root element. s3s-fs lists no uploads, and takes one that nobody began for one without parts. So both give
//! second opinions on little here; s3s-fs on what the others do not look at, signatures.)

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use aws_sdk_s3::Client;
use services::contract::blob::key;
use services::ports::{BlobKey, BlobStore, Checksum, PartStore, PartsError, PartsId, SignedPart, Way};
use stand_in::{StandIn, ministack, moto, s3s_fs, unique};
use std::time::Duration;
use stoa_aws::{BucketSettings, S3Blobs, S3Parts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MIB: usize = 1 << 20;
const HOUR: Duration = Duration::from_secs(3600);

struct Bench {
    parts: S3Parts,
    blobs: S3Blobs,
}

impl Bench {
    async fn new(stand_in: &StandIn) -> Self {
        let settings = BucketSettings { bucket: unique("parts"), prefix: "part/".into(), path_style: true };
        let config =
            aws_sdk_s3::config::Builder::from(&stand_in.infrastructure()).force_path_style(true).build();
        Client::from_conf(config).create_bucket().bucket(&settings.bucket).send().await.unwrap();
        let connection = stand_in.connect().await;
        Self {
            parts: S3Parts::new(&connection, settings.clone()),
            blobs: S3Blobs::new(&connection, settings),
        }
    }

    async fn send(&self, id: &PartsId, key: &BlobKey, number: u32, bytes: &[u8]) -> u16 {
        let signed = self.parts.sign(id, key, number, Some(sha256(bytes)), HOUR).await.unwrap();
        put(&signed, bytes).await
    }
}

fn sha256(bytes: &[u8]) -> Checksum {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().try_into().unwrap()
}

/// What a browser does with a signed part: the status of the answer.
async fn put(part: &SignedPart, bytes: &[u8]) -> u16 {
    let rest = part.url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let (mut reading, mut writing) = TcpStream::connect(host).await.unwrap().into_split();
    let mut head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\nconnection: close\r\n",
        bytes.len()
    );
    for (name, value) in
        part.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"))
    {
        head += &format!("{name}: {value}\r\n");
    }
    let request = [format!("{head}\r\n").as_bytes(), bytes].concat();
    // Who refuses a part does not read it to its end: the answer may be there while it is sent, and counts.
    let sending = tokio::spawn(async move { writing.write_all(&request).await.map(|()| writing) });
    let mut answer = Vec::new();
    while !answer.contains(&b'\n') {
        assert_ne!(reading.read_buf(&mut answer).await.unwrap(), 0, "an answer");
    }
    sending.abort();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
}

async fn a_file_in_parts_becomes_a_blob(stand_in: &StandIn) {
    let bench = Bench::new(stand_in).await;
    let (parts, key) = (&bench.parts, key("uploads/A/V/source"));
    assert_eq!(parts.way(), Way::Direct);
    let (one, two) = (vec![1; 5 * MIB], vec![2; MIB]);
    let size = (6 * MIB) as u64;
    let id = parts.begin(&key, size).await.unwrap();
    assert_eq!(parts.received(&id, &key).await.unwrap(), 0);
    assert_eq!(bench.send(&id, &key, 2, &two).await, 200);
    assert_eq!(parts.received(&id, &key).await.unwrap(), 0, "the first part is missing");
    let found = parts.finish(&id, &key, size).await;
    assert!(
        matches!(found, Err(PartsError::Incomplete { received, .. }) if received == MIB as u64),
        "{found:?}"
    );
    for _ in 0..2 {
        assert_eq!(bench.send(&id, &key, 1, &one).await, 200, "a part that is sent twice counts once");
    }
    assert_eq!(parts.received(&id, &key).await.unwrap(), size);
    let listed = parts.parts(&id, &key).await.unwrap();
    assert_eq!(
        listed.iter().map(|part| (part.number, part.size)).collect::<Vec<_>>(),
        [(1, 5 << 20), (2, 1 << 20)]
    );
    let unfinished = parts.unfinished(10).await.unwrap();
    assert_eq!((unfinished.len(), &unfinished[0].id, &unfinished[0].key), (1, &id, &key));
    assert!(unfinished[0].touched.millis() > 1_700_000_000_000);
    assert_eq!(bench.blobs.size(&key).await.unwrap(), None);
    for _ in 0..2 {
        parts.finish(&id, &key, size).await.unwrap();
        assert_eq!(bench.blobs.size(&key).await.unwrap(), Some(size));
    }
    parts.abort(&id, &key).await.unwrap();
    assert_eq!(parts.unfinished(10).await.unwrap(), []);
}

async fn what_was_given_up_is_not_found(stand_in: &StandIn) {
    let bench = Bench::new(stand_in).await;
    let (parts, key) = (&bench.parts, key("uploads/A/V/source"));
    let id = parts.begin(&key, 1).await.unwrap();
    assert_eq!(bench.send(&id, &key, 1, b"x").await, 200);
    for _ in 0..2 {
        parts.abort(&id, &key).await.unwrap();
    }
    let found = parts.received(&id, &key).await;
    assert!(matches!(found, Err(PartsError::NotFound)), "{found:?}");
    let found = parts.finish(&id, &key, 1).await;
    assert!(matches!(found, Err(PartsError::NotFound)), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_parts_becomes_a_blob_in_ministack() {
    a_file_in_parts_becomes_a_blob(ministack()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_not_found_in_ministack() {
    what_was_given_up_is_not_found(ministack()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_not_found_in_moto() {
    what_was_given_up_is_not_found(moto()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_taken_only_where_and_as_it_was_signed() {
    let bench = Bench::new(s3s_fs()).await;
    let (parts, key, bytes) = (&bench.parts, key("uploads/A/V/b.mp4"), vec![1; MIB]);
    let id = parts.begin(&key, MIB as u64).await.unwrap();
    let other = parts.begin(&key, MIB as u64).await.unwrap();
    let signed = parts.sign(&id, &key, 1, Some(sha256(&bytes)), HOUR).await.unwrap();
    let changes = [
        ("partNumber=1", "partNumber=2".to_owned()),
        (&*id.0, other.0.clone()),
        ("b.mp4", "c.mp4".to_owned()),
        ("X-Amz-Expires=3600", "X-Amz-Expires=604800".to_owned()),
    ];
    for (signed_for, elsewhere) in changes {
        assert!(signed.url.contains(signed_for), "{}", signed.url);
        let url = signed.url.replace(signed_for, &elsewhere);
        assert_eq!(put(&SignedPart { url, ..signed.clone() }, &bytes).await, 403, "{elsewhere}");
    }
    assert_eq!(parts.received(&id, &key).await.unwrap(), 0);
    assert_eq!(put(&signed, &bytes).await, 200);
    assert_eq!(parts.received(&id, &key).await.unwrap(), MIB as u64);
    parts.finish(&id, &key, MIB as u64).await.unwrap();
    assert_eq!(bench.blobs.size(&key).await.unwrap(), Some(MIB as u64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_nothing_is_finished_too() {
    let bench = Bench::new(ministack()).await;
    let id = bench.parts.begin(&key("empty"), 0).await.unwrap();
    bench.parts.finish(&id, &key("empty"), 0).await.unwrap();
    assert_eq!(bench.blobs.size(&key("empty")).await.unwrap(), Some(0));
    assert_eq!(bench.parts.unfinished(10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_is_not_what_was_announced_is_refused_by_the_store() {
    let bench = Bench::new(ministack()).await;
    let key = key("uploads/A/V/source");
    let id = bench.parts.begin(&key, 5).await.unwrap();
    let signed = bench.parts.sign(&id, &key, 1, Some(sha256(b"these")), HOUR).await.unwrap();
    assert!(signed.url.contains("X-Amz-Signature="));
    let names: Vec<_> = signed.headers.iter().map(|(name, _)| name.as_str()).collect();
    let set_by_browsers = ["content-length", "content-type", "user-agent", "accept"];
    assert!(
        set_by_browsers.iter().all(|name| !names.contains(name) && !signed.url.contains(name)),
        "{signed:?}"
    );
    let carried = names.into_iter().chain(signed.url.split(['?', '&', '=', '%']));
    assert!(
        carried.map(str::to_ascii_lowercase).any(|name| name.contains("x-amz-checksum-sha256")),
        "{signed:?}"
    );
    assert_eq!(put(&signed, b"those").await, 400);
    assert_eq!(bench.parts.received(&id, &key).await.unwrap(), 0);
    assert_eq!(put(&signed, b"these").await, 200);
    let found = bench.parts.sign(&id, &key, 1, None, HOUR).await;
    assert!(matches!(found, Err(PartsError::ChecksumNeeded)), "{found:?}");
}
