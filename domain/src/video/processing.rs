//! What becomes of one upload: the state machine that ffmpeg and a cloud transcoder share.
//!
//! What is to be done next is a function of the state ([`State::step`]), not of the transition that led to
//! it: a worker that starts after a crash knows it as well as the one that died. Events may be doubled, late,
//! lost or out of order. Those that do not fit the state, or are of an earlier attempt, change nothing.

use super::{FailureReason, Probe};
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
    },
}

/// What was made of an upload, as far as pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// How long it is.
    pub length: Seconds,
    /// The renditions' short sides, largest first, as in 1080p.
    pub heights: Vec<u32>,
}

impl Package {
    /// The most lines of the rendition that is offered for keeping: sharp on a phone or a laptop, and half the
    /// bytes of the next.
    const KEPT_LINES: u32 = 720;

    /// The name of the rendition that is offered for keeping: the largest up to 720p, else the smallest there is.
    pub fn rendition_to_keep(&self) -> Option<String> {
        let fitting = self.heights.iter().filter(|height| **height <= Self::KEPT_LINES).max();
        fitting.or_else(|| self.heights.iter().min()).map(|height| format!("{height}p"))
    }
}

/// Something that happened to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The source was looked at.
    Probed(Probe),
    /// So many percent are done. Zero: transcoding began.
    Progress(u8),
    /// Renditions and playlists are stored, whole.
    Packaged(Package),
    /// Learners can see them.
    Published,
    /// The attempt came to its end without success.
    Failed(FailureReason),
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
            (State::Failed { reason }, Event::Retry) if reason.retryable() => {
                Processing { attempt: attempt + 1, state: State::Uploaded }
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
            State::Probed { probe } | State::Transcoding { probe, .. } => {
                Some(Step::Transcode(probe.clone()))
            }
            State::Packaged { package } => Some(Step::Publish(package.clone())),
            State::Ready { .. } | State::Failed { .. } => None,
        }
    }

    fn apply(self, event: Event) -> State {
        match (self, event) {
            (end @ (State::Ready { .. } | State::Failed { .. }), _) => end,
            (_, Event::Failed(reason)) => State::Failed { reason },
            (State::Uploaded, Event::Probed(probe)) => State::Probed { probe },
            (State::Probed { probe }, Event::Progress(percent)) => {
                State::Transcoding { probe, percent: percent.min(100) }
            }
            (State::Transcoding { probe, percent }, Event::Progress(more)) => {
                State::Transcoding { probe, percent: percent.max(more.min(100)) }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_sharp_and_not_larger_than_it_need_be() {
        let kept =
            |heights: &[u32]| Package { length: Seconds(1), heights: heights.into() }.rendition_to_keep();
        assert_eq!(kept(&[1080, 720, 480, 360]).as_deref(), Some("720p"));
        assert_eq!(kept(&[480, 360]).as_deref(), Some("480p"));
        assert_eq!(kept(&[1080]).as_deref(), Some("1080p"));
        assert_eq!(kept(&[]), None);
    }
    use crate::video::FrameRate;
    use proptest::prelude::*;
    use std::time::Duration;

    fn probe() -> Probe {
        Probe {
            width: 1920,
            height: 1080,
            frame_rate: FrameRate::new(24, 1).unwrap(),
            interlaced: false,
            duration: Duration::from_secs(30),
            audio_channels: Some(2),
        }
    }

    fn package() -> Package {
        Package { length: Seconds(30), heights: vec![1080, 720] }
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Probed(probe())),
            any::<u8>().prop_map(Event::Progress),
            Just(Event::Packaged(package())),
            Just(Event::Published),
            prop::sample::select(&FailureReason::ALL[..]).prop_map(Event::Failed),
            Just(Event::Retry),
        ]
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
                    let retryable = matches!(at.state, State::Failed { reason } if reason.retryable());
                    prop_assert!(retryable);
                    prop_assert_eq!(&next, &Processing { attempt: at.attempt + 1, state: State::Uploaded });
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
            let failed = Processing { attempt: 1, state: State::Failed { reason: FailureReason::Internal } };
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
                    Step::Transcode(_) => Event::Packaged(package()),
                    Step::Publish(_) => Event::Published,
                });
            }
            let ended = matches!(at.state, State::Ready { .. } | State::Failed { .. });
            prop_assert!(ended);
        }
    }

    #[test]
    fn a_failure_that_the_file_is_to_blame_for_cannot_be_retried() {
        let failed = Processing { attempt: 1, state: State::Failed { reason: FailureReason::NotAVideo } };
        assert_eq!(failed.clone().apply(1, Event::Retry), failed);
    }

    #[test]
    fn lost_events_do_not_matter_once_the_output_is_there() {
        assert_eq!(run([(1, Event::Packaged(package()))]).state, State::Packaged { package: package() });
    }
}
