//! Events on their way to the endpoint. An event and its deliveries are written together with what happened, so that
//! none is lost; sending them comes after.

mod deliver;
mod sign;

pub(crate) use deliver::run;

use crate::books::Books;
use crate::faults::Fault;
use crate::model::Record;
use crate::model::event::Event;
use crate::problem::Problem;
use rusqlite::{Connection, params};
use serde_json::Value;

/// How a delivery stands.
pub(crate) mod state {
    /// It is to be sent when it is due.
    pub(crate) const WAITING: &str = "waiting";
    /// It waits for a later one to overtake it.
    pub(crate) const OVERTAKEN: &str = "overtaken";
    /// It waits for a restart.
    pub(crate) const HELD: &str = "held";
    /// It will not be sent.
    pub(crate) const DROPPED: &str = "dropped";
    /// The endpoint took it.
    pub(crate) const DELIVERED: &str = "delivered";
    /// The endpoint did not take it, as often as it was tried.
    pub(crate) const FAILED: &str = "failed";
}

/// Tells that something happened to a thing.
pub(crate) fn emit<R: Record>(books: &Books<'_>, what: &str, thing: &R) -> Result<(), Problem> {
    tell(books, what, thing.json(books.now()), None)
}

/// Tells that something changed, and what it was before.
pub(crate) fn emit_change<R: Record>(
    books: &Books<'_>,
    what: &str,
    thing: &R,
    previous: Value,
) -> Result<(), Problem> {
    tell(books, what, thing.json(books.now()), Some(previous))
}

fn tell(books: &Books<'_>, what: &str, object: Value, previous: Option<Value>) -> Result<(), Problem> {
    let endpoint = books.settings.webhook.is_some();
    let event = Event {
        id: books.id("evt_"),
        created: books.now(),
        what: what.into(),
        object,
        previous,
        request: books.cause.request.clone(),
        idempotency_key: books.cause.idempotency_key.clone(),
        endpoints: endpoint.into(),
    };
    books.put(&event)?;
    if endpoint { enqueue(books, &event.id) } else { Ok(()) }
}

/// Puts an event on its way, with the faults that strike it.
fn enqueue(books: &Books<'_>, event: &str) -> Result<(), Problem> {
    let faults = books.faults();
    let copies = if faults.strikes(Fault::Duplicate)?.is_some() { 2 } else { 1 };
    let corrupt = faults.strikes(Fault::Corrupt)?.is_some();
    let delay = faults.strikes(Fault::Delay)?.map_or(0, |rule| rule.millis);
    let reorder = faults.strikes(Fault::Reorder)?;
    let dropped = faults.strikes(Fault::Drop)?.is_some();
    let late = reorder.as_ref().map_or(0, |rule| rule.millis);
    let due = books.millis.saturating_add(delay).saturating_add(late);
    let state = match () {
        () if books.held.get() => state::HELD,
        () if dropped => state::DROPPED,
        () if reorder.is_some() => state::OVERTAKEN,
        () => state::WAITING,
    };
    for _ in 0..copies {
        insert(&books.transaction, event, state, due, corrupt)?;
    }
    Ok(())
}

/// Sends an event once more, whatever became of it, and with no fault.
pub(crate) fn resend(books: &Books<'_>, event: &Event) -> Result<(), Problem> {
    if books.settings.webhook.is_none() {
        return Err(Problem::refused(None, "There is no endpoint to send it to."));
    }
    insert(&books.transaction, &event.id, state::WAITING, books.millis, false)
}

fn insert(connection: &Connection, event: &str, state: &str, due: i64, corrupt: bool) -> Result<(), Problem> {
    connection
        .prepare_cached("insert into delivery (event, state, due, corrupt) values (?1, ?2, ?3, ?4)")?
        .execute(params![event, state, due, corrupt])?;
    Ok(())
}

/// Lets go what waited for a restart.
pub(crate) fn release(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "update delivery set state = ?1, due = ?2 where state = ?3",
        params![state::WAITING, now, state::HELD],
    )?;
    Ok(())
}

/// One delivery, as the menu of faults shows it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) last: Option<String>,
}

/// What became of an event, the oldest delivery first.
pub(crate) fn told(books: &Books<'_>, event: &str) -> Result<Vec<Told>, Problem> {
    let mut statement = books
        .transaction
        .prepare_cached("select state, attempts, last from delivery where event = ?1 order by seq")?;
    let rows = statement.query_map([event], |row| {
        Ok(Told { state: row.get(0)?, attempts: row.get(1)?, last: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
