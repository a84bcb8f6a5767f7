//! A refusal with its reasons, where `media.explain` allows it: a page for a developer's tab, JSON for who asks for
//! it. Players ask for neither, and get CloudFront's own words.

use crate::explanation;
use axum::response::{Html, IntoResponse, Json, Response};
use domain::edge::{Denied, Hints, Request, explain, other_cookies};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// The explanation as the client wants it, if it wants one.
pub(super) fn explained(request: &Request<'_>, headers: &HeaderMap, denied: Denied) -> Option<Response> {
    let form = Form::wanted(headers)?;
    let told = explain(request, Some(denied), &hints(headers));
    let body = match form {
        Form::Page => Html(explanation::page(&told)).into_response(),
        Form::Json => Json(&told).into_response(),
    };
    let status = StatusCode::from_u16(denied.refusal().status).unwrap_or(StatusCode::FORBIDDEN);
    let mut response =
        (status, [(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], body).into_response();
    let policy = HeaderValue::from_static(&explanation::CONTENT_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Some(response)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Json,
}

impl Form {
    /// What is named in `Accept`, the first of the two. `*/*` names nothing: so do players ask.
    fn wanted(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get(header::ACCEPT)?.to_str().ok()?;
        let types = accepted.split(',').filter_map(|entry| entry.split(';').next());
        types.map(str::trim).find_map(|name| match name {
            "text/html" => Some(Form::Page),
            "application/json" => Some(Form::Json),
            _ => None,
        })
    }
}

fn hints(headers: &HeaderMap) -> Hints<'_> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    Hints {
        other_cookies: other_cookies(cookies),
        host: text(header::HOST),
        fetch_site: text(HeaderName::from_static("sec-fetch-site")),
        proxied: ["x-forwarded-for", "forwarded", "via"].iter().any(|name| headers.contains_key(*name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_for_a_page_or_json_gets_an_explanation() {
        let wanted = |accept: &'static str| {
            Form::wanted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        assert_eq!(
            wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Some(Form::Page)
        );
        assert_eq!(wanted("application/json"), Some(Form::Json));
        assert_eq!(wanted("application/json;q=0.9, text/html"), Some(Form::Json));
        for players in ["*/*", "", "video/*", "application/vnd.apple.mpegurl, */*;q=0.1"] {
            assert_eq!(wanted(players), None, "{players}");
        }
        assert_eq!(Form::wanted(&HeaderMap::new()), None);
    }
}
