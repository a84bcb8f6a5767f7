//! Idempotency keys as Stripe treats them (API reference, "Idempotent requests").

use super::{Call, IDEMPOTENCY_KEY};
use crate::books::Books;
use crate::problem::Problem;
use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, StatusCode};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// How long an answer is kept, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// The longest key.
const LONGEST: usize = 255;

/// An answer, given now or before.
pub(super) struct Kept {
    pub(super) status: StatusCode,
    pub(super) body: String,
    pub(super) replayed: bool,
}

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=LONGEST).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::idempotency(
            StatusCode::BAD_REQUEST,
            None,
            format!("Idempotency keys have up to {LONGEST} characters."),
        )),
    }
}

/// Executes a call once for its key: whoever asks again gets the first answer. Answers and what they tell of are written
/// together.
pub(super) fn once(
    books: &Books<'_>,
    call: &Call,
    execute: impl FnOnce(&Books<'_>, &Call) -> Result<Value, Problem>,
) -> Result<Kept, Problem> {
    let Some(key) = &call.cause.idempotency_key else {
        let body = execute(books, call)?.to_string();
        return Ok(Kept { status: StatusCode::OK, body, replayed: false });
    };
    let request = fingerprint(call);
    books.transaction.execute("delete from answer where at <= ?1", [books.millis.saturating_sub(KEPT)])?;
    if let Some(kept) = find(books, key, &request)? {
        return Ok(kept);
    }
    books.transaction.execute_batch("savepoint work")?;
    let (status, body) = match execute(books, call) {
        Ok(answer) => (StatusCode::OK, answer.to_string()),
        Err(problem) if problem.begun => {
            books.transaction.execute_batch("rollback to work")?;
            (problem.status, problem.body().to_string())
        }
        Err(problem) => return Err(problem),
    };
    books.transaction.execute(
        "insert into answer (key, request, status, body, at) values (?1, ?2, ?3, ?4, ?5)",
        params![key, request, status.as_u16(), body, books.millis],
    )?;
    Ok(Kept { status, body, replayed: false })
}

fn find(books: &Books<'_>, key: &str, request: &[u8]) -> Result<Option<Kept>, Problem> {
    let kept: Option<(Vec<u8>, u16, String)> = books
        .transaction
        .query_row("select request, status, body from answer where key = ?1", [key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((known, status, body)) = kept else { return Ok(None) };
    if known != request {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        );
        return Err(Problem::idempotency(StatusCode::BAD_REQUEST, None, message));
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok(Some(Kept { status, body, replayed: true }))
}

fn fingerprint(call: &Call) -> Vec<u8> {
    let mut request = format!("{} {}\n", call.method, call.path).into_bytes();
    request.extend_from_slice(&call.parameters);
    digest(&SHA256, &request).as_ref().to_vec()
}

/// The keys whose requests run at this moment.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashSet<String>>>);

/// One of them, until it is dropped.
pub(super) struct Turn {
    running: Running,
    key: String,
}

impl Running {
    /// Takes a key, unless a request with it runs already.
    pub(super) fn begin(&self, key: &str) -> Result<Turn, Problem> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(key.to_owned()) {
            return Ok(Turn { running: self.clone(), key: key.to_owned() });
        }
        let message = format!(
            "There is currently another in-progress request using this Idempotency Key ({key}). Please try again later."
        );
        Err(Problem::idempotency(StatusCode::CONFLICT, Some("idempotency_key_in_use"), message))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
