//! How far a learner has come in a lesson.

use crate::time::{Seconds, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a learner stands in a lesson's video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where playback was last.
    pub position: Seconds,
    /// Whether the lesson was once watched to (nearly) its end, or marked as done.
    pub completed: bool,
    /// When this was noted.
    pub at: Timestamp,
}

impl Progress {
    /// What is known after playback reported `position` in a video of `length`, at `now`.
    ///
    /// A completed lesson stays completed. A report past the end is taken as the end.
    pub fn reported(
        before: Option<Progress>,
        position: Seconds,
        length: Seconds,
        now: Timestamp,
    ) -> Progress {
        let position = position.min(length);
        let completed = before.is_some_and(|p| p.completed) || is_end(position, length);
        Progress { position, completed, at: now }
    }

    /// Where to start on return: the last position, or the beginning for one at the end.
    pub fn resume_at(self, length: Seconds) -> Seconds {
        if is_end(self.position, length) { Seconds(0) } else { self.position }
    }
}

/// Credits are not watched: the last 5 % of a video, at most its last 15 s, count as its end.
fn is_end(position: Seconds, length: Seconds) -> bool {
    length.0 > 0 && length.0 - position.0.min(length.0) <= (length.0 / 20).min(15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn completion_is_never_taken_back(reports in proptest::collection::vec(0u32..4000, 1..20), length in 0u32..3600) {
            let mut before = None;
            for (at, position) in reports.into_iter().enumerate() {
                let after = Progress::reported(before, Seconds(position), Seconds(length), Timestamp::from_millis(at as i64));
                prop_assert!(after.completed || !before.is_some_and(|p: Progress| p.completed));
                prop_assert!(after.position <= Seconds(length));
                before = Some(after);
            }
        }
    }

    #[test]
    fn a_lesson_seen_to_its_end_starts_over() {
        let length = Seconds(600);
        let seen = Progress::reported(None, Seconds(590), length, Timestamp::default());
        assert!(seen.completed);
        assert_eq!(seen.resume_at(length), Seconds(0));
        let half = Progress::reported(Some(seen), Seconds(300), length, Timestamp::default());
        assert_eq!((half.completed, half.resume_at(length)), (true, Seconds(300)));
    }
}
