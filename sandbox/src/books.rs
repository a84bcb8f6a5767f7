//! The one file that everything is kept in, and the one way to change it: a transaction.

use crate::faults::Faults;
use crate::model::Record;
use crate::problem::Problem;
use crate::settings::{Settings, World};
use crate::webhooks;
use rusqlite::{Connection, OptionalExtension, ToSql, Transaction, TransactionBehavior, params};
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Records are JSON documents, found by their id, their kind, or what they belong to.
const SCHEMA: &str = "
    create table if not exists record (
        seq integer primary key,
        kind text not null,
        id text not null unique,
        created integer not null,
        due integer,
        body text not null
    );
    create index if not exists record_by_kind on record (kind, seq);
    create index if not exists record_by_due on record (due) where due is not null;
    create index if not exists record_by_payment on record (kind, json_extract(body, '$.payment_intent'));
    create index if not exists record_by_charge on record (kind, json_extract(body, '$.charge'));
    create table if not exists delivery (
        seq integer primary key,
        event text not null,
        state text not null,
        due integer not null,
        attempts integer not null default 0,
        corrupt integer not null default 0,
        last text
    );
    create index if not exists delivery_by_due on delivery (state, due);
    create index if not exists delivery_by_event on delivery (event);
    create table if not exists answer (
        key text primary key,
        request blob not null,
        status integer not null,
        body text not null,
        at integer not null
    ) without rowid;
    create table if not exists fault (
        name text primary key,
        chance real not null,
        times integer,
        millis integer not null,
        seed integer not null,
        drawn integer not null
    ) without rowid;
";

/// What is kept.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
    pub(crate) settings: Settings,
    pub(crate) world: World,
    /// Told after every change: there may be something to send.
    pub(crate) changed: Notify,
}

/// Who asked for a change, for the events that follow from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    pub(crate) request: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

impl Store {
    pub(crate) fn open(settings: Settings, world: World) -> rusqlite::Result<Arc<Self>> {
        let connection = Connection::open(&settings.store)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.execute_batch(SCHEMA)?;
        webhooks::release(&connection, (world.now)())?;
        Ok(Arc::new(Self { connection: Mutex::new(connection), settings, world, changed: Notify::new() }))
    }

    /// Does something with what is kept; all of it, or nothing where it fails.
    pub(crate) async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        cause: Cause,
        change: impl FnOnce(&Books<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || {
            // A panic rolled its own change back, and left nothing half done.
            let mut connection = store.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let now = (store.world.now)();
            let held = Cell::new(false);
            let books = Books {
                transaction,
                world: &store.world,
                settings: &store.settings,
                millis: now,
                cause,
                held,
            };
            let before = books.transaction.total_changes();
            let done = change(&books)?;
            let changed = books.transaction.total_changes() != before;
            books.transaction.commit()?;
            if changed {
                store.changed.notify_one();
            }
            Ok(done)
        })
        .await?
    }
}

/// What is kept, within one change.
pub(crate) struct Books<'a> {
    pub(crate) transaction: Transaction<'a>,
    pub(crate) world: &'a World,
    pub(crate) settings: &'a Settings,
    /// When, in milliseconds.
    pub(crate) millis: i64,
    pub(crate) cause: Cause,
    /// Whether events of this change wait for a restart.
    pub(crate) held: Cell<bool>,
}

/// Which records are asked for, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Fields and what they have to be; one of several.
    pub(crate) fields: Vec<(&'static str, Vec<String>)>,
    /// Comparisons of the moment they were made: an operator of SQL and seconds.
    pub(crate) created: Vec<(&'static str, i64)>,
    /// Older than this one.
    pub(crate) after: Option<String>,
    /// Newer than this one; then the nearest.
    pub(crate) before: Option<String>,
}

impl Filter {
    /// Only those whose field is this, where something is given.
    pub(crate) fn equal(&mut self, field: &'static str, value: Option<String>) {
        self.fields.extend(value.map(|value| (field, vec![value])));
    }

    /// Only those whose field is one of these, where any is given.
    pub(crate) fn any_of(&mut self, field: &'static str, values: Vec<String>) {
        if !values.is_empty() {
            self.fields.push((field, values));
        }
    }
}

impl Books<'_> {
    /// When, in seconds.
    pub(crate) fn now(&self) -> i64 {
        self.millis.div_euclid(1000)
    }

    /// A fresh identifier.
    pub(crate) fn id(&self, prefix: &str) -> String {
        self.world.id(prefix, 24)
    }

    /// Keeps a record as it is now.
    pub(crate) fn put<R: Record>(&self, record: &R) -> Result<(), Problem> {
        let body = serde_json::to_string(record)?;
        self.transaction
            .prepare_cached(
                "insert into record (kind, id, created, due, body) values (?1, ?2, ?3, ?4, ?5)
             on conflict (id) do update set due = excluded.due, body = excluded.body",
            )?
            .execute(params![R::KIND, record.id(), record.created(), record.due(), body])?;
        Ok(())
    }

    /// A record by its id.
    pub(crate) fn find<R: Record>(&self, id: &str) -> Result<Option<R>, Problem> {
        let body: Option<String> = self
            .transaction
            .prepare_cached("select body from record where id = ?1 and kind = ?2")?
            .query_row([id, R::KIND], |row| row.get(0))
            .optional()?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// A record that has to be there; if not, the parameter that named it was wrong.
    pub(crate) fn get<R: Record>(&self, id: &str, param: &str) -> Result<R, Problem> {
        self.find(id)?.ok_or_else(|| Problem::missing(R::KIND, id, param))
    }

    /// Records and whether there are more.
    pub(crate) fn list<R: Record>(&self, filter: &Filter, limit: usize) -> Result<(Vec<R>, bool), Problem> {
        let mut sql = "select body from record where kind = ?".to_owned();
        let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(R::KIND)];
        for (field, wanted) in &filter.fields {
            let marks = vec!["?"; wanted.len()].join(", ");
            sql += &format!(" and json_extract(body, '$.{field}') in ({marks})");
            for value in wanted {
                values.push(Box::new(value.clone()));
            }
        }
        for (operator, seconds) in &filter.created {
            sql += &format!(" and created {operator} ?");
            values.push(Box::new(*seconds));
        }
        for (cursor, sign, param) in
            [(&filter.after, '<', "starting_after"), (&filter.before, '>', "ending_before")]
        {
            if let Some(id) = cursor {
                self.get::<R>(id, param)?;
                sql += &format!(" and seq {sign} (select seq from record where id = ?)");
                values.push(Box::new(id.clone()));
            }
        }
        let backwards = filter.before.is_some();
        sql += if backwards { " order by seq asc limit ?" } else { " order by seq desc limit ?" };
        values.push(Box::new(limit.saturating_add(1) as i64));
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(0))?;
        let mut records = Vec::new();
        for body in rows {
            records.push(serde_json::from_str(&body?)?);
        }
        let more = records.len() > limit;
        records.truncate(limit);
        if backwards {
            records.reverse();
        }
        Ok((records, more))
    }

    /// Ids and kinds of what will happen by itself and should have by now.
    pub(crate) fn due(&self) -> Result<Vec<(String, String)>, Problem> {
        let mut statement = self
            .transaction
            .prepare_cached("select kind, id from record where due <= ?1 order by due limit 100")?;
        let rows = statement.query_map([self.now()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether anything will happen by itself.
    pub(crate) fn anything_due(&self) -> Result<bool, Problem> {
        let sql = "select exists (select 1 from record where due is not null)";
        Ok(self.transaction.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// The faults that somebody wished for.
    pub(crate) fn faults(&self) -> Faults<'_> {
        Faults::new(&self.transaction)
    }
}
