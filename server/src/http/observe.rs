//! What is told of each request: its id, one log line, and metrics. Never a cookie, a query or a body.

use super::Site;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::id::MessageId;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use std::sync::Arc;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, answers it, and tells how that went.
pub(super) async fn observe(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let id = request.headers().get(&REQUEST_ID).filter(|id| is_plain(id)).cloned();
    let id = id.unwrap_or_else(|| fresh(&site));
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let begun = tokio::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let status = response.status().as_u16();
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    metrics::counter!("http_requests_total", "method" => method, "route" => route.to_owned(), "status" => status.to_string())
        .increment(1);
    span.in_scope(|| tracing::info!(method, route, status, ms = took.as_secs_f64() * 1000.0, "answered"));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The methods we answer; the rest is one label, so that nobody can make metrics without end.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn is_plain(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    (1..=64).contains(&id.len()) && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn fresh(site: &Site) -> HeaderValue {
    let id = MessageId::new(site.stoa.clock.now(), site.stoa.random.bits()).to_string();
    HeaderValue::from_str(&id).expect("an identifier is letters and digits")
}

/// The answer to a request whose handler panicked. The log has the cause; the id in the header finds it.
pub(super) fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("of an unknown kind"), "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, Html(include_str!("error.html"))).into_response()
}
