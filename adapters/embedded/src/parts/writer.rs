//! Appending to a file, on a thread that may wait for the disk.

use super::{About, about, failure};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use services::ports::{Checksum, PartsError};
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use tokio::sync::mpsc::Receiver;

/// How much is written before the disk is told to begin with it: the last sync, for which somebody waits, is short,
/// and a large upload does not push everything else out of the page cache.
const SYNC_EVERY: u64 = 64 << 20;

/// What comes of a part.
pub(super) enum Piece {
    /// More of it.
    Bytes(Bytes),
    /// It has ended.
    Whole,
    /// It was not what it should be: nothing of it is to be kept.
    TakeBack,
}

/// A part that is to be appended.
pub(super) struct Append {
    pub(super) path: PathBuf,
    pub(super) offset: u64,
    pub(super) checksum: Option<Checksum>,
}

/// Opens a file that is on its way, for this process alone, and says how much of it is there. What was not held
/// against its checksum when a process ended is cut off.
pub(super) fn open(path: &Path) -> Result<(File, u64), PartsError> {
    let file = File::options().write(true).open(path).map_err(failure)?;
    match file.try_lock() {
        Ok(()) => {}
        // A server that is about to end, beside the one that takes its place.
        Err(TryLockError::WouldBlock) => {
            return Err(PartsError::Unavailable("another process receives this upload".into()));
        }
        Err(TryLockError::Error(error)) => return Err(failure(error)),
    }
    let mark = about::unchecked(path);
    match std::fs::read_to_string(&mark) {
        Ok(from) => {
            if let Ok(from) = from.parse::<u64>()
                && from < file.metadata().map_err(failure)?.len()
            {
                file.set_len(from).map_err(failure)?;
            }
            std::fs::remove_file(&mark).map_err(failure)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failure(error)),
    }
    let received = file.metadata().map_err(failure)?.len();
    Ok((file, received))
}

impl Append {
    /// Writes what comes, and returns how much is there then, durably.
    pub(super) fn write(&self, pieces: Receiver<Piece>) -> Result<u64, PartsError> {
        let size = About::read(&self.path)?.size;
        let (mut file, received) = open(&self.path)?;
        if received != self.offset {
            return Err(PartsError::Offset { expected: received });
        }
        file.seek(SeekFrom::Start(received)).map_err(failure)?;
        let mark = about::unchecked(&self.path);
        if self.checksum.is_some() {
            // Need not last beyond this machine's own memory: only an ended process leaves bytes unchecked.
            std::fs::write(&mark, self.offset.to_string()).map_err(failure)?;
        }
        let written = self.receive(&file, size, pieces);
        if written.is_err() {
            file.set_len(self.offset).map_err(failure)?;
        }
        file.sync_all().map_err(failure)?;
        if self.checksum.is_some() {
            std::fs::remove_file(&mark).map_err(failure)?;
        }
        written
    }

    /// Writes what comes, while another thread has the disk follow. After an error nothing of it is to be kept.
    fn receive(&self, file: &File, size: u64, pieces: Receiver<Piece>) -> Result<u64, PartsError> {
        std::thread::scope(|threads| {
            let (reached, due) = sync_channel::<()>(0);
            let syncing = threads.spawn(move || -> io::Result<()> {
                while due.recv().is_ok() {
                    file.sync_data()?;
                }
                Ok(())
            });
            let written = self.copy(file, size, pieces, &reached);
            drop(reached);
            let synced = syncing.join().map_err(|_| PartsError::Internal("syncing panicked".into()))?;
            let written = written?;
            synced.map_err(failure)?;
            Ok(written)
        })
    }

    fn copy(
        &self,
        mut file: &File,
        size: u64,
        mut pieces: Receiver<Piece>,
        reached: &SyncSender<()>,
    ) -> Result<u64, PartsError> {
        let mut digest = self.checksum.is_some().then(|| Context::new(&SHA256));
        let (mut at, mut synced) = (self.offset, self.offset);
        let whole = loop {
            let bytes = match pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => bytes,
                Some(Piece::Whole) => break true,
                Some(Piece::TakeBack) => return Err(PartsError::Checksum),
                None => break false,
            };
            let after = at + bytes.len() as u64;
            if after > size {
                return Err(PartsError::Incomplete { received: self.offset, size });
            }
            if let Some(digest) = &mut digest {
                digest.update(&bytes);
            }
            match file.write_all(&bytes) {
                Ok(()) => at = after,
                Err(error) => return Err(failure(error)),
            }
            if at - synced >= SYNC_EVERY {
                // Waits where the disk is a whole stretch behind. Where syncing failed, the thread's end tells why.
                let _ = reached.send(());
                synced = at;
            }
        };
        if let (Some(digest), Some(checksum)) = (digest, self.checksum) {
            if !whole {
                return Err(PartsError::Interrupted(ErrorKind::UnexpectedEof.into()));
            }
            if digest.finish().as_ref() != checksum {
                return Err(PartsError::Checksum);
            }
        }
        Ok(at)
    }
}
