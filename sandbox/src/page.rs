//! What all pages have in common: styles, headers, and that no other site can post to them.

use crate::books::Store;
use crate::problem::Problem;
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::sync::{Arc, LazyLock};

/// The one style sheet.
pub(crate) const STYLE: &str = include_str!("page.css");

/// Nothing is loaded and nothing runs. Where forms may lead is left open: paying ends at an address of the merchant's, and
/// browsers hold `form-action` against redirects, too.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'")
});

/// A page.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    Ok((status, Html(page.render()?)).into_response())
}

/// To another page, by GET.
pub(crate) fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().extend(HeaderValue::from_str(to).map(|to| (header::LOCATION, to)));
    response
}

/// Refuses what other sites send, and says on every page what it may do.
pub(crate) async fn guard(State(store): State<Arc<Store>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match safe || is_ours(request.headers(), store.settings.origin()) {
        true => next.run(request).await,
        false => {
            let ours = store.settings.origin();
            (StatusCode::FORBIDDEN, format!("This came from another site. The sandbox is at {ours}."))
                .into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(&POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with that, browsers leave the origin out of our own forms, too.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Browsers say where a form comes from. Who says nothing at all is no browser, and nobody's cookies come along.
fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    match (headers.get(header::ORIGIN), headers.get("sec-fetch-site")) {
        (Some(from), _) => from == origin,
        (None, Some(site)) => site == "same-origin",
        (None, None) => true,
    }
}

/// A problem as people read it.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct Notice<'a> {
    pub(crate) style: &'static str,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = match self.status {
            StatusCode::NOT_FOUND => "There is no such page",
            _ => "This did not work",
        };
        let notice = Notice { style: STYLE, title, text: &self.message };
        match notice.render() {
            Ok(text) => (self.status, Html(text)).into_response(),
            Err(_) => self.status.into_response(),
        }
    }
}
