//! Sends what is due, again and again until the endpoint has taken it.

use super::{sign, state};
use crate::API_VERSION;
use crate::books::{Books, Cause, Store};
use crate::model::Record;
use crate::model::event::Event;
use crate::money;
use crate::problem::Problem;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rusqlite::{OptionalExtension, params};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How many are sent at a time.
const AT_ONCE: usize = 8;
/// How long the endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the clock is looked at while something waits for it: it may be moved.
const LOOK: Duration = Duration::from_millis(100);
/// How long to wait after a failure of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// One delivery that is due.
struct Due {
    seq: i64,
    attempts: i64,
    corrupt: bool,
    event: Event,
}

/// Lets time pass and sends what is due, until it is dropped. What was on its way then is sent again after a restart.
pub(crate) async fn run(store: Arc<Store>) {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut sending = JoinSet::new();
    let mut on_their_way = HashSet::new();
    loop {
        let room = AT_ONCE - on_their_way.len();
        let busy = on_their_way.clone();
        let look = store.change(Cause::default(), move |books| {
            money::pass_time(books)?;
            Ok((due(books, room, &busy)?, waits(books)?))
        });
        let (due, waits) = match look.await {
            Ok(found) => found,
            Err(problem) => {
                tracing::warn!(problem = problem.message, "the sandbox looks again later");
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        for due in due {
            on_their_way.insert(due.seq);
            sending.spawn(send(store.clone(), client.clone(), due));
        }
        tokio::select! {
            Some(sent) = sending.join_next() => {
                if let Ok(seq) = sent {
                    on_their_way.remove(&seq);
                }
            }
            () = store.changed.notified() => {}
            () = tokio::time::sleep(LOOK), if waits => {}
        }
    }
}

/// What is due and not on its way, the oldest first.
fn due(books: &Books<'_>, room: usize, busy: &HashSet<i64>) -> Result<Vec<Due>, Problem> {
    let mut statement = books.transaction.prepare_cached(
        "select seq, event, attempts, corrupt from delivery
         where state in (?1, ?2) and due <= ?3 order by due, seq limit ?4",
    )?;
    let most = (room + busy.len()) as i64;
    let rows = statement.query_map(params![state::WAITING, state::OVERTAKEN, books.millis, most], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (seq, event, attempts, corrupt) = row?;
        if !busy.contains(&seq) && found.len() < room {
            found.push(Due { seq, attempts, corrupt, event: books.get(&event, "event")? });
        }
    }
    Ok(found)
}

/// Whether anything will be due.
fn waits(books: &Books<'_>) -> Result<bool, Problem> {
    let delivery: Option<i64> = books
        .transaction
        .prepare_cached("select seq from delivery where state in (?1, ?2) limit 1")?
        .query_row([state::WAITING, state::OVERTAKEN], |row| row.get(0))
        .optional()?;
    Ok(delivery.is_some() || books.anything_due()?)
}

/// Sends one, and writes down what came of it.
async fn send(store: Arc<Store>, client: Client<HttpConnector, Full<Bytes>>, due: Due) -> i64 {
    let answer = match request(&store, &due) {
        Ok(request) => tokio::time::timeout(PATIENCE, exchange(&client, request)).await,
        Err(error) => Ok(Err(error.to_string())),
    };
    let (taken, last) = match answer {
        Ok(Ok(status)) => (status.is_success(), status.to_string()),
        Ok(Err(error)) => (false, error),
        Err(_) => (false, "no answer in time".to_owned()),
    };
    let seq = due.seq;
    tracing::debug!(event = due.event.id, kind = due.event.what, taken, last, "a webhook was sent");
    let settled = store.change(Cause::default(), move |books| settle(books, &due, taken, &last)).await;
    if let Err(problem) = settled {
        tracing::warn!(problem = problem.message, "what came of a webhook was not written: it is sent again");
    }
    seq
}

fn request(
    store: &Store,
    due: &Due,
) -> Result<Request<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let webhook = store.settings.webhook.as_ref().ok_or("there is no endpoint")?;
    let now = (store.world.now)();
    let body = serde_json::to_vec_pretty(&due.event.json(now.div_euclid(1000)))?;
    // What is wrong is a signature of something else: as long as a right one, by every secret.
    let signed: &[u8] = if due.corrupt && due.attempts == 0 { b"{}" } else { &body };
    let signature = sign::header(&webhook.secrets, now.div_euclid(1000), signed);
    let request = Request::builder()
        .method(Method::POST)
        .uri(&webhook.url)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(header::USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature)
        .header("stripe-version", API_VERSION)
        .body(Full::new(Bytes::from(body)))?;
    Ok(request)
}

async fn exchange(
    client: &Client<HttpConnector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<http::StatusCode, String> {
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    // Read to its end, so that the connection can be used again.
    answer.into_body().collect().await.map_err(|error| error.to_string())?;
    Ok(status)
}

fn settle(books: &Books<'_>, due: &Due, taken: bool, last: &str) -> Result<(), Problem> {
    let attempts = due.attempts + 1;
    let retries =
        books.settings.webhook.as_ref().map(|webhook| webhook.retries.as_slice()).unwrap_or_default();
    let wait = usize::try_from(due.attempts).ok().and_then(|tried| retries.get(tried));
    let (state, next) = match wait {
        _ if taken => (state::DELIVERED, books.millis),
        None => (state::FAILED, books.millis),
        Some(wait) => {
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            (state::WAITING, books.millis.saturating_add(wait))
        }
    };
    books
        .transaction
        .prepare_cached("update delivery set state = ?1, due = ?2, attempts = ?3, last = ?4 where seq = ?5")?
        .execute(params![state, next, attempts, last, due.seq])?;
    if taken {
        // Whoever was to be overtaken has been.
        books
            .transaction
            .prepare_cached(
                "update delivery set state = ?1, due = min(due, ?2) where state = ?3 and seq < ?4",
            )?
            .execute(params![state::WAITING, books.millis, state::OVERTAKEN, due.seq])?;
    }
    Ok(())
}
