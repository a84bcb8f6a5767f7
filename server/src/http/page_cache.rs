//! Keeps the pages that every visitor sees alike, for some seconds.
//!
//! Rendering a page takes half a millisecond of processor time, handing out a kept one a few microseconds. A
//! page is kept for those who are not signed in alone, and as long as [`Kept`] says.

use app::api::session::cookie;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::account::Actor;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use services::Stoa;
use services::clock::Random;
use services::kept::{AsOf, Kept};
use std::sync::Arc;

/// The most bytes of all pages together: some 1,500 of them.
const CAPACITY: u64 = 64 << 20;

/// Larger pages are not kept.
const MAX_PAGE: usize = 1 << 20;

/// Pages as they were rendered.
#[derive(Clone)]
pub(super) struct PageCache {
    pages: Kept<Key, Arc<Page>>,
    random: Arc<dyn Random>,
}

/// What a visitor's page depends on beside the records.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    theme: Option<String>,
}

/// A page, cut where its nonce stood: each answer gets a nonce of its own.
struct Page {
    headers: HeaderMap,
    /// The content security policy, cut likewise.
    policy: Vec<String>,
    pieces: Vec<Bytes>,
}

impl PageCache {
    pub(super) fn new(stoa: &Stoa) -> Self {
        let size = |key: &Key, page: &Arc<Page>| key.address.len() + page.size();
        Self {
            pages: Kept::new(stoa.revision.clone(), stoa.clock.clone(), 1_500, CAPACITY, size),
            random: stoa.random.clone(),
        }
    }

    fn fresh(&self, key: &Key) -> Option<Response> {
        Some(self.pages.get(key)?.answer(&self.nonce()))
    }

    /// Keeps an answer, if it is one to keep; gives it back as it was.
    async fn keep(&self, key: Key, as_of: AsOf, response: Response) -> Response {
        let personal = response.headers().contains_key(header::SET_COOKIE);
        let nonce = nonce_of(response.headers());
        let (StatusCode::OK, false, Some(nonce)) = (response.status(), personal, nonce) else {
            return response;
        };
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if body.len() <= MAX_PAGE {
            let policy =
                parts.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
            let policy = policy.unwrap_or_default().split(&*nonce).map(str::to_owned).collect();
            let mut headers = parts.headers.clone();
            headers.remove(header::CONTENT_SECURITY_POLICY);
            headers.remove(header::CONTENT_LENGTH);
            let page = Page { headers, policy, pieces: cut(&body, nonce.as_bytes()) };
            self.pages.keep(key, Arc::new(page), as_of);
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// 128 random bits, as Leptos makes its nonces.
    fn nonce(&self) -> String {
        let mut bits = [0; 16];
        self.random.fill(&mut bits);
        STANDARD_NO_PAD.encode(bits)
    }
}

impl Page {
    fn size(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    fn answer(&self, nonce: &str) -> Response {
        let mut body = Vec::with_capacity(self.size() + self.pieces.len() * nonce.len());
        for (n, piece) in self.pieces.iter().enumerate() {
            if n > 0 {
                body.extend_from_slice(nonce.as_bytes());
            }
            body.extend_from_slice(piece);
        }
        let mut response = Response::new(Body::from(body));
        *response.headers_mut() = self.headers.clone();
        if let Ok(policy) = HeaderValue::from_str(&self.policy.join(nonce)) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// Answers visitors from the cache where it can.
pub(super) async fn serve(State(cache): State<PageCache>, request: Request, next: Next) -> Response {
    let Some(key) = key(&request) else { return next.run(request).await };
    if let Some(response) = cache.fresh(&key) {
        return response;
    }
    let as_of = cache.pages.as_of();
    let response = next.run(request).await;
    cache.keep(key, as_of, response).await
}

/// The key of a page that every visitor sees alike; `None` for all other requests.
fn key(request: &Request) -> Option<Key> {
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let public = matches!(path, "/" | "/courses") || path.starts_with("/courses/");
    let visitor = request.extensions().get::<Actor>() == Some(&Actor::Anonymous);
    // A query with `__` is Leptos's: what became of a form.
    if request.method() != Method::GET || !public || !visitor || query.contains("__") {
        return None;
    }
    let address = format!("{path}?{query}");
    Some(Key { address, theme: cookie(request.headers(), "theme").map(str::to_owned) })
}

fn nonce_of(headers: &HeaderMap) -> Option<String> {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (nonce, _) = policy.split_once("'nonce-")?.1.split_once('\'')?;
    (nonce.len() >= 16).then(|| nonce.to_owned())
}

/// The parts of a text around every place where `mark` stands.
fn cut(text: &Bytes, mark: &[u8]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at + mark.len() <= text.len() {
        if text[at] == mark[0] && &text[at..at + mark.len()] == mark {
            pieces.push(text.slice(from..at));
            at += mark.len();
            from = at;
        } else {
            at += 1;
        }
    }
    pieces.push(text.slice(from..));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_and_joining_puts_a_new_nonce_where_the_old_one_was() {
        let cut = |text: &'static str| {
            cut(&Bytes::from_static(text.as_bytes()), b"NONCE")
                .iter()
                .map(|piece| piece.to_vec())
                .collect::<Vec<_>>()
        };
        assert_eq!(cut("aNONCEbNONCENONCE"), [b"a".to_vec(), b"b".to_vec(), vec![], vec![]]);
        assert_eq!(cut("NONC"), [b"NONC".to_vec()]);
        assert_eq!(cut(""), [Vec::<u8>::new()]);
    }
}
