//! Security headers: on every answer, pages with a nonce for their scripts.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// For answers that are no page: they run, embed and load nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers that are not there yet.
pub(super) async fn secure(State(https): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        set_default(headers, name, value);
    }
    set_default(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    if https {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Gives the page that is being rendered its content security policy, with the nonce of its scripts.
///
/// Scripts need the nonce; what they load is trusted (`strict-dynamic`), and WebAssembly may be compiled.
/// hls.js feeds the video element and its worker from blobs. `media` is the origin of a media host, `uploads` that of a
/// bucket which takes uploads, `hosted` that of the pages that signing out leads to, `pay` that of those on which people pay.
pub(super) fn allow_page(
    reload: Option<&str>,
    media: Option<&str>,
    uploads: Option<&str>,
    hosted: Option<&str>,
    pay: Option<&str>,
) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let more = [reload, media, uploads, hosted, pay];
    let [reload, media, uploads, hosted, pay] =
        more.map(|more| more.map(|more| format!(" {more}")).unwrap_or_default());
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data: blob:{media}; media-src 'self' blob:{media}; \
         worker-src 'self' blob:; connect-src 'self'{reload}{media}{uploads}; object-src 'none'; base-uri 'none'; \
         form-action 'self'{hosted}{pay}; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
