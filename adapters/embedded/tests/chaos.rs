//! A store that fails every third call: whatever was accepted comes to an end, and nothing is left behind.

#![allow(clippy::unwrap_used, reason = "a test")]

mod media;
mod world;

use async_trait::async_trait;
use domain::id::LessonId;
use domain::video::{FailureReason, VideoStatus};
use services::ports::{BlobError, BlobInfo, BlobKey, BlobReader, BlobStore, ByteStream, ServedAs};
use services::worker::{Outcome, Task};
use services::{contract, jobs, videos};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use world::{World, bytes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_store_that_fails_every_third_call_every_video_comes_to_its_end() {
    let mut world = World::new().await;
    let calls = Arc::new(AtomicU32::new(0));
    world.stoa.blobs = Arc::new(Flaky { blobs: world.stoa.blobs.clone(), calls: calls.clone() });
    let mut lessons = vec![world.lesson];
    for n in 0..4 {
        lessons.push(world.add_lesson(&format!("Lesson {n}")).await);
    }
    for (n, lesson) in lessons.iter().enumerate() {
        accept(&world, *lesson, n).await;
    }
    // Some are replaced, so that there is something to clear away.
    accept(&world, lessons[1], 7).await;
    accept(&world, lessons[2], 8).await;

    let (mut again, mut sweeps) = (Vec::<Task>::new(), 0);
    while in_progress(&world, &lessons).await {
        let task = match timeout(Duration::from_millis(300), contract::next_task(&world.stoa)).await {
            Ok(task) => task,
            Err(_) if !again.is_empty() => again.remove(0),
            Err(_) => {
                sweeps += 1;
                assert!(sweeps < 20, "a video is stuck");
                world.clock.advance(videos::QUIET * 64);
                videos::sweep(&world.stoa).await.unwrap();
                continue;
            }
        };
        let task = Task { cancelled: CancellationToken::new(), ..task };
        if let Outcome::Retry { .. } = jobs::handle(world.stoa.clone(), task.clone()).await {
            again.push(task);
        }
    }
    let asked = calls.load(Ordering::Relaxed);
    assert!(asked >= 12, "too little was asked to prove something: {asked}");
    for (n, lesson) in lessons.iter().enumerate() {
        let status = world.status_of(*lesson).await;
        match n {
            3 => {
                let message = FailureReason::NotAVideo.to_string();
                assert_eq!(status, VideoStatus::Failed { message, retryable: false });
            }
            _ => assert!(matches!(status, VideoStatus::Ready { .. }), "{n}: {status:?}"),
        }
    }

    world.clock.advance(videos::GRACE * 3_000);
    // As often as what it could not delete the last time may make necessary.
    for _ in 0..5 {
        videos::clean(&world.stoa, videos::GRACE).await.unwrap();
    }
    let mut named = BTreeSet::new();
    for (n, lesson) in lessons.iter().enumerate() {
        let newest = world.video_of(*lesson).await.versions[0].version;
        named.insert(format!("uploads {newest}"));
        if n != 3 {
            named.insert(format!("media {newest}"));
        }
    }
    let stored = ["media", "uploads", "captions", "files"].map(|area| world.files(area)).concat();
    assert_eq!(stored.iter().map(|file| version(file)).collect::<BTreeSet<_>>(), named);
    assert!(world.files("~transcoding").is_empty() && world.files("~transit").is_empty());
}

/// Area and version of a file.
fn version(file: &str) -> String {
    let parts: Vec<_> = file.split('/').collect();
    format!("{} {}", parts[0], parts.get(2).unwrap_or(&"none"))
}

/// Uploads until it is accepted: number three is no film.
async fn accept(world: &World, lesson: LessonId, n: usize) {
    for _ in 0..20 {
        let file = if n == 3 { bytes("Dear diary, this is no film.") } else { world.film("320x180", 2) };
        if world.upload_to(lesson, &format!("{n}.mp4"), file).await.is_ok() {
            return;
        }
    }
    panic!("an upload is never accepted");
}

async fn in_progress(world: &World, lessons: &[LessonId]) -> bool {
    for lesson in lessons {
        if world.status_of(*lesson).await.in_progress() {
            return true;
        }
    }
    false
}

/// Fails every third call, before or after it was done.
struct Flaky {
    blobs: Arc<dyn BlobStore>,
    calls: Arc<AtomicU32>,
}

impl Flaky {
    async fn call<T>(&self, call: impl Future<Output = Result<T, BlobError>>) -> Result<T, BlobError> {
        match self.calls.fetch_add(1, Ordering::Relaxed) % 6 {
            2 => Err(unavailable()),
            5 => call.await.and(Err(unavailable())),
            _ => call.await,
        }
    }
}

fn unavailable() -> BlobError {
    BlobError::Unavailable("a third call".into())
}

#[async_trait]
impl BlobStore for Flaky {
    async fn put(&self, key: &BlobKey, bytes: ByteStream) -> Result<u64, BlobError> {
        self.call(self.blobs.put(key, bytes)).await
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<BlobReader, BlobError> {
        self.call(self.blobs.get(key, range)).await
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        self.call(self.blobs.size(key)).await
    }

    async fn list(
        &self,
        prefix: &BlobKey,
        after: Option<&BlobKey>,
        max: usize,
    ) -> Result<Vec<BlobInfo>, BlobError> {
        self.call(self.blobs.list(prefix, after, max)).await
    }

    async fn serve_as(&self, key: &BlobKey, served: &ServedAs) -> Result<(), BlobError> {
        self.call(self.blobs.serve_as(key, served)).await
    }

    async fn served_as(&self, key: &BlobKey) -> Result<Option<ServedAs>, BlobError> {
        self.call(self.blobs.served_as(key)).await
    }

    async fn delete(&self, prefix: &BlobKey) -> Result<(), BlobError> {
        self.call(self.blobs.delete(prefix)).await
    }
}
