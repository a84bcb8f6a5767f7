//! From an upload to a video that can be watched.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "pipeline/captions.rs"]
mod captions;
mod media;
mod world;

use bytes::Bytes;
use domain::account::{Actor, Role};
use domain::id::AccountId;
use domain::time::Seconds;
use domain::video::{FailureReason, RemoteJob, VideoStatus};
use domain::view::VersionFate;
use futures::StreamExt;
use services::ports::{BlobKey, ByteStream, Fate, Heard};
use services::worker::{Job, Outcome, Task};
use services::{Error, Stoa, authoring, jobs, videos};
use std::io;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use world::{Fault, World, bytes, instructor};

#[tokio::test]
async fn an_upload_becomes_a_video_that_can_be_watched() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("854x480", 6)).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Waiting);
    assert_eq!(world.work().await, Outcome::Done);
    let VideoStatus::Ready { length, heights, poster } = world.status().await else { panic!("not ready") };
    assert_eq!((length, heights), (Seconds(6), vec![480, 360]));
    let files = world.files("media");
    assert!(files.iter().any(|file| file.ends_with("/master.m3u8")), "{files:?}");
    assert!(files.iter().any(|file| format!("/{file}") == poster), "{poster} {files:?}");
    assert!(world.playlist().await.unwrap().contains("480p/index.m3u8"));
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.outline.totals(), (1, Seconds(6)));
    assert_eq!((page.course.lessons, page.course.length), (1, Seconds(6)));
}

#[tokio::test]
async fn a_file_that_is_no_video_fails_with_a_sentence_and_publishes_nothing() {
    let world = World::new().await;
    world.upload("holiday.mp4", bytes("Dear diary, this is no film.")).await.unwrap();
    assert_eq!(world.work().await, Outcome::Done);
    let message = FailureReason::NotAVideo.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: false });
    assert_eq!(world.files("media"), [""; 0]);
    assert!(matches!(world.playlist().await, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_upload_that_failed_stays_one_when_another_takes_its_place() {
    let world = World::new().await;
    world.upload("diary.mp4", bytes("Dear diary, this is no film.")).await.unwrap();
    world.work().await;
    for name in ["again.mp4", "once-more.mp4"] {
        world.upload(name, bytes("Nor is this.")).await.unwrap();
    }
    let fates: Vec<_> = world.video().await.versions.iter().map(|version| version.fate).collect();
    assert_eq!(fates, [VersionFate::InProgress, VersionFate::Skipped, VersionFate::Failed]);
}

#[tokio::test]
async fn a_cancelled_job_is_handed_back_and_its_next_run_finishes() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    world.faults.plan(Fault::CancelAtProgress(task.cancelled.clone()));
    let outcome = jobs::handle(world.stoa.clone(), task.clone()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(world.files("media"), [""; 0]);
    assert!(world.status().await.in_progress());
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    assert_eq!(world.files("~transcoding"), [""; 0]);
}

#[tokio::test]
async fn a_job_that_died_in_the_midst_is_finished_by_its_next_run() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    let reached = Arc::new(Notify::new());
    world.faults.plan(Fault::HangAtProgress(reached.clone()));
    let run = tokio::spawn(jobs::handle(world.stoa.clone(), task.clone()));
    reached.notified().await;
    assert_eq!(world.status().await, VideoStatus::Processing { percent: 0 });
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_job_that_runs_again_after_its_end_changes_nothing() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    world.again(&task).await;
    let (status, files) = (world.status().await, world.files("media"));
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert_eq!((world.status().await, world.files("media")), (status, files));
}

#[tokio::test]
async fn learners_keep_the_old_version_until_the_new_one_is_ready() {
    let world = World::new().await;
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    let first = world.playlist_address().await;
    world.upload("two.mp4", bytes("no film")).await.unwrap();
    assert_eq!(world.playlist_address().await, first, "while the new one waits");
    world.work().await;
    assert!(matches!(world.status().await, VideoStatus::Failed { .. }));
    assert_eq!(world.playlist_address().await, first, "after the new one failed");
    world.upload("three.mp4", world.film("640x360", 7)).await.unwrap();
    while world.status().await.in_progress() {
        world.work().await;
    }
    assert_ne!(world.playlist_address().await, first);
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.course.length, Seconds(7));
}

#[tokio::test]
async fn an_upload_that_was_replaced_before_its_turn_leaves_no_files() {
    let world = World::new().await;
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    world.upload("two.mp4", world.film("640x360", 6)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(world.work().await, Outcome::Done);
    }
    assert!(matches!(world.status().await, VideoStatus::Ready { length: Seconds(6), .. }));
    assert_eq!(world.files("uploads").len(), 1);
    assert_eq!(world.files("media").iter().filter(|file| file.ends_with("master.m3u8")).count(), 1);
}

#[tokio::test]
async fn a_job_that_is_interrupted_to_the_last_attempt_can_be_retried_by_hand() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = Task { last_attempt: true, ..world.task().await };
    world.faults.plan(Fault::Interrupt);
    let outcome = jobs::handle(world.stoa.clone(), task).await;
    assert!(matches!(outcome, Outcome::Fail { .. }), "{outcome:?}");
    let message = FailureReason::Interrupted.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
    videos::retry(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Waiting);
    assert_eq!(world.work().await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_conversion_without_room_waits_with_a_reason_and_goes_on() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    for told in [1, 0] {
        world.faults.plan(Fault::Full);
        let outcome = world.again(&task).await;
        assert!(matches!(outcome, Outcome::Retry { after: Some(_), .. }), "{outcome:?}");
        assert_eq!(world.announced().await, told, "operators hear of it once");
        let video = world.video().await;
        assert!(video.status.in_progress(), "{:?}", video.status);
        assert!(video.warnings.concat().contains("no room left on the server"), "{:?}", video.warnings);
    }
    assert_eq!(world.again(&task).await, Outcome::Done);
    let video = world.video().await;
    assert!(matches!(video.status, VideoStatus::Ready { .. }), "{:?}", video.status);
    assert_eq!(video.warnings, [""; 0]);
}

#[tokio::test]
async fn a_conversion_that_never_finds_room_fails_with_that_reason_and_can_be_retried() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = Task { last_attempt: true, ..world.task().await };
    world.faults.plan(Fault::Full);
    let outcome = jobs::handle(world.stoa.clone(), task).await;
    assert!(matches!(outcome, Outcome::Fail { .. }), "{outcome:?}");
    let message = FailureReason::Full.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
    assert_eq!(world.files("media"), [""; 0]);
}

#[tokio::test]
async fn a_conversion_that_is_cancelled_stops_and_can_be_tried_again() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    let reached = Arc::new(Notify::new());
    world.faults.plan(Fault::HangAtProgress(reached.clone()));
    let run = tokio::spawn(jobs::handle(world.stoa.clone(), task));
    reached.notified().await;
    videos::cancel(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(run.await.unwrap(), Outcome::Done, "the run notices by itself");
    let message = FailureReason::Cancelled.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
    assert_eq!(world.files("media").len() + world.files("~transcoding").len(), 0);
    videos::retry(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    while world.status().await.in_progress() {
        world.work().await;
    }
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    // Too late: it changes nothing.
    videos::cancel(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
}

#[tokio::test]
async fn a_video_whose_job_was_lost_is_asked_for_again() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    drop(world.task().await);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "it may only be slow");
    world.clock.advance(videos::QUIET);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 1);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "it was just asked for");
    assert_eq!(world.work().await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Ready { .. }));
    world.clock.advance(videos::GRACE);
    assert_eq!(videos::sweep(&world.stoa).await.unwrap(), 0, "nothing is to be done any more");
}

#[tokio::test]
async fn a_file_that_ends_its_worker_again_and_again_is_given_up() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    let task = world.task().await;
    for _ in 0..30 {
        if !world.status().await.in_progress() {
            break;
        }
        let reached = Arc::new(Notify::new());
        world.faults.plan(Fault::HangAtProgress(reached.clone()));
        let again = Task { cancelled: CancellationToken::new(), ..task.clone() };
        let mut run = tokio::spawn(jobs::handle(world.stoa.clone(), again));
        tokio::select! {
            () = reached.notified() => run.abort(),
            _ = &mut run => {}
        }
    }
    let message = FailureReason::Interrupted.to_string();
    assert_eq!(world.status().await, VideoStatus::Failed { message, retryable: true });
}

#[tokio::test]
async fn files_that_nobody_needs_are_taken_away_after_a_while() {
    let world = World::new().await;
    for (name, seconds) in [("one.mp4", 5), ("two.mp4", 6)] {
        world.upload(name, world.film("640x360", seconds)).await.unwrap();
        world.work().await;
    }
    let orphan = BlobKey::new("media/01J00000000000000000000000/01J00000000000000000000001/x.m4s").unwrap();
    world.stoa.blobs.put(&orphan, bytes("left by a crash")).await.unwrap();
    let versions = world.video().await.versions;
    let fates: Vec<_> = versions.iter().map(|version| version.fate).collect();
    assert_eq!(fates, [VersionFate::Watched, VersionFate::Replaced]);
    assert_eq!(
        videos::clean(&world.stoa, videos::GRACE).await.unwrap(),
        0,
        "who began to watch it may go on"
    );
    // Files have the times of the machine's clock.
    world.clock.advance(videos::GRACE * 3_000);
    assert_eq!(
        videos::clean(&world.stoa, videos::GRACE).await.unwrap(),
        3,
        "the orphan, the replaced version and its source"
    );
    let left = [world.files("media"), world.files("uploads")].concat();
    let newest = versions[0].version.to_string();
    assert!(!left.is_empty() && left.iter().all(|file| file.contains(&newest)), "{left:?}");
    assert_eq!(videos::clean(&world.stoa, videos::GRACE).await.unwrap(), 0);
}

#[tokio::test]
async fn the_board_shows_what_is_going_on_to_operators_alone() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    assert!(matches!(videos::board(&world.stoa, world.actor).await, Err(Error::Forbidden)));
    let operator =
        Actor::Account { id: AccountId::new(world.stoa.clock.now(), 9), role: Role::Admin, from: None };
    let board = videos::board(&world.stoa, operator).await.unwrap();
    assert_eq!((board.active.len(), board.failed.len(), board.dead.len()), (1, 0, 0));
    assert_eq!(board.active[0].file_name, "talk.mp4");
    videos::cancel_asset(&world.stoa, operator, board.active[0].asset).await.unwrap();
    let board = videos::board(&world.stoa, operator).await.unwrap();
    assert_eq!((board.active.len(), board.failed.len()), (0, 1));
    assert!(
        board.failed[0].log.iter().any(|line| line.text.contains("somebody stopped it")),
        "{:?}",
        board.failed[0].log
    );
    let stranger = videos::cancel_asset(&world.stoa, world.actor, board.failed[0].asset).await;
    assert!(matches!(stranger, Err(Error::Forbidden)));
}

#[tokio::test]
async fn an_end_is_told_once_whatever_is_heard_afterwards() {
    let world = World::new().await;
    world.upload("holiday.mp4", bytes("Dear diary, this is no film.")).await.unwrap();
    let task = world.task().await;
    let Job::ProcessVideo { asset, version } = task.job else { panic!("{task:?}") };
    assert_eq!(jobs::handle(world.stoa.clone(), task).await, Outcome::Done);
    assert!(matches!(world.status().await, VideoStatus::Failed { .. }));
    assert_eq!(world.announced().await, 1);
    let late =
        Heard::Job { asset, version, attempt: 1, job: RemoteJob("late".into()), what: Fate::Progress(50) };
    videos::hear(&world.stoa, &late).await.unwrap();
    assert_eq!(world.announced().await, 0, "nobody is told again");
}

#[tokio::test]
async fn removing_a_video_takes_its_files_and_its_length_away() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    videos::remove(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    assert_eq!(world.status().await, VideoStatus::Missing);
    assert_eq!(world.work().await, Outcome::Done);
    assert_eq!(world.files("media").len() + world.files("uploads").len(), 0);
    let page = authoring::editor(&world.stoa, world.actor, world.course).await.unwrap();
    assert_eq!(page.course.length, Seconds(0));
}

#[tokio::test]
async fn removing_a_lesson_takes_its_video_away_with_it() {
    let world = World::new().await;
    world.upload("talk.mp4", world.film("640x360", 5)).await.unwrap();
    world.work().await;
    authoring::remove_lesson(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    // One job for the video, one for the lesson's files to keep; which comes first does not matter.
    assert_eq!([world.work().await, world.work().await], [Outcome::Done, Outcome::Done]);
    assert_eq!(world.files("media").len() + world.files("uploads").len(), 0);
}

#[tokio::test]
async fn an_upload_that_is_refused_or_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let broken: ByteStream = futures::stream::iter([
        Ok(Bytes::from_static(b"first half")),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ])
    .boxed();
    let chunk = Bytes::from(vec![0; 1_000_000]);
    let endless: ByteStream = futures::stream::repeat_with(move || Ok(chunk.clone())).boxed();
    let refused =
        |result: services::Result<()>| matches!(result, Err(Error::Invalid { .. } | Error::Refused(_)));
    assert!(refused(world.upload("empty.mp4", bytes("")).await));
    assert!(refused(world.upload("broken.mp4", broken).await));
    assert!(refused(world.upload("endless.mp4", endless).await));
    let unread: ByteStream = futures::stream::poll_fn(|_| panic!("too large: not to be read")).boxed();
    let Stoa { max_upload_bytes, .. } = world.stoa;
    let declared = Some(max_upload_bytes + 1);
    let result =
        videos::upload(&world.stoa, world.actor, world.course, world.lesson, "l", declared, unread).await;
    assert!(refused(result));
    assert_eq!(world.files("uploads"), [""; 0]);
    assert_eq!(world.status().await, VideoStatus::Missing);
}

#[tokio::test]
async fn only_the_courses_instructor_uploads() {
    let world = World::new().await;
    for stranger in [Actor::Anonymous, instructor(&world.stoa, "eve@stoa.example").await] {
        let result = videos::upload(
            &world.stoa,
            stranger,
            world.course,
            world.lesson,
            "talk.mp4",
            None,
            bytes("film"),
        );
        assert!(matches!(result.await, Err(Error::NotFound | Error::SignInNeeded | Error::Forbidden)));
    }
    assert_eq!(world.files("uploads"), [""; 0]);
}
