//! Changes, inside the writer's transaction.

use crate::sqlite::Undo;
use domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params};
use services::ports::{Condition, Item, Key, TableError, Write};

/// An expired row that was not swept yet counts for nothing: the new item starts afresh.
const PUT: &str = "
    INSERT INTO item (partition, sort, document, version, counter, expires, first_partition, first_sort, second_partition, second_sort)
    VALUES (:partition, :sort, :document, 1, 0, :expires, :first_partition, :first_sort, :second_partition, :second_sort)
    ON CONFLICT (partition, sort) DO UPDATE SET
        document = excluded.document,
        version = iif(expires <= :now, 1, version + 1),
        counter = iif(expires <= :now, 0, counter),
        expires = excluded.expires,
        first_partition = excluded.first_partition,
        first_sort = excluded.first_sort,
        second_partition = excluded.second_partition,
        second_sort = excluded.second_sort";

const ADD: &str = "
    INSERT INTO item (partition, sort, document, version, counter)
    VALUES (:partition, :sort, '{}', 1, :amount)
    ON CONFLICT (partition, sort) DO UPDATE SET counter = counter + excluded.counter
    RETURNING counter";

const VERSION: &str = "
    SELECT version FROM item
    WHERE partition = :partition AND sort = :sort AND (expires IS NULL OR expires > :now)";

const DELETE: &str = "DELETE FROM item WHERE partition = :partition AND sort = :sort";

const DELETE_EXPIRED: &str =
    "DELETE FROM item WHERE partition = :partition AND sort = :sort AND expires <= :now";

const SWEEP: &str = "
    DELETE FROM item WHERE rowid IN (SELECT rowid FROM item WHERE expires <= :now ORDER BY expires LIMIT :limit)";

/// All of the writes, or an error: then the caller undoes those before it.
pub(super) fn transact(
    connection: &Connection,
    writes: &[Write],
    now: Timestamp,
) -> Result<(), Undo<TableError>> {
    for (at, write) in writes.iter().enumerate() {
        let holds = match write {
            Write::Put(Item { key, .. }, condition)
            | Write::Delete(key, condition)
            | Write::Check(key, condition) => holds(connection, key, *condition, now)?,
            Write::Add(..) => true,
        };
        if !holds {
            return Err(Undo::Refused(TableError::Conflict { at }));
        }
        match write {
            Write::Put(item, _) => put(connection, item, now)?,
            Write::Delete(key, _) => delete(connection, key)?,
            Write::Add(key, amount) => drop(add(connection, key, *amount, now)?),
            Write::Check(..) => {}
        }
    }
    Ok(())
}

/// Adds to a counter and returns its new value.
pub(super) fn add(connection: &Connection, key: &Key, amount: i64, now: Timestamp) -> rusqlite::Result<i64> {
    let (partition, sort) = (&key.partition, &key.sort);
    connection
        .prepare_cached(DELETE_EXPIRED)?
        .execute(named_params! { ":partition": partition, ":sort": sort, ":now": now.millis() })?;
    connection
        .prepare_cached(ADD)?
        .query_row(named_params! { ":partition": partition, ":sort": sort, ":amount": amount }, |row| {
            row.get(0)
        })
}

/// Takes away up to `limit` expired items; says how many there were.
pub(crate) fn sweep(connection: &Connection, now: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(SWEEP)?
        .execute(named_params! { ":now": now.millis(), ":limit": i64::try_from(limit).unwrap_or(i64::MAX) })
}

fn holds(connection: &Connection, key: &Key, condition: Condition, now: Timestamp) -> rusqlite::Result<bool> {
    if condition == Condition::None {
        return Ok(true);
    }
    let version: Option<i64> = connection
        .prepare_cached(VERSION)?
        .query_row(
            named_params! { ":partition": key.partition, ":sort": key.sort, ":now": now.millis() },
            |row| row.get(0),
        )
        .optional()?;
    Ok(match condition {
        Condition::None => true,
        Condition::Absent => version.is_none(),
        Condition::Present => version.is_some(),
        Condition::Version(expected) => version.is_some_and(|version| version as u64 == expected),
    })
}

fn put(connection: &Connection, item: &Item, now: Timestamp) -> rusqlite::Result<()> {
    let (first, second) = (item.first.as_ref(), item.second.as_ref());
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":partition": item.key.partition,
        ":sort": item.key.sort,
        ":document": item.document,
        ":expires": item.expires.map(Timestamp::millis),
        ":first_partition": first.map(|key| &key.partition),
        ":first_sort": first.map(|key| &key.sort),
        ":second_partition": second.map(|key| &key.partition),
        ":second_sort": second.map(|key| &key.sort),
        ":now": now.millis(),
    })?;
    Ok(())
}

fn delete(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection
        .prepare_cached(DELETE)?
        .execute(named_params! { ":partition": key.partition, ":sort": key.sort })?;
    Ok(())
}
