//! Files of the site: the client bundle, and what lies in `public`.

use super::{Site, pages, session};
use crate::config::Config;
use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use http::{HeaderValue, header};
use std::sync::Arc;
use tower_http::services::ServeDir;

/// The names of the bundle's files hold a hash of their content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The names of other files stay when they change.
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The client bundle, compressed when it was built.
pub(super) fn packages(config: &Config) -> Router {
    let files = ServeDir::new(config.site_dir.join("pkg")).precompressed_br().precompressed_gzip();
    // While developing, names hold no hash.
    let caching = if cfg!(debug_assertions) { HeaderValue::from_static("no-cache") } else { IMMUTABLE };
    Router::new()
        .fallback_service(files)
        .layer(map_response(move |response| cached(response, caching.clone())))
}

/// Everything else: a file, or the page that says that nothing is there.
pub(super) fn files(site: &Arc<Site>) -> Router {
    let not_found = pages::not_found(site).layer(from_fn_with_state(site.clone(), session::resume));
    let files = ServeDir::new(&site.config.site_dir)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    Router::new().fallback_service(files).layer(map_response(|response| cached(response, SHORT)))
}

async fn cached(mut response: Response, caching: HeaderValue) -> Response {
    if response.status().is_success() {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(caching);
    }
    response
}
