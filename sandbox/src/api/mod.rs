//! The part of Stripe's API that Stoa uses (API reference): which requests there are, and what goes on around each.

mod coupons;
mod expand;
mod idempotency;
mod list;
mod refunds;
mod sessions;

use crate::books::{Books, Cause, Store};
use crate::faults::{Fault, broken_answer};
use crate::form::Form;
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::coupon::Coupon;
use crate::model::dispute::Dispute;
use crate::model::event::Event;
use crate::model::movement::Movement;
use crate::model::payment::Payment;
use crate::model::refund::Refund;
use crate::model::session::Session;
use crate::problem::Problem;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use idempotency::{Kept, Running};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The most bytes a request may have.
const BODY: usize = 1024 * 1024;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// What every request needs.
#[derive(Clone)]
struct Api {
    store: Arc<Store>,
    running: Running,
}

/// Everything below `/v1/`.
pub(crate) fn router(store: &Arc<Store>) -> Router {
    let api = Api { store: store.clone(), running: Running::default() };
    Router::new().route("/v1/{*path}", any(answer)).with_state(api)
}

/// A request that has been read.
struct Call {
    method: Method,
    path: String,
    /// The parameters as they were sent, in the query or in the body.
    parameters: Vec<u8>,
    cause: Cause,
}

/// Answers, with what goes wrong on the way.
async fn answer(State(api): State<Api>, request: Request) -> Response {
    let id = api.store.world.id("req_", 14);
    let mut response = match api.faulty(request, &id).await {
        Ok(response) => response,
        Err(problem) => json(problem.status, &problem.body().to_string()),
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(&id).map(|id| (REQUEST_ID, id)));
    headers.insert(VERSION, HeaderValue::from_static(crate::API_VERSION));
    response
}

impl Api {
    async fn faulty(&self, request: Request, id: &str) -> Result<Response, Problem> {
        let strikes = |books: &Books<'_>| {
            let faults = books.faults();
            let before = [Fault::Outage, Fault::Disconnect, Fault::RateLimit];
            let struck = before.map(|fault| faults.strikes(fault).map(|rule| rule.map(|_| fault)));
            let [outage, disconnect, limit] = struck;
            let instead = outage?.or(disconnect?).or(limit?);
            Ok((faults.strikes(Fault::Slow)?, instead, faults.strikes(Fault::LoseAnswer)?.is_some()))
        };
        let (slow, instead, lose) = self.store.change(Cause::default(), strikes).await?;
        let key = idempotency::key(request.headers())?.filter(|_| request.method() == Method::POST);
        // Held while the request runs, however slow it is: that is what a second one with the same key meets.
        let _running = key.as_ref().map(|key| self.running.begin(key)).transpose()?;
        if let Some(rule) = slow {
            tokio::time::sleep(Duration::from_millis(rule.millis.unsigned_abs())).await;
        }
        match instead {
            Some(Fault::Disconnect) => return Ok(broken_answer()),
            Some(Fault::RateLimit) => return Err(Problem::rate_limited()),
            Some(_) => {
                return Err(Problem::unavailable("Stripe is not available, as the menu of faults wishes."));
            }
            None => {}
        }
        let response = self.served(request, Cause { request: Some(id.into()), idempotency_key: key }).await?;
        Ok(if lose { broken_answer() } else { response })
    }

    async fn served(&self, request: Request, cause: Cause) -> Result<Response, Problem> {
        authenticate(request.headers(), &self.store.settings.secret_key)?;
        check_version(request.headers())?;
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY).await.map_err(|_| {
            Problem::request(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The request is too large, or was not sent whole.",
            )
        })?;
        let parameters = match parts.method {
            Method::POST => body.to_vec(),
            _ => parts.uri.query().unwrap_or_default().as_bytes().to_vec(),
        };
        let path = parts.uri.path().split_once("/v1/").map_or("", |(_, path)| path).to_owned();
        let call = Call { method: parts.method, path, parameters, cause: cause.clone() };
        let kept = self.store.change(cause, move |books| idempotency::once(books, &call, execute)).await?;
        Ok(respond(&kept))
    }
}

/// The table of requests.
fn execute(books: &Books<'_>, call: &Call) -> Result<Value, Problem> {
    let form = Form::parse(&call.parameters)?;
    let path: Vec<&str> = call.path.split('/').collect();
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match path.as_slice() {
        ["checkout", "sessions"] if post => sessions::create(books, form),
        ["checkout", "sessions"] if get => {
            list::list::<Session>(books, form, "checkout/sessions", &["payment_intent"])
        }
        ["checkout", "sessions", id] if get => retrieve::<Session>(books, form, id, "session"),
        ["checkout", "sessions", id, "expire"] if post => sessions::expire(books, form, id),
        ["checkout", "sessions", id, "line_items"] if get => sessions::line_items(books, form, id),
        ["coupons"] if post => coupons::create(books, form),
        ["coupons"] if get => list::list::<Coupon>(books, form, "coupons", &[]),
        ["coupons", id] if get => retrieve::<Coupon>(books, form, id, "coupon"),
        ["payment_intents"] if get => list::list::<Payment>(books, form, "payment_intents", &[]),
        ["payment_intents", id] if get => retrieve::<Payment>(books, form, id, "intent"),
        ["charges"] if get => list::list::<Charge>(books, form, "charges", &["payment_intent"]),
        ["charges", id] if get => retrieve::<Charge>(books, form, id, "id"),
        ["refunds"] if post => refunds::create(books, form),
        ["refunds"] if get => list::list::<Refund>(books, form, "refunds", &["payment_intent", "charge"]),
        ["refunds", id] if get => retrieve::<Refund>(books, form, id, "refund"),
        ["disputes"] if get => list::list::<Dispute>(books, form, "disputes", &["payment_intent", "charge"]),
        ["disputes", id] if get => retrieve::<Dispute>(books, form, id, "dispute"),
        ["balance_transactions"] if get => {
            list::list::<Movement>(books, form, "balance_transactions", &["source", "currency", "type"])
        }
        ["balance_transactions", id] if get => retrieve::<Movement>(books, form, id, "id"),
        ["events"] if get => list::list::<Event>(books, form, "events", &["type", "types"]),
        ["events", id] if get => retrieve::<Event>(books, form, id, "id"),
        _ => Err(Problem::request(
            StatusCode::NOT_FOUND,
            format!(
                "Unrecognized request URL ({}: /v1/{}). The sandbox has no such request.",
                call.method, call.path
            ),
        )),
    }
}

fn retrieve<R: Record>(books: &Books<'_>, mut form: Form, id: &str, param: &str) -> Result<Value, Problem> {
    let expand = form.texts("expand")?;
    form.done()?;
    let record: R = books.get(id, param)?;
    expand::expanded(books, record.json(books.now()), &expand)
}

/// Whoever asks has to know the key.
fn authenticate(headers: &HeaderMap, key: &str) -> Result<(), Problem> {
    let said = headers.get(header::AUTHORIZATION).and_then(|said| said.to_str().ok());
    let Some(said) = said.and_then(|said| said.strip_prefix("Bearer ")) else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, \
                       using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
        return Err(Problem::request(StatusCode::UNAUTHORIZED, message));
    };
    match aws_lc_rs::constant_time::verify_slices_are_equal(said.trim().as_bytes(), key.as_bytes()) {
        Ok(()) => Ok(()),
        Err(_) => Err(Problem::request(StatusCode::UNAUTHORIZED, "Invalid API Key provided")),
    }
}

/// There is one version. Who asks for none gets it.
fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(VERSION) {
        Some(version) if version != crate::API_VERSION => Err(Problem::request(
            StatusCode::BAD_REQUEST,
            format!("Invalid Stripe API version. The sandbox has {} only.", crate::API_VERSION),
        )),
        _ => Ok(()),
    }
}

fn respond(kept: &Kept) -> Response {
    let mut response = json(kept.status, &kept.body);
    if kept.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn json(status: StatusCode, body: &str) -> Response {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
