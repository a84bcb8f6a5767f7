//! Which cores a child may use, where it may not use all.

use super::FfmpegError;
use super::process::on_path;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Shares out the cores that this process may use. The kernel holds a child to its own, whatever it takes for a good number
/// of threads; ffmpeg and x264 ask the kernel how many they have and start threads for those.
pub(super) struct Cores {
    /// `taskset` (util-linux) takes the others away and becomes the program.
    taskset: PathBuf,
    /// How many a child gets.
    each: usize,
    /// How many children use each of them.
    users: Mutex<BTreeMap<usize, usize>>,
}

/// Cores of a child, until it is dropped.
pub(super) struct Share<'a> {
    all: &'a Cores,
    own: Vec<usize>,
}

impl Cores {
    /// So many for each child. `None` where that is no limit.
    pub(super) fn find(each: Option<NonZeroUsize>) -> Result<Option<Self>, FfmpegError> {
        let Some(each) = each.map(NonZeroUsize::get) else { return Ok(None) };
        let allowed =
            rustix::thread::sched_getaffinity(None).map_err(|error| FfmpegError::Cores(error.into()))?;
        let allowed: Vec<usize> =
            (0..rustix::thread::CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
        if allowed.len() <= each {
            return Ok(None);
        }
        let taskset = on_path("taskset").ok_or(FfmpegError::NoTaskset)?;
        Ok(Some(Self::of(taskset, each, allowed)))
    }

    fn of(taskset: PathBuf, each: usize, allowed: impl IntoIterator<Item = usize>) -> Self {
        let users = allowed.into_iter().map(|core| (core, 0)).collect();
        Self { taskset, each, users: Mutex::new(users) }
    }

    /// Those that the fewest others use.
    pub(super) fn share(&self) -> Share<'_> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own: Vec<usize> = users.keys().copied().collect();
        own.sort_by_key(|core| users[core]);
        own.truncate(self.each);
        for core in &own {
            users.entry(*core).and_modify(|count| *count += 1);
        }
        Share { all: self, own }
    }
}

impl Share<'_> {
    /// What stands in front of a command.
    pub(super) fn wrapper(&self) -> [OsString; 3] {
        let own: Vec<String> = self.own.iter().map(usize::to_string).collect();
        [self.all.taskset.clone().into(), "--cpu-list".into(), own.join(",").into()]
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut users = self.all.users.lock().unwrap_or_else(PoisonError::into_inner);
        for core in &self.own {
            users.entry(*core).and_modify(|count| *count -= 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gets_the_cores_that_the_fewest_others_use() {
        let cores = Cores::of("taskset".into(), 2, [0, 1, 4, 5, 6]);
        let (first, second) = (cores.share(), cores.share());
        assert_eq!((&first.own[..], &second.own[..]), (&[0, 1][..], &[4, 5][..]));
        assert_eq!(cores.share().own, [6, 0]);
        drop(second);
        let third = cores.share();
        assert_eq!(third.own, [4, 5]);
        assert_eq!(third.wrapper(), ["taskset", "--cpu-list", "4,5"].map(OsString::from));
    }
}
