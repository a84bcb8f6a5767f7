//! What becomes of one upload: the state machine that ffmpeg and a cloud transcoder share.
//!
//! What is to be done next is a function of the state ([`State::step`]), not of the transition that led to
//! it: a worker that starts after a crash knows it as well as the one that died. Events may be doubled, late,
//! lost or out of order. Those that do not fit the state, or are of an earlier attempt, change nothing.

use super::{CaptionFile, FailureReason, Probe, Warning};
use crate::time::Seconds;
use serde::{Deserialize, Serialize};

/// How far one upload has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processing {
    /// Counts the times it was begun because somebody asked for it, from 1. It tells late events apart.
    pub attempt: u32,
    /// How far this attempt has come.
    pub state: State,
}

/// How far an attempt has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// The file is stored; nobody looked at it yet.
    Uploaded,
    /// It is a video that can be transcoded.
    Probed {
        /// What it holds.
        probe: Probe,
    },
    /// Renditions are being made.
    Transcoding {
        /// What the source holds.
        probe: Probe,
        /// How much is done, 0 to 100.
        percent: u8,
        /// The job of the service that makes them; `None` where this program does.
        #[serde(default)]
        job: Option<RemoteJob>,
    },
    /// Renditions and playlists are stored; learners do not see them yet.
    Packaged {
        /// What was made.
        package: Package,
    },
    /// Learners can watch it. For good: only a new version replaces it.
    Ready {
        /// What was made.
        package: Package,
    },
    /// It could not be made watchable. Nothing of it stays stored but the source.
    Failed {
        /// Why.
        reason: FailureReason,
        /// What was known of the source: trying again begins with what failed.
        #[serde(default)]
        probe: Option<Probe>,
    },
}

/// Names a job within a transcoding service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RemoteJob(pub String);

/// What was made of an upload, as far as pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// How long it is.
    pub length: Seconds,
    /// The renditions' sizes as people name them, largest first, as in 1080p. None where there is sound alone.
    pub heights: Vec<u32>,
    /// What the instructor should know of it.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// Captions that came with it.
    #[serde(default)]
    pub captions: Vec<CaptionFile>,
    /// How many posters there are to choose from: `poster.jpg`, `poster-1.jpg` and so on. Zero where nobody
    /// counted: there is one.
    #[serde(default)]
    pub posters: u32,
    /// Whether there are small pictures for the seek bar: `storyboard/storyboard.vtt`.
    #[serde(default)]
    pub storyboard: bool,
}

impl Package {
    /// The most lines of the rendition that is offered for keeping: sharp on a phone or a laptop, and half the
    /// bytes of the next.
    const KEPT_LINES: u32 = 720;

    /// Of these sizes and length, and nothing else.
    pub fn plain(length: Seconds, heights: Vec<u32>) -> Self {
        Self { length, heights, warnings: Vec::new(), captions: Vec::new(), posters: 0, storyboard: false }
    }

    /// The name of the rendition that is offered for keeping: the largest up to 720p, else the smallest there
    /// is, else the sound.
    pub fn rendition_to_keep(&self) -> Option<String> {
        let fitting = self.heights.iter().filter(|height| **height <= Self::KEPT_LINES).max();
        let height = fitting.or_else(|| self.heights.iter().min());
        Some(height.map_or_else(|| "audio".to_owned(), |height| format!("{height}p")))
    }
}

/// `1080p, 720p, 360p, 12:03, captions`, and what the instructor is told of it.
impl std::fmt::Display for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.heights.is_empty() {
            f.write_str("sound alone, ")?;
        }
        for height in &self.heights {
            write!(f, "{height}p, ")?;
        }
        write!(f, "{}", self.length)?;
        match self.captions.len() {
            0 => {}
            1 => f.write_str(", captions")?,
            count => write!(f, ", {count} tracks of captions")?,
        }
        self.warnings.iter().try_for_each(|warning| write!(f, ". {warning}"))
    }
}

/// Something that happened to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The source was looked at.
    Probed(Probe),
    /// So many percent are done. Zero: transcoding began.
    Progress(u8),
    /// A service has the job now.
    Handed(RemoteJob),
    /// The service does not have this job any more, and there is no output of it.
    Lost(RemoteJob),
    /// Renditions and playlists are stored, whole.
    Packaged(Package),
    /// Learners can see them.
    Published,
    /// The attempt came to its end without success.
    Failed(FailureReason),
    /// The instructor asked to stop.
    Cancel,
    /// The instructor asked to try once more.
    Retry,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Look at the source.
    Probe,
    /// Make renditions and playlists of a source that holds this.
    Transcode(Probe),
    /// Ask a service how far its job is.
    Look(Probe, RemoteJob),
    /// Show it to learners.
    Publish(Package),
}

impl Default for Processing {
    fn default() -> Self {
        Self { attempt: 1, state: State::Uploaded }
    }
}

impl Processing {
    /// What an event of an attempt makes of it.
    #[must_use]
    pub fn apply(self, attempt: u32, event: Event) -> Processing {
        if attempt != self.attempt {
            return self;
        }
        match (self.state, event) {
            (State::Failed { reason, probe }, Event::Retry) if reason.retryable() => {
                let state = probe.map_or(State::Uploaded, |probe| State::Probed { probe });
                Processing { attempt: attempt + 1, state }
            }
            (state, event) => Processing { attempt, state: state.apply(event) },
        }
    }
}

impl State {
    /// What is to be done next; `None` where it has come to its end.
    pub fn step(&self) -> Option<Step> {
        match self {
            State::Uploaded => Some(Step::Probe),
            State::Transcoding { probe, job: Some(job), .. } => Some(Step::Look(probe.clone(), job.clone())),
            State::Probed { probe } | State::Transcoding { probe, job: None, .. } => {
                Some(Step::Transcode(probe.clone()))
            }
            State::Packaged { package } => Some(Step::Publish(package.clone())),
            State::Ready { .. } | State::Failed { .. } => None,
        }
    }

    fn apply(self, event: Event) -> State {
        match (self, event) {
            (end @ (State::Ready { .. } | State::Failed { .. }), _) => end,
            // Stored whole, it is a moment from being watched: too late.
            (packaged @ State::Packaged { .. }, Event::Cancel) => packaged,
            (state, Event::Failed(reason)) => state.failed(reason),
            (state, Event::Cancel) => state.failed(FailureReason::Cancelled),
            (State::Uploaded, Event::Probed(probe)) => State::Probed { probe },
            (State::Probed { probe }, Event::Progress(percent)) => {
                State::Transcoding { probe, percent: percent.min(100), job: None }
            }
            (State::Transcoding { probe, percent, job }, Event::Progress(more)) => {
                State::Transcoding { probe, percent: percent.max(more.min(100)), job }
            }
            (State::Probed { probe }, Event::Handed(job)) => {
                State::Transcoding { probe, percent: 0, job: Some(job) }
            }
            (State::Transcoding { probe, percent, .. }, Event::Handed(job)) => {
                State::Transcoding { probe, percent, job: Some(job) }
            }
            (State::Transcoding { probe, percent, job: Some(job) }, Event::Lost(lost)) if job == lost => {
                State::Transcoding { probe, percent, job: None }
            }
            // The output is there and whole: whatever was lost on the way to it does not matter.
            (
                State::Uploaded | State::Probed { .. } | State::Transcoding { .. },
                Event::Packaged(package),
            ) => State::Packaged { package },
            (State::Packaged { package }, Event::Published) => State::Ready { package },
            (state, _) => state,
        }
    }

    fn failed(self, reason: FailureReason) -> State {
        let probe = match self {
            State::Probed { probe } | State::Transcoding { probe, .. } => Some(probe),
            _ => None,
        };
        State::Failed { reason, probe }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::FrameRate;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn what_is_kept_is_sharp_and_not_larger_than_it_need_be() {
        let kept = |heights: &[u32]| Package::plain(Seconds(1), heights.into()).rendition_to_keep();
        assert_eq!(kept(&[1080, 720, 480, 360]).as_deref(), Some("720p"));
        assert_eq!(kept(&[480, 360]).as_deref(), Some("480p"));
        assert_eq!(kept(&[1080]).as_deref(), Some("1080p"));
        assert_eq!(kept(&[]).as_deref(), Some("audio"));
    }

    #[test]
    fn a_package_reads_as_a_person_would_say_it() {
        let film = Package::plain(Seconds(723), vec![1080, 360]);
        assert_eq!(film.to_string(), "1080p, 360p, 12:03");
        let song =
            Package { warnings: vec![Warning::SoundUnreadable], ..Package::plain(Seconds(30), Vec::new()) };
        assert_eq!(song.to_string(), format!("sound alone, 0:30. {}", Warning::SoundUnreadable));
    }

    fn probe() -> Probe {
        let rate = FrameRate::new(24, 1).unwrap();
        Probe { audio_channels: Some(2), ..Probe::picture(1920, 1080, rate, Duration::from_secs(30)) }
    }

    fn package() -> Package {
        Package::plain(Seconds(30), vec![1080, 720])
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Probed(probe())),
            any::<u8>().prop_map(Event::Progress),
            any_job().prop_map(Event::Handed),
            any_job().prop_map(Event::Lost),
            Just(Event::Cancel),
            Just(Event::Packaged(package())),
            Just(Event::Published),
            prop::sample::select(&FailureReason::ALL[..]).prop_map(Event::Failed),
            Just(Event::Retry),
        ]
    }

    fn any_job() -> impl Strategy<Value = RemoteJob> {
        prop::sample::select(vec!["one", "another"]).prop_map(|name| RemoteJob(name.into()))
    }

    /// Events of the first few attempts, in any order, any number of times.
    fn any_history() -> impl Strategy<Value = Vec<(u32, Event)>> {
        prop::collection::vec((1u32..4, any_event()), 0..40)
    }

    fn run(events: impl IntoIterator<Item = (u32, Event)>) -> Processing {
        events.into_iter().fold(Processing::default(), |at, (attempt, event)| at.apply(attempt, event))
    }

    /// How far a state is: no event may lead back within an attempt.
    fn rank(state: &State) -> (u8, u8) {
        match state {
            State::Uploaded => (0, 0),
            State::Probed { .. } => (1, 0),
            State::Transcoding { percent, .. } => (2, *percent),
            State::Packaged { .. } => (3, 0),
            State::Ready { .. } | State::Failed { .. } => (4, 0),
        }
    }

    proptest! {
        #[test]
        fn nothing_goes_back_save_by_a_retry_after_a_failure(history in any_history()) {
            let mut at = Processing::default();
            for (attempt, event) in history {
                let next = at.clone().apply(attempt, event.clone());
                if next.attempt == at.attempt {
                    prop_assert!(rank(&next.state) >= rank(&at.state), "{at:?} {event:?} {next:?}");
                } else {
                    prop_assert_eq!(&event, &Event::Retry);
                    let State::Failed { reason, probe } = &at.state else { panic!("{at:?} was tried again") };
                    prop_assert!(reason.retryable());
                    prop_assert_eq!(next.attempt, at.attempt + 1);
                    // What was known stays known.
                    let probed = matches!(next.state, State::Probed { .. });
                    prop_assert!(probed == probe.is_some() && (probed || next.state == State::Uploaded));
                }
                at = next;
            }
        }

        #[test]
        fn ready_is_for_good(history in any_history()) {
            let ready = Processing { attempt: 2, state: State::Ready { package: package() } };
            let after = history.into_iter().fold(ready.clone(), |at, (attempt, event)| at.apply(attempt, event));
            prop_assert_eq!(after, ready);
        }

        #[test]
        fn nothing_but_a_retry_revives_a_failure(history in any_history()) {
            let failed = Processing { attempt: 1, state: State::Failed { reason: FailureReason::Internal, probe: None } };
            let late = history.into_iter().filter(|(_, event)| *event != Event::Retry);
            prop_assert_eq!(late.fold(failed.clone(), |at, (attempt, event)| at.apply(attempt, event)), failed);
        }

        #[test]
        fn every_event_may_come_twice(history in any_history(), attempt in 1u32..4, event in any_event()) {
            let once = run(history).apply(attempt, event.clone());
            prop_assert_eq!(once.clone().apply(attempt, event), once);
        }

        #[test]
        fn a_late_event_of_an_earlier_attempt_changes_nothing(event in any_event(), history in prop::collection::vec(any_event(), 0..10)) {
            let mut at = Processing { attempt: 2, state: State::Uploaded };
            for event in history { at = at.apply(2, event); }
            if at.attempt == 2 { prop_assert_eq!(at.clone().apply(1, event), at); }
        }

        #[test]
        fn doubled_and_stray_progress_does_not_keep_a_video_from_ready(strays in prop::collection::vec((0usize..5, 1u32..3, any::<u8>()), 0..20)) {
            let straight = [Event::Probed(probe()), Event::Progress(0), Event::Packaged(package()), Event::Published];
            let mut events = Vec::new();
            for (at, event) in straight.into_iter().enumerate() {
                events.extend(strays.iter().filter(|(place, ..)| *place == at).map(|(_, attempt, percent)| (*attempt, Event::Progress(*percent))));
                events.extend([(1, event.clone()), (1, event)]);
            }
            prop_assert_eq!(run(events).state, State::Ready { package: package() });
        }

        #[test]
        fn doing_each_next_step_leads_to_ready_from_wherever_it_stopped(history in any_history()) {
            let mut at = run(history);
            while let Some(step) = at.state.step() {
                let attempt = at.attempt;
                at = at.apply(attempt, match step {
                    Step::Probe => Event::Probed(probe()),
                    Step::Transcode(_) | Step::Look(..) => Event::Packaged(package()),
                    Step::Publish(_) => Event::Published,
                });
            }
            let ended = matches!(at.state, State::Ready { .. } | State::Failed { .. });
            prop_assert!(ended);
        }
    }

    #[test]
    fn a_failure_that_the_file_is_to_blame_for_cannot_be_retried() {
        let failed =
            Processing { attempt: 1, state: State::Failed { reason: FailureReason::NotAVideo, probe: None } };
        assert_eq!(failed.clone().apply(1, Event::Retry), failed);
    }

    #[test]
    fn a_job_that_a_service_lost_is_asked_for_again() {
        let job = RemoteJob("one".into());
        let handed =
            run([(1, Event::Probed(probe())), (1, Event::Handed(job.clone())), (1, Event::Progress(30))]);
        assert_eq!(handed.state.step(), Some(Step::Look(probe(), job.clone())));
        let other = handed.clone().apply(1, Event::Lost(RemoteJob("another".into())));
        assert_eq!(other, handed);
        assert_eq!(handed.apply(1, Event::Lost(job)).state.step(), Some(Step::Transcode(probe())));
    }

    #[test]
    fn what_was_cancelled_can_be_tried_again_where_it_stopped() {
        let at = run([(1, Event::Probed(probe())), (1, Event::Progress(30)), (1, Event::Cancel)]);
        assert_eq!(at.state, State::Failed { reason: FailureReason::Cancelled, probe: Some(probe()) });
        assert_eq!(
            at.apply(1, Event::Retry),
            Processing { attempt: 2, state: State::Probed { probe: probe() } }
        );
    }

    #[test]
    fn what_is_stored_whole_cannot_be_cancelled() {
        let at = run([(1, Event::Packaged(package())), (1, Event::Cancel)]);
        assert_eq!(at.state, State::Packaged { package: package() });
    }

    #[test]
    fn lost_events_do_not_matter_once_the_output_is_there() {
        assert_eq!(run([(1, Event::Packaged(package()))]).state, State::Packaged { package: package() });
    }
}
