//! The one SQLite file: who writes it, who reads it, how it is opened and closed.
//!
//! All changes go through one thread, which commits those that wait together ([`writer`]): a change is
//! answered after an fsync, and one fsync serves many. Reads happen on whichever thread asks ([`readers`]);
//! in WAL mode they neither wait for the writer nor make it wait, so nobody ever meets `SQLITE_BUSY`.

mod readers;
mod schema;
mod writer;

pub(crate) use writer::Undo;

use crate::queue::SqliteQueue;
use crate::table::SqliteTable;
use readers::Readers;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::FallocateFlags;
use services::clock::Clock;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use writer::Writer;

/// How long the write-ahead log is from the start and stays: hundreds of changes find room in it where the disk is full,
/// among them what is said of that.
const LOG_BYTES: u32 = 16 << 20;

/// The database of one machine: [`SqliteTable`] and [`SqliteQueue`] share it. When the last handle is dropped,
/// what was acknowledged is moved from the write-ahead log into the file and the log is taken away.
pub struct Database {
    // Dropped in this order: the writer closes last and so can take away the log.
    readers: Readers,
    writer: Writer,
    clock: Arc<dyn Clock>,
    /// A message became visible, or will earlier than was known.
    pub(crate) message_came: tokio::sync::Notify,
    _lock: Option<File>,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer version of the program.
    #[error("{path} has schema version {found}, this program knows up to {known}: run the newer program")]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The file's schema version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The folder or the lock file beside the database cannot be made.
    #[error("cannot open {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// SQLite refused the file.
    #[error("cannot open {path}")]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl Database {
    /// Opens the file, making it and its folder where they are not there, and brings its schema up to date.
    ///
    /// The process that holds the file alone also takes back the messages that were being worked on: whoever
    /// had them is gone. A second process (a command run beside the server) may open the file too; it leaves
    /// them alone.
    pub fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        let path = path.as_ref();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| OpenError::Io { path: folder.to_owned(), source })?;
        }
        let lock = lock(path)?;
        let failed = |source| OpenError::Sqlite { path: path.to_owned(), source };
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
            .map_err(failed)?;
        // FULL: a commit is on the disk before it is acknowledged (invariant 5), whatever happens to the power.
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES).map_err(failed)?;
        schema::migrate(&mut connection, path)?;
        if lock.is_some() {
            if let Err(error) = reserve(path) {
                tracing::warn!(%error, "the write-ahead log has no room of its own");
            }
            crate::queue::take_back(&connection, clock.now()).map_err(failed)?;
        }
        let readers = Readers::open(path).map_err(failed)?;
        let writer = Writer::start(connection, clock.clone())
            .map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        Ok(Arc::new(Self { readers, writer, clock, message_came: tokio::sync::Notify::new(), _lock: lock }))
    }

    /// Whether another process holds the file now.
    pub fn is_in_use(path: impl AsRef<Path>) -> Result<bool, OpenError> {
        Ok(lock(path.as_ref())?.is_none())
    }

    /// All records, in this file.
    pub fn table(self: &Arc<Self>) -> SqliteTable {
        SqliteTable::new(self.clone())
    }

    /// The work to do, in this file.
    pub fn queue(self: &Arc<Self>) -> SqliteQueue {
        SqliteQueue::new(self.clone())
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Reads, on the thread that asks.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        self.readers.with(read).map_err(Failure::from)
    }

    /// Changes something: all of what the closure does, durably, or nothing where it returns an error.
    pub(crate) async fn write<T, E>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, Undo<E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failure> + Send + 'static,
    {
        self.writer.write(change).await
    }
}

/// SQLite did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the database failed")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    #[error("the database is closed")]
    Closed,
    #[error("the change panicked")]
    Panicked,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl Failure {
    /// Whether the same may work later: a full disk, a disk that does not answer, no memory. The rest are
    /// defects.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Failure::Closed => true,
            Failure::Panicked => false,
            Failure::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::OutOfMemory
                        | ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::CannotOpen
                )
            ),
        }
    }
}

/// What every connection has in common.
fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Only a second process, or the moment of recovery after a crash, can make anybody wait at all.
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    // A statement is planned once. Else SQLite plans one with a range anew for each value that is bound, which
    // takes longer than to run it; and there is one plan to choose from (`INDEXED BY`).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Makes the write-ahead log as long as it may stay. SQLite takes what follows its last entry for nothing.
fn reserve(path: &Path) -> std::io::Result<()> {
    let log = File::options().write(true).open(beside(path, "-wal"))?;
    Ok(rustix::fs::fallocate(log, FallocateFlags::empty(), 0, LOG_BYTES.into())?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Holds `<path>.lock` for as long as the file is open; `None` where another process has it.
fn lock(path: &Path) -> Result<Option<File>, OpenError> {
    let path = beside(path, ".lock");
    let failed = |source| OpenError::Io { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests;
