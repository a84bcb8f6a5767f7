//! How a case of a suite lets time pass.

use super::TestClock;
use crate::clock::Clock;
use domain::time::Timestamp;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// The instant before something is due: by a clock that is moved, times are exact.
const INSTANT: Duration = Duration::from_millis(1);

/// How a case lets time pass. What it asserts is the same in both ways; only how long a minute is, and how exactly
/// it can be told, differs.
pub enum Pace {
    /// The adapter goes by this clock: it is moved, and times are exact.
    Moved(Arc<TestClock>),
    /// The adapter goes by a service's clock: the case waits.
    Waited {
        /// The system's, which the service's is like.
        clock: Arc<dyn Clock>,
        /// How long a minute is here: some seconds, whole ones where the service counts in those.
        minute: Duration,
        /// How much earlier or later something may be noticed.
        slack: Duration,
    },
}

impl Pace {
    /// What a case takes for a long time: a minute where that costs nothing.
    pub fn minute(&self) -> Duration {
        match self {
            Self::Moved(_) => Duration::from_secs(60),
            Self::Waited { minute, .. } => *minute,
        }
    }

    /// The shortest time that the adapter tells from none.
    pub fn moment(&self) -> Duration {
        match self {
            Self::Moved(_) => Duration::from_millis(20),
            Self::Waited { .. } => Duration::from_secs(1),
        }
    }

    /// The time by which the adapter goes.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Moved(clock) => clock.now(),
            Self::Waited { clock, .. } => clock.now(),
        }
    }

    /// Lets so much time pass.
    pub async fn pass(&self, span: Duration) {
        match self {
            Self::Moved(clock) => clock.advance(span),
            Self::Waited { .. } => tokio::time::sleep(span).await,
        }
    }

    /// Lets all of a span pass but its last instant: what is due after it is not due yet.
    pub async fn pass_nearly(&self, span: Duration) {
        match self {
            Self::Moved(clock) => clock.advance(span - INSTANT),
            Self::Waited { slack, .. } => tokio::time::sleep(span - *slack).await,
        }
    }

    /// Lets that last instant pass.
    pub async fn pass_the_rest(&self) {
        match self {
            Self::Moved(clock) => clock.advance(INSTANT),
            Self::Waited { slack, .. } => tokio::time::sleep(2 * *slack).await,
        }
    }

    /// Lets more time pass than any that was named: an hour where that costs nothing.
    pub async fn pass_long(&self) {
        match self {
            Self::Moved(clock) => clock.advance(Duration::from_secs(3600)),
            Self::Waited { minute, slack, .. } => tokio::time::sleep(*minute + *slack).await,
        }
    }

    /// Asserts that something happened in that time, as exactly as it can be told.
    ///
    /// # Panics
    /// Where it did not.
    pub fn assert_time(&self, found: Timestamp, expected: RangeInclusive<Timestamp>) {
        let allowed = match self {
            Self::Moved(_) => Duration::ZERO,
            Self::Waited { slack, .. } => *slack,
        };
        let off = found.since(*expected.end()).max(expected.start().since(found));
        assert!(off <= allowed, "{found:?} is not in {expected:?}");
    }
}
