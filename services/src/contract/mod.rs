//! One contract suite per port, for the tests of its adapters.
//!
//! An adapter's test gives a function that makes a fresh [`Fixture`], and the suite's macro makes a test of
//! every case: `services::table_contract!(fresh);`. What a case proves is its name.

pub mod blob;
pub mod events;
pub mod identity;
mod jobs;
pub mod notifier;
mod pace;
mod paperwork;
pub mod parts;
pub mod payments;
pub mod queue;
pub mod table;
pub mod transcoder;

pub use jobs::{next_task, task_at_hand};
pub use pace::Pace;
pub use paperwork::Paperwork;

use crate::clock::{Clock, Random};
use domain::time::Timestamp;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A fresh, empty adapter to try, and the clock it goes by.
pub struct Fixture<P: ?Sized> {
    /// The adapter.
    pub port: Arc<P>,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// How a case lets time pass.
    pub pace: Pace,
    _keep: Box<dyn Any + Send + Sync>,
}

impl<P: ?Sized> Fixture<P> {
    /// With something to keep for as long as the adapter is used, such as its temporary folder.
    pub fn new(port: Arc<P>, clock: Arc<TestClock>, keep: impl Any + Send + Sync) -> Self {
        let pace = Pace::Moved(clock.clone());
        Self { port, clock, pace, _keep: Box::new(keep) }
    }

    /// The same for an adapter that goes by a service's own clock, which nobody moves.
    pub fn with_pace(port: Arc<P>, pace: Pace, keep: impl Any + Send + Sync) -> Self {
        Self { port, clock: TestClock::new(), pace, _keep: Box::new(keep) }
    }
}

/// A clock that stands still until it is moved.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// At some moment in 2026.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_780_000_000_000)))
    }

    /// Moves on.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that is the same in every run (SplitMix64). Fit for tests alone.
#[derive(Default)]
pub struct TestRandom(AtomicU64);

impl Random for TestRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut bits =
                self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(bits ^ (bits >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Makes a test of each case of a suite.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ($fresh:path, $suite:path, [$($case:ident),* $(,)?]) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $suite as suite;
                suite::$case(&$fresh()).await;
            }
        )*
    };
}
