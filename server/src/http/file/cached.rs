//! Opens and reads what the kernel has in memory, and waits for nothing.
//!
//! A trip to another thread costs more than all else that a small file needs, and most of what is asked for has just
//! been asked for by somebody else. Elsewhere than on Linux nothing is known to be in memory.

use std::fs::File;
use std::path::Path;

/// The file, unless a disk might have to be waited for. openat2(2), `RESOLVE_CACHED`.
#[cfg(target_os = "linux")]
pub(super) fn open(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok().map(File::from)
}

/// How many bytes from `offset` on could be read, unless none without waiting. preadv2(2), `RWF_NOWAIT`.
#[cfg(target_os = "linux")]
pub(super) fn read(file: &File, buffer: &mut [u8], offset: u64) -> Option<usize> {
    use rustix::io::{ReadWriteFlags, preadv2};
    let mut buffers = [std::io::IoSliceMut::new(buffer)];
    preadv2(file, &mut buffers, offset, ReadWriteFlags::NOWAIT).ok().filter(|&read| read > 0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}
