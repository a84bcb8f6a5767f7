//! Files of the site: the client bundle, and what lies in `public`.

use super::{Site, pages, session};
use crate::config::Config;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The names of the bundle's files hold a hash of their content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The names of other files stay when they change.
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Bytes of a file's name on the file systems that there are (`NAME_MAX`), compressed ones' endings left out.
const LONGEST_NAME: usize = 255 - ".br".len();

/// Bytes below our folder; a whole path may have 4,096 (`PATH_MAX`).
const LONGEST_PATH: usize = 2048;

/// The client bundle, compressed when it was built.
pub(super) fn packages(config: &Config) -> Router {
    let files = ServeDir::new(config.site_dir.join("pkg")).precompressed_br().precompressed_gzip();
    // While developing, names hold no hash.
    let caching = if cfg!(debug_assertions) { HeaderValue::from_static("no-cache") } else { IMMUTABLE };
    Router::new()
        .fallback_service(files)
        .layer(from_fn(|request: Request, next: Next| async move {
            match is_name_of_a_file(request.uri().path()) {
                true => next.run(request).await,
                false => StatusCode::NOT_FOUND.into_response(),
            }
        }))
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
        .fallback(not_found.clone());
    let no_file = from_fn(move |request: Request, next: Next| {
        let not_found = not_found.clone();
        async move {
            match is_name_of_a_file(request.uri().path()) {
                true => next.run(request).await,
                false => not_found.oneshot(request).await.into_response(),
            }
        }
    });
    Router::new()
        .fallback_service(files)
        .layer(no_file)
        .layer(map_response(|response| cached(response, SHORT)))
}

/// Whether a file can have this path. The disk is not asked for others: its refusal would look like a defect.
fn is_name_of_a_file(path: &str) -> bool {
    !path.contains("%00")
        && path.len() <= LONGEST_PATH
        && path.split('/').all(|part| part.len() <= LONGEST_NAME)
}

async fn cached(mut response: Response, caching: HeaderValue) -> Response {
    if response.status().is_success() {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(caching);
    }
    response
}
