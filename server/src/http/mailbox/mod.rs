//! `/dev/mail`: what the site has sent, and a sample of every mail, for developers. There is no such address where
//! mail leaves this machine, or where others reach the site ([`Config::shows_mail`](crate::config::Config::shows_mail)).

mod read;

use super::Site;
use crate::{compose, explanation};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::MessageId;
use http::{HeaderValue, StatusCode, header};
use read::Shown;
use services::mail;
use std::sync::{Arc, LazyLock};

/// The most mails that are listed.
const MOST: usize = 200;

/// Every address of the mailbox; none where it is not to be seen.
pub(super) fn router(site: &Arc<Site>) -> Router {
    if !site.config.shows_mail() {
        return Router::new();
    }
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/sent/{id}", get(sent))
        .route("/dev/mail/sent/{id}/html", get(sent_html))
        .route("/dev/mail/samples/{name}", get(sample))
        .route("/dev/mail/samples/{name}/html", get(sample_html))
        .with_state(site.clone())
}

static STYLE: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", explanation::STYLE, include_str!("page.css")));

/// What our pages may do: have these very styles, and show a mail in a frame.
static OURS: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// What a mail may do: have its inline styles, in a frame of ours. It runs and loads nothing.
const A_MAILS: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

#[derive(Template)]
#[template(path = "mailbox.html")]
struct List {
    style: &'static str,
    sent: Vec<Shown>,
    samples: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "mailbox_mail.html")]
struct OneMail {
    style: &'static str,
    address: String,
    links: Vec<String>,
    mail: Shown,
}

async fn list(State(site): State<Arc<Site>>) -> Response {
    let folder = compose::mails(&site.config);
    let sent = tokio::task::spawn_blocking(move || read::newest(&folder, MOST)).await.unwrap_or_default();
    page(List { style: &STYLE, sent, samples: samples(&site) })
}

async fn sent(State(site): State<Arc<Site>>, Path(id): Path<MessageId>) -> Response {
    one(find(&site, id).await, format!("/dev/mail/sent/{id}"))
}

async fn sent_html(State(site): State<Arc<Site>>, Path(id): Path<MessageId>) -> Response {
    html(find(&site, id).await)
}

async fn sample(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    let address = format!("/dev/mail/samples/{name}");
    one(samples(&site).into_iter().find(|sample| sample.id == name), address)
}

async fn sample_html(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    html(samples(&site).into_iter().find(|sample| sample.id == name))
}

async fn find(site: &Site, id: MessageId) -> Option<Shown> {
    let file = compose::mails(&site.config).join(format!("{id}.eml"));
    read::read(&id.to_string(), &tokio::fs::read(file).await.ok()?)
}

fn samples(site: &Site) -> Vec<Shown> {
    let samples = mail::samples(&site.config.origin()).unwrap_or_default();
    samples.into_iter().map(|(name, letter)| Shown::sample(name, letter)).collect()
}

fn one(mail: Option<Shown>, address: String) -> Response {
    match mail {
        Some(mail) => page(OneMail { style: &STYLE, address, links: mail.links(), mail }),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn page(page: impl Template) -> Response {
    match page.render() {
        Ok(text) => with_policy(Html(text).into_response(), HeaderValue::from_static(&OURS)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn html(mail: Option<Shown>) -> Response {
    match mail.and_then(|mail| mail.html) {
        Some(html) => with_policy(Html(html).into_response(), HeaderValue::from_static(A_MAILS)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn with_policy(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Links hold codes.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
