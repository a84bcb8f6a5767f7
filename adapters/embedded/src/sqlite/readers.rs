//! Read-only connections, one for each thread that reads at the same time.

use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A stack of idle connections.
///
/// A read runs on the thread that asks, also where that is a runtime's worker: it is a bounded number of
/// key look-ups that take microseconds, and handing it to another thread and back costs more than that.
/// So no more connections are ever in use than there are threads, and taking one never waits.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens the first connection, so that a file that cannot be read is known at start.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        Ok(Self { path: path.to_owned(), idle: Mutex::new(vec![open(path)?]) })
    }

    /// Runs a read. What it sees is one commit's state if it is one statement or opens a transaction.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open(&self.path)?,
        };
        let result = read(&connection);
        // One that is left inside a transaction would see the past from now on.
        if connection.is_autocommit() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        result
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = super::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // SQLite forgets a connection's cache at every commit of another one, and reads from the kernel's again. A
    // mapped file would stay, but count as memory of the program once for each connection.
    connection.pragma_update(None, "cache_size", -2048)?; // KiB
    Ok(connection)
}
