//! A service converts the videos: what it tells comes doubled, late, in any order or not at all.

use crate::site::Site;
use async_trait::async_trait;
use domain::account::{Actor, Role};
use domain::id::{CourseId, LessonId};
use domain::video::{Probe, RemoteJob, VideoStatus};
use futures::StreamExt;
use proptest::prelude::*;
use services::contract::{Paperwork, task_at_hand};
use services::ports::{
    BlobKey, ByteStream, CopyJob, Fate, Heard, Remote, TranscodeError, TranscodeJob, Transcoder, Work,
};
use services::{jobs, outbox, videos};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What happens, one thing after the other.
#[derive(Debug, Clone)]
enum Happens {
    /// The service comes further, and says so.
    Further(u8),
    /// It is done.
    Done,
    /// It says again what it said before.
    Again(prop::sample::Index),
    /// What it says gets lost from now on, or comes through again.
    Lost(bool),
    /// A worker does what is there to be done.
    Work,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (1u8..100).prop_map(Happens::Further),
        1 => Just(Happens::Done),
        2 => any::<prop::sample::Index>().prop_map(Happens::Again),
        1 => any::<bool>().prop_map(Happens::Lost),
        3 => Just(Happens::Work),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_video_becomes_ready_once_whatever_comes_of_what_the_service_tells(story in prop::collection::vec(happens(), 0..30)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(tell(story));
    }
}

/// A video that was just uploaded to a site whose videos a service converts.
struct Uploaded {
    site: Site,
    service: Arc<Service>,
    owner: Actor,
    course: CourseId,
    lesson: LessonId,
    _relay: DropGuard,
}

impl Uploaded {
    async fn new() -> Self {
        let mut site = Site::new().await;
        let service = Arc::new(Service::default());
        site.stoa.transcoder = service.clone();
        let owner = site.person("ada", Role::Instructor).await;
        let (course, lesson) = site.draft(owner, "Films").await;
        let stop = CancellationToken::new();
        tokio::spawn(outbox::relay(site.stoa.clone(), stop.clone()));
        videos::upload(&site.stoa, owner, course, lesson, "film.mp4", None, film()).await.unwrap();
        Self { site, service, owner, course, lesson, _relay: stop.drop_guard() }
    }
}

async fn tell(story: Vec<Happens>) {
    let Uploaded { site, service, owner, course, lesson, _relay } = Uploaded::new().await;
    let (mut said, mut lost) = (Vec::<Heard>::new(), false);
    for event in story {
        let now = match event {
            Happens::Further(percent) => {
                service.go_to(percent).map(|job| heard(&job, Fate::Progress(percent)))
            }
            Happens::Done => service.go_to(100).map(|job| heard(&job, Fate::Complete)),
            Happens::Again(which) if !said.is_empty() => Some(which.get(&said).clone()),
            Happens::Again(_) => None,
            Happens::Lost(now) => {
                lost = now;
                None
            }
            Happens::Work => {
                work(&site).await;
                None
            }
        };
        if let Some(heard) = now {
            if !lost {
                videos::hear(&site.stoa, &heard).await.unwrap();
            }
            said.push(heard);
        }
    }
    // In the end it is done, and nobody says so: the sweeper finds out.
    for _ in 0..4 {
        work(&site).await;
        service.go_to(100);
        site.clock.advance(videos::QUIET * 64);
        videos::sweep(&site.stoa).await.unwrap();
    }
    work(&site).await;
    let status = videos::of_lesson(&site.stoa, owner, course, lesson).await.unwrap().status;
    assert!(matches!(status, VideoStatus::Ready { .. }), "{status:?}");
    assert_eq!(service.asked.load(Ordering::Relaxed), 1, "the service is asked for one job");
}

#[tokio::test]
async fn a_service_may_take_its_time_however_often_it_is_asked() {
    let Uploaded { site, service: _, owner, course, lesson, _relay } = Uploaded::new().await;
    work(&site).await;
    for _ in 0..30 {
        site.clock.advance(videos::QUIET * 64);
        assert_eq!(videos::sweep(&site.stoa).await.unwrap(), 1);
        work(&site).await;
    }
    let status = videos::of_lesson(&site.stoa, owner, course, lesson).await.unwrap().status;
    assert!(status.in_progress(), "{status:?}");
}

#[tokio::test]
async fn many_that_wait_hide_none_that_is_quiet() {
    let site = Site::new().await;
    let owner = site.person("ada", Role::Instructor).await;
    let upload = async |title: &str| {
        let (course, lesson) = site.draft(owner, title).await;
        videos::upload(&site.stoa, owner, course, lesson, "film.mp4", None, film()).await.unwrap();
    };
    for _ in 0..205 {
        upload("One of many").await;
    }
    site.clock.advance(videos::QUIET);
    assert_eq!(videos::sweep(&site.stoa).await.unwrap(), 205);
    upload("Another").await;
    site.clock.advance(videos::QUIET);
    assert_eq!(videos::sweep(&site.stoa).await.unwrap(), 1, "the others may be quiet for longer by now");
}

fn film() -> ByteStream {
    futures::stream::iter([Ok("film".into())]).boxed()
}

fn heard(job: &TranscodeJob, what: Fate) -> Heard {
    let TranscodeJob { asset, version, attempt, .. } = *job;
    Heard::Job { asset, version, attempt, job: name(job), what }
}

fn name(job: &TranscodeJob) -> RemoteJob {
    RemoteJob(format!("{}-{}", job.version, job.attempt))
}

/// Does every job that is there, or on its way there.
async fn work(site: &Site) {
    loop {
        let nothing_comes = site.nothing_waits_to_be_sent().await;
        match task_at_hand(&site.stoa).await {
            Some(task) => drop(jobs::handle(site.stoa.clone(), task).await),
            None if nothing_comes => return,
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// A service with one job.
#[derive(Default)]
struct Service {
    job: Mutex<Option<(TranscodeJob, u8)>>,
    asked: AtomicU32,
}

impl Service {
    /// Comes so far with its job, if it has one.
    fn go_to(&self, percent: u8) -> Option<TranscodeJob> {
        let mut job = self.job.lock().unwrap();
        job.as_mut().map(|(job, done)| {
            *done = percent.max(*done);
            job.clone()
        })
    }
}

#[async_trait]
impl Transcoder for Service {
    async fn probe(&self, source: &BlobKey) -> Result<Probe, TranscodeError> {
        Paperwork.probe(source).await
    }

    async fn transcode(
        &self,
        job: &TranscodeJob,
        _: &(dyn Fn(u8) + Send + Sync),
        _: CancellationToken,
    ) -> Result<Work, TranscodeError> {
        let mut held = self.job.lock().unwrap();
        if held.is_none() {
            self.asked.fetch_add(1, Ordering::Relaxed);
            *held = Some((job.clone(), 0));
        }
        Ok(Work::Elsewhere(name(job)))
    }

    async fn look(&self, job: &TranscodeJob, remote: &RemoteJob) -> Result<Remote, TranscodeError> {
        let done = self.job.lock().unwrap().as_ref().map(|(_, done)| *done);
        assert_eq!(*remote, name(job));
        match done {
            None => Ok(Remote::Unknown),
            Some(100) => match Paperwork.transcode(job, &|_| (), CancellationToken::new()).await? {
                Work::Made(made) => Ok(Remote::Made(made)),
                Work::Elsewhere(_) => Ok(Remote::Unknown),
            },
            Some(percent) => Ok(Remote::Running(percent)),
        }
    }

    async fn copy(&self, job: &CopyJob, cancel: CancellationToken) -> Result<u64, TranscodeError> {
        Paperwork.copy(job, cancel).await
    }
}
