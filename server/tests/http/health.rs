//! For machines: health and metrics.

use crate::test_app::TestApp;

#[tokio::test]
async fn a_running_server_is_alive_and_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/health/live", &[]).await.status, 200);
    assert_eq!(app.get("/health/ready", &[]).await.status, 200);
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_are_not_for_strangers() {
    let app = TestApp::start().await;
    app.get("/media/A/1/0.m4s", &[]).await;
    let metrics = app.get("/metrics", &[]).await;
    assert_eq!(metrics.status, 200);
    let line = "http_requests_total{method=\"GET\",route=\"/media/{*path}\",status=\"403\"} 1";
    assert!(metrics.text().contains(line), "{}", metrics.text());
    assert!(metrics.text().contains("edge_denied_total{reason=\"missing\"} 1"), "{}", metrics.text());
    let forwarded = app.get("/metrics", &[("x-forwarded-for", "192.0.2.1")]).await;
    assert_eq!(forwarded.status, 403);
}

#[tokio::test]
async fn a_server_that_stops_takes_no_more_connections() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/health/ready", &[]).await.status, 200);
    app.order_to_stop();
    let address = app.url.strip_prefix("http://").unwrap().to_owned();
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
