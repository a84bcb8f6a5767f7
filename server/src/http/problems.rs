//! What went wrong with a form that was posted without JavaScript.
//!
//! Leptos redirects to the form's page with the problem in the address (`__err`), where anybody could write:
//! a link could make the site say what its author likes. So the browser is also given a cookie that proves
//! that the problem is ours; an address without it loses its problem.

use app::api::session::cookie;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderValue, Method, Uri, header};

/// The parameters that Leptos adds: which function it was, and what went wrong.
const PARAMETERS: [&str; 2] = ["__path", "__err"];

/// Name of the cookie: the SHA-256 of the problem.
const COOKIE: &str = "form-problem";

/// Proves the problems that we made, and takes away those that we did not.
pub(super) async fn prove(request: Request, next: Next) -> Response {
    if let Some(problem) = problem(request.uri())
        && request.method() == Method::GET
        && cookie(request.headers(), COOKIE) != Some(&proof(problem))
    {
        return Redirect::to(&without_problem(request.uri())).into_response();
    }
    let mut response = next.run(request).await;
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let made = location.and_then(|location| location.parse::<Uri>().ok());
    if let Some(problem) = made.as_ref().and_then(problem) {
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=300", proof(problem));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

fn problem(address: &Uri) -> Option<&str> {
    let pairs = address.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| *name == "__err").map(|(_, problem)| problem).next()
}

fn proof(problem: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, problem.as_bytes()))
}

fn without_problem(address: &Uri) -> String {
    let theirs = |pair: &&str| !PARAMETERS.contains(&pair.split('=').next().unwrap_or_default());
    let query: Vec<&str> = address.query().unwrap_or_default().split('&').filter(theirs).collect();
    // A path that starts with two slashes would be another host.
    let path = format!("/{}", address.path().trim_start_matches('/'));
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_problem_is_taken_out_of_an_address() {
        let without = |address: &'static str| without_problem(&Uri::from_static(address));
        assert_eq!(without("/sign-in?next=/teach&__path=%2Fapi&__err=abc"), "/sign-in?next=/teach");
        assert_eq!(without("/sign-in?__err=abc&__path=x"), "/sign-in");
        assert_eq!(without("//evil.example/?__err=abc"), "/evil.example/");
    }

    #[test]
    fn a_problem_is_proved_by_its_own_cookie_alone() {
        assert_eq!(problem(&Uri::from_static("/a?x=1&__err=abc")), Some("abc"));
        assert_eq!(problem(&Uri::from_static("/a?x=__err")), None);
        assert_ne!(proof("abc"), proof("abd"));
    }
}
