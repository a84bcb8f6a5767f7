//! What can be asked of the menu. Forms and JSON are read alike; who sent a form is led back to the page, the others get
//! JSON.

use super::rules::{Fault, Rule};
use super::view;
use crate::books::{Books, Cause, Store};
use crate::form::Form;
use crate::model::Record;
use crate::model::charge::Charge;
use crate::model::dispute::Dispute;
use crate::model::event::Event;
use crate::money::{self, RefundWish};
use crate::page;
use crate::problem::Problem;
use crate::webhooks;
use axum::extract::{FromRequest, Path, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a fault takes that does not say, in milliseconds.
const A_MOMENT: i64 = 2000;
/// The longest: an hour.
const LONGEST: i64 = 60 * 60 * 1000;

/// Every address of the menu.
pub(crate) fn router(store: &Arc<Store>) -> Router {
    Router::new()
        .route("/faults", get(menu))
        .route("/faults/rules", get(rules).delete(clear_all))
        .route("/faults/rules/{name}", post(set).put(set).delete(clear))
        .route("/faults/rules/{name}/clear", post(clear))
        .route("/faults/clear", post(clear_all))
        .route("/faults/actions", post(act))
        .layer(from_fn_with_state(store.clone(), page::guard))
        .with_state(store.clone())
}

/// What was sent, and how to answer.
struct Sent {
    pairs: Vec<(String, String)>,
    json: bool,
}

impl Sent {
    fn form(self) -> Result<Form, Problem> {
        Form::from_pairs(self.pairs.into_iter())
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        if form {
            // Fields that were left empty are not meant.
            let pairs = form_urlencoded::parse(&body).into_owned().filter(|(_, value)| !value.is_empty());
            return Ok(Self { pairs: pairs.collect(), json: false });
        }
        let text = if body.is_empty() { b"{}" } else { &*body };
        let fields: Map<String, Value> = serde_json::from_slice(text)
            .map_err(|error| refusal(&Problem::request(StatusCode::BAD_REQUEST, error.to_string())))?;
        let pairs = fields.into_iter().filter(|(_, value)| !value.is_null());
        let pairs = pairs.map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        });
        Ok(Self { pairs: pairs.collect(), json: true })
    }
}

fn refusal(problem: &Problem) -> Response {
    (problem.status, Json(problem.body())).into_response()
}

/// JSON for who sent JSON; back to the page, or a page that says what is wrong, for browsers.
fn answered(store: &Store, json: bool, place: &str, done: Result<Value, Problem>) -> Response {
    match done {
        Ok(value) if json => Json(value).into_response(),
        Ok(_) => page::see_other(&format!("{}/faults#{place}", store.settings.address)),
        Err(problem) if json => refusal(&problem),
        Err(problem) => problem.into_response(),
    }
}

async fn menu(State(store): State<Arc<Store>>) -> Result<Response, Problem> {
    store.change(Cause::default(), |books| page::show(StatusCode::OK, &view::Menu::new(books)?)).await
}

async fn rules(State(store): State<Arc<Store>>) -> Response {
    let found = store.change(Cause::default(), |books| {
        let mut rules = Map::new();
        for (name, fault, _) in Fault::ALL {
            rules.insert(name.into(), books.faults().find(fault)?.map_or(Value::Null, |rule| rule.json()));
        }
        Ok(Value::Object(rules))
    });
    answered(&store, true, "rules", found.await)
}

async fn set(State(store): State<Arc<Store>>, Path(name): Path<String>, sent: Sent) -> Response {
    let json = sent.json;
    let done = store.change(Cause::default(), move |books| {
        let fault = fault(&name)?;
        let rule = rule(sent.form()?)?;
        books.faults().set(fault, &rule)?;
        Ok(rule.json())
    });
    answered(&store, json, "rules", done.await)
}

async fn clear(State(store): State<Arc<Store>>, Path(name): Path<String>, sent: Sent) -> Response {
    let json = sent.json;
    let done = store.change(Cause::default(), move |books| {
        books.faults().clear(fault(&name)?)?;
        Ok(json!({}))
    });
    answered(&store, json, "rules", done.await)
}

async fn clear_all(State(store): State<Arc<Store>>, sent: Sent) -> Response {
    let done = store.change(Cause::default(), |books| {
        books.faults().clear_all()?;
        Ok(json!({}))
    });
    answered(&store, sent.json, "rules", done.await)
}

fn fault(name: &str) -> Result<Fault, Problem> {
    Fault::parse(name).ok_or_else(|| Problem::missing("fault", name, "name"))
}

fn rule(mut form: Form) -> Result<Rule, Problem> {
    let chance = form.text("chance")?.map_or(Ok(1.0), |text| text.parse::<f64>().map_err(|_| text));
    let chance = chance.ok().filter(|chance| (0.0..=1.0).contains(chance));
    let times = form.integer("times")?;
    let millis = form.integer("millis")?.unwrap_or(A_MOMENT);
    let seed = form.integer("seed")?.unwrap_or(0);
    form.done()?;
    let chance = chance.ok_or_else(|| Problem::invalid("chance", "The chance is a number from 0 to 1."))?;
    if times.is_some_and(|times| times < 0) {
        return Err(Problem::invalid("times", "How many times is a whole number from 0."));
    }
    if !(0..=LONGEST).contains(&millis) {
        return Err(Problem::invalid(
            "millis",
            format!("The milliseconds are a whole number from 0 to {LONGEST}."),
        ));
    }
    Ok(Rule { chance, times, millis, seed, drawn: 0 })
}

async fn act(State(store): State<Arc<Store>>, sent: Sent) -> Response {
    let json = sent.json;
    let mut place = "payments";
    if sent.pairs.iter().any(|(name, value)| name == "action" && (value == "resend" || value == "restart")) {
        place = "events";
    }
    let done = store.change(Cause::default(), move |books| {
        let mut form = sent.form()?;
        let done = action(books, &mut form)?;
        form.done()?;
        Ok(done)
    });
    answered(&store, json, place, done.await)
}

fn action(books: &Books<'_>, form: &mut Form) -> Result<Value, Problem> {
    let now = books.now();
    match form.required("action")?.as_str() {
        "resend" => {
            let event: Event = books.get(&form.required("event")?, "event")?;
            webhooks::resend(books, &event)?;
            Ok(event.json(now))
        }
        "restart" => {
            webhooks::release(&books.transaction, books.millis)?;
            Ok(json!({}))
        }
        "dispute" => {
            let charge: Charge = books.get(&form.required("charge")?, "charge")?;
            Ok(money::open_dispute(books, charge, "fraudulent")?.json(now))
        }
        "close" => {
            let dispute: Dispute = books.get(&form.required("dispute")?, "dispute")?;
            let outcome = form.one_of("outcome", &["won", "lost"])?.ok_or_else(|| form.absent("outcome"))?;
            Ok(money::close_dispute(books, dispute, outcome == "won")?.json(now))
        }
        "refund" => {
            let charge: Charge = books.get(&form.required("charge")?, "charge")?;
            let amount = form.integer("amount")?;
            let wish = RefundWish { amount, reason: None, metadata: BTreeMap::new() };
            Ok(money::refund(books, charge, wish)?.json(now))
        }
        other => Err(Problem::invalid("action", format!("There is no such action: {other}"))),
    }
}
