//! Logs and metrics: what the program says of itself.

use crate::config::{Log, LogFormat};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Upper bounds of the request duration histogram, seconds.
const DURATIONS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Sends log lines to standard error.
pub fn logs(config: &Log) {
    let filter: Targets = config.filter.parse().expect("the configuration was checked");
    let pretty = match config.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    // A second subscriber is a test's; the first stays.
    let _ = if pretty {
        registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init()
    } else {
        registry
            .with(lines.json().flatten_event(true).with_current_span(true).with_span_list(false))
            .try_init()
    };
}

/// Counts from now on; the handle renders what was counted, in Prometheus' text format.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".into()), &DURATIONS)
            .expect("the list of bounds is not empty");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("metrics are set up here alone, and once");
        describe();
        handle
    };
    HANDLE.get_or_init(install).clone()
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_histogram};
    describe_counter!("http_requests_total", "Requests answered, by method, route and status.");
    describe_histogram!("http_request_duration_seconds", Unit::Seconds, "Time until the head of the answer.");
    describe_counter!("edge_bytes_total", Unit::Bytes, "Bytes of media promised to those who may have them.");
    describe_counter!("edge_denied_total", "Requests for media that were denied, by reason.");
}

/// Folds what was measured into the histograms, for as long as the program runs.
pub async fn upkeep(metrics: PrometheusHandle) {
    let mut every = tokio::time::interval(std::time::Duration::from_secs(5));
    loop {
        every.tick().await;
        metrics.run_upkeep();
    }
}
