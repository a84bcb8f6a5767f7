//! Uploads that go straight to a bucket: their client may be gone before it could say that all was sent.

use crate::site::Site;
use async_trait::async_trait;
use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::id::{CourseId, LessonId, UploadId};
use domain::upload::{FailureKind, Purpose};
use domain::video::VideoStatus;
use futures::StreamExt;
use services::ports::{
    BlobKey, ByteStream, Checksum, Heard, Part, PartStore, PartsError, PartsId, SignedPart, Unfinished, Way,
};
use services::uploads::{self, NewUpload, SILENCE};
use services::videos;
use std::sync::Arc;
use std::time::Duration;

const FILM: &[u8] = b"\0\0\0\x20ftypisom and the rest of the film";

/// The store of this machine, to which clients send straight.
struct Bucket(Arc<dyn PartStore>);

#[async_trait]
impl PartStore for Bucket {
    fn way(&self) -> Way {
        Way::Direct
    }

    async fn begin(&self, key: &BlobKey, size: u64) -> Result<PartsId, PartsError> {
        self.0.begin(key, size).await
    }

    async fn received(&self, id: &PartsId, key: &BlobKey) -> Result<u64, PartsError> {
        self.0.received(id, key).await
    }

    async fn append(
        &self,
        _: &PartsId,
        _: u64,
        _: ByteStream,
        _: Option<Checksum>,
    ) -> Result<u64, PartsError> {
        Err(PartsError::Internal("parts go straight to the bucket".into()))
    }

    async fn sign(
        &self,
        id: &PartsId,
        _: &BlobKey,
        _: u32,
        checksum: Option<Checksum>,
        _: Duration,
    ) -> Result<SignedPart, PartsError> {
        checksum.ok_or(PartsError::ChecksumNeeded)?;
        Ok(SignedPart { url: id.0.clone(), headers: Vec::new() })
    }

    async fn parts(&self, _: &PartsId, _: &BlobKey) -> Result<Vec<Part>, PartsError> {
        Ok(Vec::new())
    }

    async fn finish(&self, id: &PartsId, key: &BlobKey, size: u64) -> Result<(), PartsError> {
        self.0.finish(id, key, size).await
    }

    async fn abort(&self, id: &PartsId, key: &BlobKey) -> Result<(), PartsError> {
        self.0.abort(id, key).await
    }

    async fn unfinished(&self, max: usize) -> Result<Vec<Unfinished>, PartsError> {
        self.0.unfinished(max).await
    }
}

struct School {
    site: Site,
    bucket: Arc<dyn PartStore>,
    teacher: Actor,
    course: CourseId,
    lesson: LessonId,
}

impl School {
    async fn new() -> Self {
        let mut site = Site::new().await;
        let bucket = site.stoa.parts.clone();
        site.stoa.parts = Arc::new(Bucket(bucket.clone()));
        let teacher = site.person("ada", Role::Instructor).await;
        let (course, lesson) = site.draft(teacher, "Films").await;
        Self { site, bucket, teacher, course, lesson }
    }

    /// Begins an upload of a film, of which so much reaches the bucket.
    async fn send(&self, film: &[u8], reaches: usize) -> Unfinished {
        let size = film.len() as u64;
        let new = NewUpload { purpose: Purpose::Video, name: "talk.mp4", media_type: "", size, modified: 5 };
        let stoa = &self.site.stoa;
        let (begun, _) = uploads::begin(stoa, self.teacher, self.course, self.lesson, new).await.unwrap();
        uploads::sign(stoa, self.teacher, begun.id, 1, Some([0; 32])).await.unwrap();
        let parts = self.bucket.unfinished(1).await.unwrap().remove(0);
        let bytes = futures::stream::iter([Ok(Bytes::copy_from_slice(&film[..reaches]))]).boxed();
        self.bucket.append(&parts.id, 0, bytes, None).await.unwrap();
        parts
    }

    async fn status(&self) -> VideoStatus {
        videos::of_lesson(&self.site.stoa, self.teacher, self.course, self.lesson).await.unwrap().status
    }

    async fn sweep(&self) -> u32 {
        self.site.clock.advance(SILENCE + Duration::from_secs(1));
        uploads::sweep(&self.site.stoa).await.unwrap()
    }
}

#[tokio::test]
async fn a_film_that_is_whole_in_the_bucket_is_taken_up_although_its_client_is_gone() {
    let school = School::new().await;
    school.send(FILM, FILM.len()).await;
    assert_eq!(uploads::sweep(&school.site.stoa).await.unwrap(), 0, "its client may be about to say so");
    assert_eq!(school.sweep().await, 1);
    assert_eq!(school.status().await, VideoStatus::Waiting);
    assert_eq!(school.sweep().await, 0);
}

#[tokio::test]
async fn a_film_that_is_not_whole_waits_for_its_client() {
    let school = School::new().await;
    school.send(FILM, FILM.len() - 1).await;
    assert_eq!(school.sweep().await, 0);
    assert_eq!(school.status().await, VideoStatus::Missing);
}

#[tokio::test]
async fn what_is_no_film_is_given_up_and_holds_up_nobody() {
    let school = School::new().await;
    school.send(b"%PDF-1.7\n1 0 obj", 16).await;
    school.sweep().await;
    assert_eq!(school.sweep().await, 0);
    assert_eq!(school.status().await, VideoStatus::Missing);
    assert_eq!(school.bucket.unfinished(1).await.unwrap(), []);
}

#[tokio::test]
async fn that_an_object_is_there_finishes_its_upload_however_often_it_is_told() {
    let school = School::new().await;
    let Unfinished { id, key, .. } = school.send(FILM, FILM.len()).await;
    let other = Heard::Stored { key: BlobKey::new("uploads/another/source").unwrap(), size: 1 };
    videos::hear(&school.site.stoa, &other).await.unwrap();
    assert_eq!(school.status().await, VideoStatus::Missing);
    // The server ended between making the object and recording it.
    school.bucket.finish(&id, &key, FILM.len() as u64).await.unwrap();
    for _ in 0..2 {
        let heard = Heard::Stored { key: key.clone(), size: FILM.len() as u64 };
        videos::hear(&school.site.stoa, &heard).await.unwrap();
        assert_eq!(school.status().await, VideoStatus::Waiting);
    }
    let versions =
        videos::of_lesson(&school.site.stoa, school.teacher, school.course, school.lesson).await.unwrap();
    assert_eq!(versions.versions.len(), 1);
}

#[tokio::test]
async fn whose_browser_tells_no_checksums_is_told_why_that_does_not_do() {
    let school = School::new().await;
    school.send(FILM, 1).await;
    let found = uploads::unfinished(&school.site.stoa, school.teacher, school.course, school.lesson).await;
    let id: UploadId = found.unwrap()[0].id;
    let refused = uploads::sign(&school.site.stoa, school.teacher, id, 1, None).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::Other);
    assert!(refused.to_string().contains("https://"), "{refused}");
}
