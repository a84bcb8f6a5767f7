//! Pages and calls: the app, rendered here.

use super::page_cache::{self, PageCache};
use super::{Site, body_limit, headers, problems};
use app::{ClientBundle, SiteSettings};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use http::StatusCode;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Brotli beyond this costs more time than it saves on the wire.
const QUALITY: CompressionLevel = CompressionLevel::Precise(4);

/// Every page and every server function.
pub(super) fn router(site: &Site) -> Router {
    let options = options(site);
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let cache = PageCache::new(&site.stoa);
    let patience = Duration::from_secs(site.config.http.request_seconds);
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(app::App), context(site, &options), shell)
        .layer(from_fn_with_state(cache, page_cache::serve))
        .layer(from_fn(problems::prove))
        .layer(from_fn(body_limit::check))
        // Ours is the only limit: axum's own is too small for captions.
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience))
        .layer(compression())
        .with_state(options)
}

/// The page that says that nothing is there.
pub(super) fn not_found(site: &Site) -> Router {
    let options = options(site);
    let context = context(site, &options);
    let render =
        leptos_axum::render_app_async_stream_with_context(context, move || app::shell(options.clone()));
    let handler = move |request: Request| {
        let render = render.clone();
        async move {
            let mut response: Response = render(request).await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    };
    Router::new().fallback(handler).layer(compression())
}

fn compression() -> CompressionLayer {
    CompressionLayer::new().quality(QUALITY)
}

/// What pages and server functions find in context, beside the request.
fn context(site: &Site, options: &LeptosOptions) -> impl Fn() + Clone + Send + Sync + 'static {
    let bundle = Arc::new(ClientBundle::new(options, hashes(options).as_deref()));
    let settings = SiteSettings { https: site.config.https(), bundle };
    let reload =
        watched().then(|| format!("ws://localhost:{port} ws://127.0.0.1:{port}", port = options.reload_port));
    let (media, uploads) = (site.config.media.url.clone(), site.uploads.clone());
    let hosted = site.stoa.identity.hosted().map(|hosted| hosted.origin().to_owned());
    let pay = site.till.as_ref().and_then(|till| till.pages.clone());
    let stoa = site.stoa.clone();
    move || {
        provide_context(stoa.clone());
        provide_context(settings.clone());
        headers::allow_page(
            reload.as_deref(),
            media.as_deref(),
            uploads.as_deref(),
            hosted.as_deref(),
            pay.as_deref(),
        );
    }
}

/// How the client was built. `cargo leptos watch` says so in the environment; otherwise it is as the
/// workspace's manifest has it.
fn options(site: &Site) -> LeptosOptions {
    if let Some(configured) = watched().then(|| leptos::config::get_configuration(None).ok()).flatten() {
        return configured.leptos_options;
    }
    let site_dir = site.config.site_dir.to_string_lossy();
    LeptosOptions::builder()
        .output_name("stoa")
        .site_root(site_dir.as_ref())
        .site_pkg_dir("pkg")
        .env(leptos::config::Env::PROD)
        .hash_files(true)
        .build()
}

/// Whether this is `cargo leptos watch`.
fn watched() -> bool {
    std::env::var_os("LEPTOS_WATCH").is_some()
}

/// The hashes in the names of the client's files, which the build writes beside the program.
fn hashes(options: &LeptosOptions) -> Option<String> {
    if !options.hash_files {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    std::fs::read_to_string(program.parent().unwrap_or(Path::new(".")).join(&*options.hash_file)).ok()
}
