//! Stripe on this machine, as others imagine it: a stand-in of one's own for each test, on a free port of the loopback
//! interface. It ends with the program, however that ends.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use crate::post::{FORM, KEY, send};
use domain::time::Timestamp;
use serde_json::Value;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use stoa_stripe::{Stripe, StripeSettings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What stands in, and the shell that ends it when the other end of its standard input closes.
pub(crate) struct StandIn {
    port: u16,
    _shell: Child,
}

impl StandIn {
    /// Runs a command, of which `make payments` puts the program on the PATH; `$PORT` is where it has to listen, and `$SEED` a
    /// file with that text.
    #[allow(clippy::zombie_processes, reason = "nobody can wait: it ends when we do")]
    pub(crate) async fn start(command: &str, seed: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = command.split_whitespace().next().unwrap();
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
        assert!(found.status.success(), "{program} is not on the PATH: run these tests by `make payments`");
        // A program that is killed closes its pipes too.
        let script = format!(
            "SEED=$(mktemp --suffix=.yaml); printf %s \"$TEXT\" >$SEED; {command} >/dev/null 2>&1 </dev/null & read -r _; kill $!; wait $!; rm $SEED"
        );
        let shell = Command::new("sh")
            .args(["-c", &script])
            .env("PORT", port.to_string())
            .env("TEXT", seed)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Self { port, _shell: shell };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{program} does not answer");
    }

    /// The adapter.
    pub(crate) fn adapter(&self) -> Stripe {
        let settings = StripeSettings {
            key: KEY.into(),
            address: Some(format!("http://127.0.0.1:{}", self.port)),
            timeout: Duration::from_secs(30),
        };
        Stripe::new(&settings).unwrap()
    }

    /// Posts a form to it: fields of letters that need no encoding.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (status, body) = send(self.port, &format!("POST {path}"), FORM, &body.join("&")).await;
        assert!((200..400).contains(&status), "{status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }
}

/// Where events are sent.
pub(crate) struct Endpoint {
    listener: TcpListener,
}

/// An event as it came.
pub(crate) struct Posted {
    /// `Stripe-Signature`.
    pub(crate) signature: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Endpoint {
    /// On a free port.
    pub(crate) async fn open() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        format!("http://{}/", self.listener.local_addr().unwrap())
    }

    /// The next event.
    pub(crate) async fn next(&self) -> Posted {
        let (stream, _) =
            tokio::time::timeout(Duration::from_secs(30), self.listener.accept()).await.unwrap().unwrap();
        let mut stream = BufReader::new(stream);
        let (mut signature, mut length, mut line) = (String::new(), 0, String::new());
        while stream.read_line(&mut line).await.unwrap() > 2 {
            if let Some((name, value)) = line.trim_end().split_once(": ") {
                match name.to_ascii_lowercase().as_str() {
                    "stripe-signature" => signature = value.to_owned(),
                    "content-length" => length = value.parse().unwrap(),
                    _ => {}
                }
            }
            line.clear();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        Posted { signature, body }
    }
}

/// The time by which a stand-in goes.
#[allow(clippy::disallowed_methods, reason = "the service's clock is the system's")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap())
}
