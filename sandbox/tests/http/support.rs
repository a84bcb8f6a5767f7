//! A sandbox that runs, a client, and an endpoint that hears of events.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sandbox::{Sandbox, Settings, Webhook, World};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

pub(crate) const KEY: &str = "sk_test_123";
pub(crate) const SECRET: &str = "whsec_now";
pub(crate) const OLD_SECRET: &str = "whsec_before";
/// When every test begins, in milliseconds.
pub(crate) const BEGIN: i64 = 1_800_000_000_000;

/// A sandbox and everything around it.
pub(crate) struct Playground {
    pub(crate) address: String,
    pub(crate) endpoint: Endpoint,
    clock: Arc<AtomicI64>,
    random: Arc<AtomicU64>,
    folder: TempDir,
    serving: Option<JoinHandle<()>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The fields of an error: its type, code, and parameter.
    pub(crate) fn error(&self) -> (u16, String, String, String) {
        let error = &self.json()["error"];
        let field = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), field("type"), field("code"), field("param"))
    }
}

impl Playground {
    pub(crate) async fn start() -> Self {
        Self::mounted("").await
    }

    /// Where the sandbox is nested under a path, as in the development server.
    pub(crate) async fn mounted(path: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}{path}", listener.local_addr().unwrap());
        let mut playground = Self {
            address,
            endpoint: Endpoint::start().await,
            clock: Arc::new(AtomicI64::new(BEGIN)),
            random: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
            serving: None,
            client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http(),
        };
        playground.serve(listener, path);
        playground
    }

    fn serve(&mut self, listener: TcpListener, path: &'static str) {
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let world = World {
            now: Arc::new(move || clock.load(Ordering::SeqCst)),
            random: Arc::new(move |bits| {
                for chunk in bits.chunks_mut(32) {
                    let count = random.fetch_add(1, Ordering::SeqCst);
                    chunk.copy_from_slice(&digest(&SHA256, &count.to_le_bytes()).as_ref()[..chunk.len()]);
                }
            }),
        };
        let sandbox = Sandbox::open(self.settings(), world).unwrap();
        self.serving = Some(tokio::spawn(async move {
            match path {
                "" => sandbox.serve(listener).await.unwrap(),
                path => {
                    let router = Router::new().nest(path, sandbox.router());
                    tokio::spawn(sandbox.run());
                    axum::serve(listener, router).await.unwrap();
                }
            }
        }));
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            store: self.folder.path().join("sandbox.sqlite"),
            address: self.address.clone(),
            secret_key: KEY.into(),
            merchant: "Stoa".into(),
            webhook: Some(Webhook {
                url: self.endpoint.url.clone(),
                secrets: vec![SECRET.into(), OLD_SECRET.into()],
                retries: vec![Duration::from_secs(60), Duration::from_secs(600)],
            }),
            production: false,
        }
    }

    /// Kills the sandbox and starts it again, where it was.
    pub(crate) async fn restart(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        assert!(serving.await.is_err_and(|error| error.is_cancelled()));
        let place = self.address.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(place).await.unwrap();
        self.serve(listener, "");
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Ok(Answer { status: parts.status, headers: parts.headers, text })
    }

    /// A request to the API, with more headers.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        self.try_call(method, path, headers, body).await.unwrap()
    }

    pub(crate) async fn try_call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, String> {
        let key = format!("Bearer {KEY}");
        let mut all = vec![("authorization", key.as_str()), ("stripe-version", sandbox::API_VERSION)];
        all.extend_from_slice(headers);
        self.send(method, &format!("{}/v1/{path}", self.address), &all, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.call(Method::POST, path, &[], encoded(fields)).await
    }

    /// A session over 20 dollars that is open.
    pub(crate) async fn session(&self) -> Value {
        let answer = self.post("checkout/sessions", &session_fields()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// What a buyer sends with a card.
    pub(crate) async fn pay(&self, session: &Value, card: &str) -> Answer {
        self.form(session["url"].as_str().unwrap(), &[("card", card)]).await
    }

    /// A form as a browser on our own page sends it.
    pub(crate) async fn form(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, url, &headers, encoded(fields)).await.unwrap()
    }

    pub(crate) async fn page(&self, url: &str) -> Answer {
        self.send(Method::GET, url, &[], String::new()).await.unwrap()
    }

    /// A session that is paid: it, its payment intent, and its charge. The events of it have been heard.
    pub(crate) async fn paid(&mut self, card: &str) -> (Value, Value, Value) {
        let session = self.session().await;
        let answer = self.pay(&session, card).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let session =
            self.get(&format!("checkout/sessions/{}", session["id"].as_str().unwrap())).await.json();
        let intent = self
            .get(&format!("payment_intents/{}", session["payment_intent"].as_str().unwrap()))
            .await
            .json();
        let charge = self.get(&format!("charges/{}", intent["latest_charge"].as_str().unwrap())).await.json();
        self.endpoint.hear(4).await;
        (session, intent, charge)
    }

    /// Wishes for a fault.
    pub(crate) async fn fault(&self, name: &str, rule: &str) -> Answer {
        let url = format!("{}/faults/rules/{name}", self.address);
        let answer =
            self.send(Method::PUT, &url, &[("content-type", "application/json")], rule.into()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }

    pub(crate) async fn act(&self, action: &str) -> Answer {
        let url = format!("{}/faults/actions", self.address);
        self.send(Method::POST, &url, &[("content-type", "application/json")], action.into()).await.unwrap()
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn session_fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("mode", "payment"),
        ("success_url", "http://127.0.0.1:9/return?session={CHECKOUT_SESSION_ID}"),
        ("cancel_url", "http://127.0.0.1:9/cart"),
        ("client_reference_id", "order-1"),
        ("customer_email", "ada@example.com"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "1500"),
        ("line_items[0][price_data][product_data][name]", "Geometry"),
        ("line_items[0][quantity]", "1"),
        ("line_items[1][price_data][currency]", "usd"),
        ("line_items[1][price_data][unit_amount]", "500"),
        ("line_items[1][price_data][product_data][name]", "Logic <b>&</b>"),
        ("line_items[1][quantity]", "1"),
        ("metadata[order]", "order-1"),
        ("payment_intent_data[metadata][order]", "order-1"),
    ]
}

/// Hears of events.
pub(crate) struct Endpoint {
    url: String,
    heard: UnboundedReceiver<Heard>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

/// One delivery.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) signature: String,
    pub(crate) body: Bytes,
    pub(crate) event: Value,
}

impl Heard {
    pub(crate) fn kind(&self) -> &str {
        self.event["type"].as_str().unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        self.event["id"].as_str().unwrap()
    }

    /// Whether one of the signatures is by this secret, and the moment that was signed.
    pub(crate) fn verified(&self, secret: &str) -> Option<i64> {
        let mut parts = self.signature.split(',').filter_map(|part| part.split_once('='));
        let (_, time) = parts.next().filter(|(name, _)| *name == "t")?;
        let signed = [time.as_bytes(), b".", &self.body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), &signed);
        let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        parts.any(|(name, value)| name == "v1" && value == tag).then(|| time.parse().unwrap())
    }
}

type Hearing = (UnboundedSender<Heard>, Arc<Mutex<VecDeque<u16>>>);

impl Endpoint {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let (told, heard) = unbounded_channel();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let router = Router::new().route("/webhooks", post(hear)).with_state((told, answers.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, heard, answers }
    }

    /// How it answers the next deliveries; afterwards with 200.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) async fn next(&mut self) -> Heard {
        let next = tokio::time::timeout(Duration::from_secs(20), self.heard.recv());
        next.await.expect("an event comes").unwrap()
    }

    /// As many deliveries.
    pub(crate) async fn hear(&mut self, count: usize) -> Vec<Heard> {
        let mut heard = Vec::new();
        for _ in 0..count {
            heard.push(self.next().await);
        }
        heard
    }

    /// What came and was not heard yet.
    pub(crate) fn rest(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

async fn hear(State((told, answers)): State<Hearing>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let event = serde_json::from_slice(&body).unwrap();
    told.send(Heard { signature, body, event }).unwrap();
    let status = answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

/// Kinds in alphabetical order, since several are sent at a time.
pub(crate) fn kinds(heard: &[Heard]) -> Vec<&str> {
    let mut kinds: Vec<&str> = heard.iter().map(Heard::kind).collect();
    kinds.sort_unstable();
    kinds
}
