//! The HTTP side: which address leads where, and what every request passes on its way.

mod assets;
mod audit;
mod body_limit;
mod client;
mod csv;
mod download;
mod file;
mod headers;
mod health;
mod mailbox;
mod media;
mod media_host;
mod observe;
mod origin;
mod own_data;
mod page_cache;
mod pages;
mod payments;
mod problems;
mod sales;
mod session;
mod unsubscribe;
mod uploads;

use crate::compose::Till;
use crate::config::Config;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use services::Stoa;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// What handlers share.
pub struct Site {
    /// The use cases.
    pub stoa: Stoa,
    /// As checked at start.
    pub config: Arc<Config>,
    /// Renders what was counted.
    pub metrics: PrometheusHandle,
    /// Cancelled once no new requests are wanted.
    pub stop: CancellationToken,
    /// Where browsers send uploads, where that is not to us: scheme, host and port.
    pub uploads: Option<String>,
    /// Where money comes in; nothing can be paid where there is none.
    pub till: Option<Till>,
}

/// Every route of the program.
///
/// A request passes, from the outside: observation (id, log line, metrics), the net under panics, security
/// headers, the origin check, the client's address. Pages, calls and uploads then find out who asks; media and files never do.
pub fn router(site: Site) -> Router {
    // Every layer of every route holds it, and axum copies them for each request.
    let site = Arc::new(site);
    let files = Router::new()
        .route("/download/{course}/{lesson}/video", get(download::video))
        .route("/download/{course}/{lesson}/{file}", get(download::attachment))
        .route(app::routes::AUDIT_FILE, get(audit::export))
        .route(app::routes::DATA_FILE, get(own_data::export))
        .route(app::routes::SALES_FILE, get(sales::export))
        .with_state(site.clone());
    let people = files
        .merge(uploads::router(&site))
        .merge(pages::router(&site))
        .layer(from_fn_with_state(site.clone(), session::resume));
    let machines = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(site.clone());
    let pages = people
        .merge(machines)
        .merge(mailbox::router(&site))
        .merge(unsubscribe::router(&site))
        .merge(payments::router(&site))
        .nest_service("/pkg", assets::packages(&site.config))
        .fallback_service(assets::files(&site));
    let media = Router::new()
        .route("/media/{*path}", get(media::get))
        .route("/files/{*path}", get(media::get))
        .with_state(site.clone());
    match site.config.media_host() {
        None => passage(&site, pages.merge(media)).merge(payments::sandbox(&site)),
        Some(host) => {
            let media = media_host::router(&site.config, media);
            media_host::split(
                host,
                passage(&site, media),
                passage(&site, pages).merge(payments::sandbox(&site)),
            )
        }
    }
}

/// What every request passes on its way.
fn passage(site: &Arc<Site>, routes: Router) -> Router {
    let pause = RequestBodyTimeoutLayer::new(Duration::from_secs(site.config.http.body_pause_seconds));
    // Together, outermost first: each `layer` of its own would be copied once more for each one around it.
    routes.layer((
        from_fn_with_state(site.clone(), observe::observe),
        CatchPanicLayer::custom(observe::panicked),
        from_fn_with_state(site.config.https(), headers::secure),
        from_fn(origin::check),
        from_fn_with_state(site.clone(), client::find),
        pause,
    ))
}
