//! The one thread that changes the file, and its group commit.

use super::Failure;
use rusqlite::Connection;
use services::clock::Clock;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// The most changes of one commit: bounds how long the first of them waits for the last.
const GROUP: usize = 512;
/// How often expired items are swept. They are absent from their moment on, swept or not.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// The most items of one sweep, so that a sweep delays nobody noticeably.
const SWEEP_ITEMS: usize = 200;

/// Why a change is not kept.
pub(crate) enum Undo<E> {
    /// It must not happen, as things are.
    Refused(E),
    /// SQLite could not do it.
    Failed(rusqlite::Error),
}

impl<E> From<rusqlite::Error> for Undo<E> {
    fn from(error: rusqlite::Error) -> Self {
        Undo::Failed(error)
    }
}

/// The writer thread. Dropping it finishes what waits, and closes the file.
pub(super) struct Writer {
    changes: Option<Sender<Box<dyn Change>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let (changes, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("stoa-writer".into())
            .spawn(move || run(connection, &waiting, &*clock))?;
        Ok(Self { changes: Some(changes), thread: Some(thread) })
    }

    pub(super) async fn write<T, E>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, Undo<E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Failure> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change = Pending { state: State::Waiting(change), answer };
        let closed = || E::from(Failure::Closed);
        self.changes.as_ref().ok_or_else(closed)?.send(Box::new(change)).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.changes = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the database writer had panicked");
        }
    }
}

/// A change on its way, whatever it returns.
trait Change: Send {
    /// Makes the change; says whether to keep it, or that SQLite could not make it.
    fn make(&mut self, connection: &Connection) -> Result<bool, Failure>;
    /// Answers, after the commit or its failure.
    fn answer(self: Box<Self>, commit: Result<(), Failure>);
}

struct Pending<F, T, E> {
    state: State<F, T, E>,
    answer: oneshot::Sender<Result<T, E>>,
}

enum State<F, T, E> {
    Waiting(F),
    Made(Result<T, E>),
    Taken,
}

impl<F, T, E> Change for Pending<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, Undo<E>> + Send,
    T: Send,
    E: From<Failure> + Send,
{
    fn make(&mut self, connection: &Connection) -> Result<bool, Failure> {
        let State::Waiting(change) = std::mem::replace(&mut self.state, State::Taken) else {
            return Ok(false);
        };
        let failed = |failure: Failure| (Err(failure.clone().into()), Err(failure));
        // A defect in one change is not to end the thread that makes everybody's. What it did until then is
        // rolled back, so nothing is seen half done.
        let (result, made) = match catch_unwind(AssertUnwindSafe(|| change(connection))) {
            Ok(Ok(value)) => (Ok(value), Ok(true)),
            Ok(Err(Undo::Refused(error))) => (Err(error), Ok(false)),
            Ok(Err(Undo::Failed(error))) => failed(error.into()),
            Err(_) => {
                tracing::error!("a change of the database panicked");
                failed(Failure::Panicked)
            }
        };
        self.state = State::Made(result);
        made
    }

    fn answer(self: Box<Self>, commit: Result<(), Failure>) {
        let result = match (commit, self.state) {
            (Ok(()), State::Made(result)) => result,
            // Also a refusal: it may have been for a change before it that is not there now.
            (Err(failure), _) => Err(failure.into()),
            (Ok(()), _) => Err(Failure::Closed.into()),
        };
        // Nobody may be waiting any more; the change is made all the same.
        let _ = self.answer.send(result);
    }
}

fn run(connection: Connection, waiting: &Receiver<Box<dyn Change>>, clock: &dyn Clock) {
    let mut last_sweep = clock.now();
    loop {
        match waiting.recv_timeout(SWEEP_EVERY) {
            Ok(change) => {
                let mut group = vec![change];
                group.extend(waiting.try_iter().take(GROUP - 1));
                commit(&connection, group);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if clock.now().since(last_sweep) >= SWEEP_EVERY {
            match crate::table::sweep(&connection, clock.now(), SWEEP_ITEMS) {
                // A full batch: there is more, but whoever waits comes first.
                Ok(swept) if swept == SWEEP_ITEMS => {}
                Ok(_) => last_sweep = clock.now(),
                Err(error) => {
                    last_sweep = clock.now();
                    tracing::warn!(%error, "expired items could not be swept");
                }
            }
        }
    }
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log stays; the next start reads it");
    }
}

/// One transaction for all of them, each in a savepoint of its own; then answers them.
fn commit(connection: &Connection, mut group: Vec<Box<dyn Change>>) {
    let group_size = group.len();
    let committed = make_all(connection, &mut group).inspect_err(|failure| {
        tracing::error!(?failure, changes = group_size, "a commit failed");
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
    });
    for change in group {
        change.answer(committed.clone());
    }
}

fn make_all(connection: &Connection, group: &mut [Box<dyn Change>]) -> Result<(), Failure> {
    let run = |sql| connection.prepare_cached(sql)?.execute([]).map(drop);
    run("BEGIN IMMEDIATE")?;
    for change in group {
        run("SAVEPOINT change")?;
        match change.make(connection) {
            Ok(true) => {}
            // After some failures (a full disk) SQLite has rolled back the whole transaction: then the whole
            // group failed.
            Err(failure) if connection.is_autocommit() => return Err(failure),
            Ok(false) | Err(_) => run("ROLLBACK TO change")?,
        }
        run("RELEASE change")?;
    }
    Ok(run("COMMIT")?)
}
