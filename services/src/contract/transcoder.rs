//! What every transcoder does. The adapter's test makes the media; see [`Bench`].

#![allow(clippy::unwrap_used, reason = "a suite is a test, compiled as a library")]

use crate::ports::{BlobKey, BlobStore, CopyJob, TranscodeError, TranscodeJob, Transcoded, Transcoder, Work};
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use domain::video::{Ladder, Probe};
use std::any::Any;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// A transcoder, the store it works on, and some media in it.
pub struct Bench {
    /// The adapter.
    pub transcoder: Arc<dyn Transcoder>,
    /// Where it reads and writes.
    pub blobs: Arc<dyn BlobStore>,
    /// A video of 10 s, 854x480 at 24 frames a second, with 5.1 sound.
    pub film: BlobKey,
    /// Sound of 2 s without a picture, in mono.
    pub song: BlobKey,
    /// Some sentences of text.
    pub text: BlobKey,
    /// Kept for as long as the adapter is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Makes a test of each case: `services::transcoder_contract!(fresh);`.
#[macro_export]
macro_rules! transcoder_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::transcoder,
            [
                a_probe_tells_what_the_source_holds,
                what_is_no_video_says_so_and_never_to_try_again,
                sound_alone_becomes_sound_alone,
                a_running_job_shows_what_it_made_so_far,
                output_is_complete_and_measured,
                progress_never_falls_and_ends_at_a_hundred,
                a_job_may_be_done_twice,
                a_cancelled_job_leaves_nothing_and_can_be_done_again,
                a_copy_is_one_file_and_may_be_made_twice,
                a_copy_of_nothing_says_so_and_never_to_try_again,
                a_cancelled_copy_leaves_nothing,
            ]
        );
    };
}

/// See its name.
pub async fn a_probe_tells_what_the_source_holds(bench: &Bench) {
    let probe = probe(bench).await;
    assert_eq!((probe.width, probe.height), (854, 480));
    assert_eq!(probe.frame_rate.fraction(), (24, 1));
    assert_eq!(probe.audio_channels, Some(6));
    assert!((9.9..10.1).contains(&probe.duration.as_secs_f64()), "{probe:?}");
}

/// See its name.
pub async fn what_is_no_video_says_so_and_never_to_try_again(bench: &Bench) {
    let missing = key("uploads/a/v/nothing-here");
    let found = bench.transcoder.probe(&bench.text).await;
    assert!(matches!(found, Err(TranscodeError::NotAVideo)), "{found:?}");
    let found = bench.transcoder.probe(&missing).await;
    assert!(matches!(found, Err(TranscodeError::SourceGone)), "{found:?}");
}

/// See its name.
pub async fn sound_alone_becomes_sound_alone(bench: &Bench) {
    let probe = bench.transcoder.probe(&bench.song).await.unwrap();
    assert_eq!((probe.has_picture(), probe.audio_channels), (false, Some(1)));
    let job = job_for(&bench.song, &key("media/asset/version"), probe);
    let made = transcode(bench, &job).await;
    assert_eq!((made.video.len(), made.audio.as_ref().map(|audio| audio.channels)), (0, Some(1)));
    assert!((1.9..2.2).contains(&made.duration.as_secs_f64()), "{made:?}");
    for part in ["audio/index.m3u8", "poster.jpg"] {
        assert!(size(bench, &job, part).await.is_some_and(|size| size > 0), "{part}");
    }
    let target = key("files/asset/version/song.mp4");
    let copy = CopyJob { renditions: job.target, rendition: "audio".into(), target };
    assert!(bench.transcoder.copy(&copy, CancellationToken::new()).await.unwrap() > 0);
}

/// See its name. A transcoder that shows nothing passes.
pub async fn a_running_job_shows_what_it_made_so_far(bench: &Bench) {
    let job = job(bench).await;
    let stray = bench.transcoder.preview(&job.target, "../../uploads").await.unwrap();
    assert_eq!(
        (stray, bench.transcoder.preview(&job.target, "360p/index.m3u8").await.unwrap()),
        (None, None)
    );
    let running = transcode(bench, &job);
    let watched = async {
        loop {
            let shown = bench.transcoder.preview(&job.target, "360p/index.m3u8").await.unwrap();
            if let Some(playlist) = shown {
                let playlist = String::from_utf8(playlist.to_vec()).unwrap();
                let first = playlist.lines().find(|line| line.ends_with(".m4s")).unwrap().to_owned();
                let segment = bench.transcoder.preview(&job.target, &format!("360p/{first}")).await.unwrap();
                return segment.map(|bytes| bytes.len());
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        biased;
        segment = watched => assert!(segment.is_some_and(|length| length > 0)),
        _ = running => {}
    }
}

/// See its name.
pub async fn output_is_complete_and_measured(bench: &Bench) {
    let job = job(bench).await;
    let made = transcode(bench, &job).await;
    let names: Vec<_> = made.video.iter().map(|rendition| rendition.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"480p"));
    assert_eq!(names.last(), Some(&"360p"));
    assert!((1..=5).contains(&made.posters) && made.warnings.is_empty(), "{made:?}");
    assert!((9.9..10.2).contains(&made.duration.as_secs_f64()), "{made:?}");
    for (rendition, rung) in made.video.iter().zip(&job.ladder.rungs) {
        assert_eq!((rendition.width, rendition.height), (rung.width, rung.height));
        assert_eq!(rendition.frame_rate, job.ladder.frame_rate);
        assert!(rendition.codec.starts_with("avc1.64"), "High profile: {rendition:?}");
        assert!(rendition.bandwidth.average > 0 && rendition.bandwidth.peak >= rendition.bandwidth.average);
    }
    let audio = made.audio.expect("the film has sound");
    assert_eq!(audio.codec, "mp4a.40.2");
    for part in ["480p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8", "poster.jpg"] {
        assert!(size(bench, &job, part).await.is_some_and(|size| size > 0), "{part}");
    }
}

/// See its name.
pub async fn progress_never_falls_and_ends_at_a_hundred(bench: &Bench) {
    let heard = Mutex::new(Vec::new());
    let job = job(bench).await;
    let hear = |percent| heard.lock().unwrap().push(percent);
    bench.transcoder.transcode(&job, &hear, CancellationToken::new()).await.unwrap();
    let heard = heard.into_inner().unwrap();
    assert!(heard.is_sorted(), "{heard:?}");
    assert_eq!(heard.last(), Some(&100));
}

/// See its name.
pub async fn a_job_may_be_done_twice(bench: &Bench) {
    let job = job(bench).await;
    let run = || transcode(bench, &job);
    let (one, other) = tokio::join!(run(), run());
    assert_eq!(one.video.len(), other.video.len());
    assert_eq!(run().await.video.len(), one.video.len());
    assert!(size(bench, &job, "480p/index.m3u8").await.is_some());
}

/// See its name.
pub async fn a_cancelled_job_leaves_nothing_and_can_be_done_again(bench: &Bench) {
    let job = job(bench).await;
    let cancel = CancellationToken::new();
    // As soon as it is at work.
    let found = bench.transcoder.transcode(&job, &|_| cancel.cancel(), cancel.clone()).await;
    assert!(matches!(found, Err(TranscodeError::Cancelled)), "{found:?}");
    for part in ["480p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8", "poster.jpg"] {
        assert_eq!(size(bench, &job, part).await, None, "{part}");
    }
    transcode(bench, &job).await;
    assert!(size(bench, &job, "480p/index.m3u8").await.is_some());
}

/// See its name.
pub async fn a_copy_is_one_file_and_may_be_made_twice(bench: &Bench) {
    let job = transcoded(bench).await;
    let make = || bench.transcoder.copy(&job, CancellationToken::new());
    let (one, other) = tokio::join!(make(), make());
    let size = bench.blobs.size(&job.target).await.unwrap();
    assert_eq!((size, Some(other.unwrap())), (Some(one.unwrap()), size));
    assert_eq!(make().await.unwrap(), size.unwrap());
}

/// See its name.
pub async fn a_copy_of_nothing_says_so_and_never_to_try_again(bench: &Bench) {
    let job = transcoded(bench).await;
    for nothing in [
        CopyJob { renditions: key("media/asset/other"), ..job.clone() },
        CopyJob { rendition: "2160p".into(), ..job.clone() },
    ] {
        let found = bench.transcoder.copy(&nothing, CancellationToken::new()).await;
        assert!(matches!(found, Err(TranscodeError::SourceGone)), "{found:?}");
        assert_eq!(bench.blobs.size(&job.target).await.unwrap(), None);
    }
}

/// See its name.
pub async fn a_cancelled_copy_leaves_nothing(bench: &Bench) {
    let job = transcoded(bench).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let found = bench.transcoder.copy(&job, cancel).await;
    assert!(matches!(found, Err(TranscodeError::Cancelled)), "{found:?}");
    assert_eq!(bench.blobs.size(&job.target).await.unwrap(), None);
}

/// The copy to make of the film, once its renditions are there.
async fn transcoded(bench: &Bench) -> CopyJob {
    let job = job(bench).await;
    transcode(bench, &job).await;
    CopyJob { renditions: job.target, rendition: "480p".into(), target: key("files/asset/version/copy.mp4") }
}

async fn probe(bench: &Bench) -> Probe {
    bench.transcoder.probe(&bench.film).await.unwrap()
}

async fn job(bench: &Bench) -> TranscodeJob {
    job_for(&bench.film, &key("media/asset/version"), probe(bench).await)
}

/// The first attempt at a source that was probed.
pub fn job_for(source: &BlobKey, target: &BlobKey, probe: Probe) -> TranscodeJob {
    let ladder = Ladder::for_source(&probe);
    let now = Timestamp::from_millis(0);
    TranscodeJob {
        asset: AssetId::new(now, 1),
        version: VersionId::new(now, 2),
        attempt: 1,
        source: source.clone(),
        target: target.clone(),
        probe,
        ladder,
    }
}

/// Does a job on this machine.
async fn transcode(bench: &Bench, job: &TranscodeJob) -> Transcoded {
    match bench.transcoder.transcode(job, &|_| (), CancellationToken::new()).await.unwrap() {
        Work::Made(made) => made,
        Work::Elsewhere(_) => panic!("the suite is for transcoders that do the work themselves"),
    }
}

async fn size(bench: &Bench, job: &TranscodeJob, part: &str) -> Option<u64> {
    bench.blobs.size(&key(&format!("{}/{part}", job.target))).await.unwrap()
}

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).expect("a key")
}
