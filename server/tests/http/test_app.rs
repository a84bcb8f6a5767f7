//! The real server on a port of its own, with data of its own and a clock that stands still.

use crate::pages::PASSWORD;
use axum::Router;
use domain::device::DeviceName;
use domain::edge::Policy;
use domain::id::DeviceId;
use domain::time::Timestamp;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use server::compose::{self, NoTranscoder};
use server::config::{Config, Payments};
use server::http::{Site, router};
use services::Stoa;
use services::accounts::{self, Entered, Origin, SignedIn};
use services::clock::Clock;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Signs news of payments.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_test";

/// Where a bucket would be.
pub(crate) const BUCKET: &str = "https://stoa-media.s3.example";

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

pub(crate) struct TestApp {
    pub(crate) stoa: Stoa,
    pub(crate) url: String,
    /// Everything that is served, to be asked without a connection.
    pub(crate) router: Router,
    stop: CancellationToken,
    folder: Arc<tempfile::TempDir>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::configured(|_| {}).await
    }

    /// Starts with a configuration that is changed first, then checked as at any start.
    pub(crate) async fn configured(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(Arc::new(tempfile::tempdir().unwrap()), change).await
    }

    /// Another server on the same data, as after a restart.
    pub(crate) async fn again(&self) -> Self {
        self.order_to_stop();
        Self::on(self.folder.clone(), |_| {}).await
    }

    async fn on(folder: Arc<tempfile::TempDir>, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config {
            listen: listener.local_addr().unwrap(),
            data_dir: folder.path().join("data"),
            site_dir: folder.path().join("site"),
            // Nobody takes money there.
            payments: Payments {
                secret_key: Some("sk_test_nobody".into()),
                webhook_secrets: Some(WEBHOOK_SECRET.into()),
                api_url: Some("http://127.0.0.1:9".into()),
                ..Payments::default()
            },
            ..Config::default()
        };
        change(&mut config);
        let config = config.checked().unwrap();
        std::fs::create_dir_all(&config.site_dir).unwrap();
        std::fs::write(config.site_dir.join("robots.txt"), "User-agent: *\n").unwrap();
        let stoa = compose::embedded(&config, Arc::new(NoTranscoder)).unwrap();
        let stoa = Stoa { clock: Arc::new(Stopped), ..stoa };
        let till = compose::till(&config, &stoa.clock, &stoa.random).unwrap();
        let stoa = Stoa { payments: till.as_ref().map(|till| till.payments.clone()), ..stoa };
        let stop = CancellationToken::new();
        let url = format!("http://127.0.0.1:{}", config.listen.port());
        let limits = config.http.clone();
        let uploads = config.aws.bucket.as_ref().map(|_| BUCKET.to_owned());
        let site = Site {
            stoa: stoa.clone(),
            config: Arc::new(config),
            metrics: server::telemetry::metrics(),
            stop: stop.clone(),
            uploads,
            till,
        };
        let stopped = stop.clone();
        let router = router(site);
        let served = router.clone();
        tokio::spawn(async move { server::serve(listener, served, &limits, stopped).await });
        Self { stoa, url, router, stop, folder }
    }

    /// Signs in with everybody's password.
    pub(crate) async fn sign_in(&self, email: &str) -> SignedIn {
        let device = DeviceId::new(NOW, 1);
        let origin = Origin { from: None, device, name: DeviceName::from_user_agent("") };
        match accounts::sign_in(&self.stoa, email, PASSWORD, &origin).await.unwrap() {
            Entered::SignedIn(signed_in) => signed_in,
            other => panic!("{email} is asked for more: {other:?}"),
        }
    }

    /// Puts a file where the pipeline leaves what it made.
    pub(crate) fn publish(&self, key: &str, bytes: &[u8]) {
        let path = self.data().join("blobs").join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A `Cookie` header that opens a path of this server until some seconds from now.
    pub(crate) fn cookies(&self, path: &str, seconds: i64) -> String {
        cookie_header(&self.stoa.media.sign(&self.policy(path, seconds)).unwrap())
    }

    /// A policy for a path of this server until some seconds from now.
    pub(crate) fn policy(&self, path: &str, seconds: i64) -> Policy {
        let resource = format!("{}{path}", self.stoa.playback.url_base).parse().unwrap();
        Policy::new(resource, Timestamp::from_seconds(NOW.seconds() + seconds))
    }

    /// The folder of all data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    /// Sends a request as it is: the path is not tidied.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let client: Client<HttpConnector, Full<bytes::Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = client.request(request.body(body.to_owned().into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn order_to_stop(&self) {
        self.stop.cancel();
    }
}

/// Cookies as a browser sends them.
pub(crate) fn cookie_header(cookies: &[(String, String)]) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
