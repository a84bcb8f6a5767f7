//! The hosted checkout page. No script: forms and links.

mod view;

use crate::books::{Books, Cause, Store};
use crate::cards::Card;
use crate::faults::broken_answer;
use crate::form::Form;
use crate::model::charge::Charge;
use crate::model::payment::Payment;
use crate::model::session::{Session, Status};
use crate::money::{self, Attempt};
use crate::page;
use crate::problem::Problem;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use std::sync::Arc;
use view::{Checkout, Confirm, Receipt};

/// Every address of the checkout.
pub(crate) fn router(store: &Arc<Store>) -> Router {
    Router::new()
        .route("/c/pay/{id}", get(show).post(pay))
        .route("/c/pay/{id}/confirm", get(ask).post(answer))
        .route("/receipts/{id}", get(receipt))
        .layer(from_fn_with_state(store.clone(), page::guard))
        .with_state(store.clone())
}

/// Whether a receipt could be sent there: something, one `@`, a domain.
pub(crate) fn is_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let sound = |part: &str| {
        !part.is_empty() && !part.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    };
    matches!(parts.as_slice(), [name, domain] if sound(name) && sound(domain)) && text.len() <= 512
}

/// What the buyer typed.
#[derive(Debug, Default)]
struct Typed {
    card: String,
    email: String,
}

async fn show(State(store): State<Arc<Store>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let merchant = store.settings.merchant.clone();
    store
        .change(Cause::default(), move |books| {
            let session: Session = books.get(&id, "session")?;
            let last = last_try(books, &session)?;
            let page = Checkout::new(&session, &merchant, books.now(), &last.1, last.0);
            page::show(StatusCode::OK, &page)
        })
        .await
}

/// Why the last try failed, and who tried.
fn last_try(books: &Books<'_>, session: &Session) -> Result<(Problems, Typed), Problem> {
    let mut found = (Problems::default(), Typed::default());
    let Some(id) = &session.payment_intent else { return Ok(found) };
    let payment: Payment = books.get(id, "payment_intent")?;
    found.0.payment = payment.failure.map(|failure| failure.message);
    if let Some(charge) = payment.latest_charge {
        found.1.email = books.get::<Charge>(&charge, "charge")?.email;
    }
    Ok(found)
}

/// What is wrong, and where.
#[derive(Debug, Default)]
struct Problems {
    payment: Option<String>,
    card: Option<&'static str>,
    email: Option<&'static str>,
}

async fn pay(
    State(store): State<Arc<Store>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let merchant = store.settings.merchant.clone();
    store
        .change(Cause::default(), move |books| {
            let mut session: Session = books.get(&id, "session")?;
            let typed = read(&body)?;
            let mut problems = Problems::default();
            let email = session.email.clone().unwrap_or_else(|| typed.email.trim().to_owned());
            if !is_email(&email) {
                problems.email = Some("Type an email address, as in name@example.com.");
            }
            match Card::parse(&typed.card) {
                Ok(card) if problems.email.is_none() => {
                    let attempt = money::pay(books, &mut session, &card, &email)?;
                    Ok(lead_on(books, &session, attempt))
                }
                parsed => {
                    problems.card = parsed.err();
                    let page = Checkout::new(&session, &merchant, books.now(), &typed, problems);
                    page::show(StatusCode::UNPROCESSABLE_ENTITY, &page)
                }
            }
        })
        .await
}

fn read(body: &[u8]) -> Result<Typed, Problem> {
    let mut typed = Typed::default();
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "card" => typed.card = value.into_owned(),
            "email" => typed.email = value.into_owned(),
            _ => return Err(Problem::invalid(&*name, format!("Received unknown parameter: {name}"))),
        }
    }
    Ok(typed)
}

async fn ask(State(store): State<Arc<Store>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let merchant = store.settings.merchant.clone();
    store
        .change(Cause::default(), move |books| {
            let session: Session = books.get(&id, "session")?;
            match money::challenged(books, &session)? {
                Some(_) => page::show(StatusCode::OK, &Confirm::new(&session, &merchant)),
                None => Ok(page::see_other(&session.url)),
            }
        })
        .await
}

async fn answer(
    State(store): State<Arc<Store>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    store
        .change(Cause::default(), move |books| {
            let mut session: Session = books.get(&id, "session")?;
            let mut form = Form::parse(&body)?;
            let answer =
                form.one_of("answer", &["confirm", "refuse"])?.ok_or_else(|| form.absent("answer"))?;
            form.done()?;
            let attempt = match answer.as_str() {
                "confirm" => money::authenticated(books, &mut session)?,
                _ => money::unauthenticated(books, &session)?,
            };
            Ok(lead_on(books, &session, attempt))
        })
        .await
}

/// Where the browser goes from here.
fn lead_on(books: &Books<'_>, session: &Session, attempt: Attempt) -> Response {
    match attempt {
        Attempt::Paid if books.held.get() => broken_answer(),
        Attempt::Paid => page::see_other(&success_url(session)),
        Attempt::ToConfirm => page::see_other(&format!("{}/confirm", session.url)),
        Attempt::Declined | Attempt::Closed => page::see_other(&session.url),
    }
}

/// The merchant's address, told which session it is about.
fn success_url(session: &Session) -> String {
    session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id)
}

async fn receipt(State(store): State<Arc<Store>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let merchant = store.settings.merchant.clone();
    store
        .change(Cause::default(), move |books| {
            let charge: Charge = books.get(&id, "charge")?;
            if charge.failure.is_some() {
                return Err(Problem::missing("receipt", &id, "id"));
            }
            page::show(StatusCode::OK, &Receipt::new(&charge, &merchant))
        })
        .await
}

/// Whether the page still takes money.
fn is_open(session: &Session, now: i64) -> bool {
    session.status == Status::Open && now < session.expires
}
