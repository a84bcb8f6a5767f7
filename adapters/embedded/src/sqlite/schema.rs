//! The tables in the file, and how a file of an older program becomes one of this program.

use super::OpenError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// What each schema version added, in order; a step that was released never changes. The file's
/// `user_version` counts the steps it has seen.
const STEPS: &[&str] = &[
    // 1: the records, and the work to do.
    //
    // A rowid table rather than WITHOUT ROWID: documents may have 400 KB, and those do not belong into the
    // pages that are searched. Text compares as bytes (BINARY), as the port asks.
    "
    CREATE TABLE item (
        partition TEXT NOT NULL,
        sort TEXT NOT NULL,
        document TEXT NOT NULL,
        version INTEGER NOT NULL,
        counter INTEGER NOT NULL,
        expires INTEGER,            -- milliseconds since the epoch
        first_partition TEXT,
        first_sort TEXT,
        second_partition TEXT,
        second_sort TEXT
    ) STRICT;
    CREATE UNIQUE INDEX item_by_key ON item (partition, sort);
    CREATE INDEX item_by_first ON item (first_partition, first_sort, partition, sort) WHERE first_partition IS NOT NULL;
    CREATE INDEX item_by_second ON item (second_partition, second_sort, partition, sort) WHERE second_partition IS NOT NULL;
    CREATE INDEX item_by_expiry ON item (expires) WHERE expires IS NOT NULL;

    CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again: a stale receipt stays stale
        queue TEXT NOT NULL,
        body TEXT NOT NULL,
        sent INTEGER NOT NULL,                  -- milliseconds since the epoch
        visible INTEGER NOT NULL,               -- from this moment on it may be handed out; likewise
        attempts INTEGER NOT NULL,
        in_flight INTEGER NOT NULL              -- 1: handed out and not handed back
    ) STRICT;
    CREATE INDEX message_by_visible ON message (queue, visible, id);

    CREATE TABLE dead_letter (
        id INTEGER PRIMARY KEY,                 -- of the message it was
        queue TEXT NOT NULL,
        body TEXT NOT NULL,
        sent INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX dead_letter_by_queue ON dead_letter (queue, id);
    ",
];

/// Takes the steps that the file has not seen: all of them or none.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let known = STEPS.len() as i64;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found: i64 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step).map_err(failed)?;
    }
    if found < known {
        transaction.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}
