//! The machine's clock and randomness, which nothing else asks the system for, and its limit on open files.

use domain::time::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use services::clock::{Clock, Random};
use std::time::SystemTime;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else takes as a parameter"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness, through the cryptographic library.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer)
            .expect("the system gives random bits, or the library has aborted already");
    }
}

/// Lets this process have as many files open as it may. It starts with fewer, often with 1,024, for programs
/// that cannot deal with more (select(2)); one connection that is sent a file has two.
pub(crate) fn allow_many_files() -> std::io::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}
