//! [`Queue`] in SQLite: one row a message, hidden until a moment.

use crate::sqlite::{Database, Failure, Undo};
use async_trait::async_trait;
use domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use services::ports::{DeadLetter, Delivery, NewMessage, Queue, QueueError, Receipt};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

const MAX_BODY_BYTES: usize = 256 * 1024;
/// The longest that [`Queue::ready`] waits: the machine's clock may be set, and another process may send.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The work to do, in a [`Database`].
pub struct SqliteQueue {
    database: Arc<Database>,
}

/// Hands out what was handed out before: for the start of the only process, which holds none of it.
pub(crate) fn take_back(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .execute("UPDATE message SET visible = ?1, in_flight = 0 WHERE in_flight = 1", [now.millis()])?;
    Ok(())
}

impl SqliteQueue {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    fn now(&self) -> Timestamp {
        self.database.clock().now()
    }

    /// When the earliest message of a queue may be handed out.
    fn due(&self, queue: &str) -> Result<Option<Timestamp>, Failure> {
        self.database.read(|connection| {
            connection
                .prepare_cached("SELECT visible FROM message WHERE queue = ? ORDER BY visible LIMIT 1")?
                .query_row([queue], |row| row.get(0).map(Timestamp::from_millis))
                .optional()
        })
    }

    /// Changes the message that the receipt names, if the receipt is its latest.
    async fn settle(
        &self,
        receipt: &Receipt,
        settle: impl FnOnce(&Connection, Delivered) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<(), QueueError> {
        let delivered = Delivered::parse(receipt).ok_or(QueueError::Gone)?;
        self.database
            .write(move |connection| match settle(connection, delivered)? {
                0 => Err(Undo::Refused(QueueError::Gone)),
                _ => Ok(()),
            })
            .await
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn send(&self, queue: &str, message: NewMessage) -> Result<(), QueueError> {
        if message.body.len() > MAX_BODY_BYTES {
            return Err(QueueError::Internal("a message has at most 256 KB".into()));
        }
        let (queue, now) = (queue.to_owned(), self.now());
        self.database
            .write(move |connection| {
                Ok::<_, Undo<QueueError>>(insert(connection, &queue, &message.body, now, message.delay)?)
            })
            .await?;
        self.database.message_came.notify_waiters();
        Ok(())
    }

    async fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility: Duration,
    ) -> Result<Vec<Delivery>, QueueError> {
        let now = self.now();
        // Looking costs microseconds, taking costs an fsync.
        if max == 0 || self.due(queue)?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let queue = queue.to_owned();
        self.database
            .write(move |connection| {
                let mut statement = connection.prepare_cached(
                    "UPDATE message SET attempts = attempts + 1, visible = :until, in_flight = 1
                     WHERE id IN (SELECT id FROM message WHERE queue = :queue AND visible <= :now ORDER BY visible, id LIMIT :max)
                     RETURNING id, attempts, body, sent",
                )?;
                let rows = statement.query_map(
                    named_params! {
                        ":queue": queue,
                        ":now": now.millis(),
                        ":until": now.plus(visibility).millis(),
                        ":max": i64::try_from(max).unwrap_or(i64::MAX),
                    },
                    delivery,
                )?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<(), QueueError> {
        let until = self.now().plus(visibility);
        self.settle(receipt, move |connection, delivered| {
            connection
                .prepare_cached(
                    "UPDATE message SET visible = ?, in_flight = ? WHERE id = ? AND attempts = ?",
                )?
                .execute(params![until.millis(), !visibility.is_zero(), delivered.id, delivered.attempt])
        })
        .await?;
        self.database.message_came.notify_waiters();
        Ok(())
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), QueueError> {
        self.settle(receipt, delete).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), QueueError> {
        let reason = reason.to_owned();
        self.settle(receipt, move |connection, delivered| {
            connection
                .prepare_cached(
                    "INSERT INTO dead_letter (id, queue, body, sent, attempts, reason)
                     SELECT id, queue, body, sent, attempts, ? FROM message WHERE id = ? AND attempts = ?",
                )?
                .execute(params![reason, delivered.id, delivered.attempt])?;
            delete(connection, delivered)
        })
        .await
    }

    async fn dead_letters(&self, queue: &str, max: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        Ok(self.database.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, body, attempts, reason, sent FROM dead_letter WHERE queue = ? ORDER BY id LIMIT ?",
                )?
                .query_map(params![queue, max], dead_letter)?
                .collect()
        })?)
    }

    async fn redrive(&self, queue: &str, id: &str) -> Result<(), QueueError> {
        let id: i64 = id.parse().map_err(|_| QueueError::Gone)?;
        let (queue, now) = (queue.to_owned(), self.now());
        self.database
            .write(move |connection| {
                let body: Option<String> = connection
                    .prepare_cached("DELETE FROM dead_letter WHERE queue = ? AND id = ? RETURNING body")?
                    .query_row(params![queue, id], |row| row.get(0))
                    .optional()?;
                let body = body.ok_or(Undo::Refused(QueueError::Gone))?;
                Ok(insert(connection, &queue, &body, now, Duration::ZERO)?)
            })
            .await?;
        self.database.message_came.notify_waiters();
        Ok(())
    }

    async fn ready(&self, queue: &str) {
        let mut came = pin!(self.database.message_came.notified());
        // From here on a message that comes wakes us; one that came before is seen by `due`.
        came.as_mut().enable();
        let wait = match self.due(queue) {
            Ok(Some(due)) => due.since(self.now()).min(LOOK_AGAIN),
            Ok(None) => LOOK_AGAIN,
            Err(error) => {
                tracing::warn!(%error, queue, "the queue cannot be looked at");
                Duration::from_secs(1)
            }
        };
        if !wait.is_zero() {
            let _ = tokio::time::timeout(wait, came).await;
        }
    }
}

/// What a receipt says: which message, and which delivery of it.
#[derive(Clone, Copy)]
struct Delivered {
    id: i64,
    attempt: u32,
}

impl Delivered {
    fn parse(receipt: &Receipt) -> Option<Self> {
        let (id, attempt) = receipt.0.split_once(':')?;
        Some(Self { id: id.parse().ok()?, attempt: attempt.parse().ok()? })
    }

    fn receipt(self) -> Receipt {
        Receipt(format!("{}:{}", self.id, self.attempt))
    }
}

fn insert(
    connection: &Connection,
    queue: &str,
    body: &str,
    now: Timestamp,
    delay: Duration,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO message (queue, body, sent, visible, attempts, in_flight) VALUES (?, ?, ?, ?, 0, 0)",
        )?
        .execute(params![queue, body, now.millis(), now.plus(delay).millis()])?;
    Ok(())
}

fn delete(connection: &Connection, delivered: Delivered) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("DELETE FROM message WHERE id = ? AND attempts = ?")?
        .execute(params![delivered.id, delivered.attempt])
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let delivered = Delivered { id: row.get("id")?, attempt: row.get("attempts")? };
    Ok(Delivery {
        receipt: delivered.receipt(),
        body: row.get("body")?,
        attempt: delivered.attempt,
        sent: Timestamp::from_millis(row.get("sent")?),
    })
}

fn dead_letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    Ok(DeadLetter {
        id: row.get::<_, i64>("id")?.to_string(),
        body: row.get("body")?,
        attempts: row.get("attempts")?,
        reason: row.get("reason")?,
        sent: Timestamp::from_millis(row.get("sent")?),
    })
}

impl From<Failure> for QueueError {
    fn from(failure: Failure) -> Self {
        if failure.is_passing() {
            QueueError::Unavailable(failure.into())
        } else {
            QueueError::Internal(failure.into())
        }
    }
}
