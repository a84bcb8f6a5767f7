//! A service that answers by a list, whatever it is asked: for what no stand-in can be made to say.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stoa_stripe::{Stripe, StripeSettings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path: `POST /v1/coupons`.
    pub(crate) what: String,
    head: Vec<String>,
    /// The body, as it was sent.
    pub(crate) body: String,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// An answer.
pub(crate) enum Answer {
    /// In JSON, with this status.
    Json(u16, Value),
    /// Something else, with this status.
    Page(u16, &'static str),
    /// The connection is closed after so much of an answer.
    Broken,
    /// Nothing is ever answered.
    Silence,
}

/// A service on a free port.
#[derive(Clone)]
pub(crate) struct Service {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
}

impl Service {
    /// Answers so, one after the other; then with silence.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = State { answers: answers.into_iter().collect(), asked: Vec::new() };
        let service = Self { address, state: Arc::new(Mutex::new(state)) };
        let serving = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        service
    }

    /// The adapter, which waits for half a second.
    pub(crate) fn adapter(&self) -> Stripe {
        adapter(&self.address)
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    async fn answer(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let (mut head, mut line) = (Vec::new(), String::new());
        while stream.read_line(&mut line).await.unwrap() > 2 {
            head.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        let what = head[0].trim_end_matches(" HTTP/1.1").to_owned();
        let mut asked = Asked { what, head, body: String::new() };
        let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        asked.body = String::from_utf8(body).unwrap();
        let answer = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(asked);
            state.answers.pop_front().unwrap_or(Answer::Silence)
        };
        let (status, kind, body) = match answer {
            Answer::Json(status, body) => (status, "application/json", body.to_string()),
            Answer::Page(status, body) => (status, "text/html", body.to_owned()),
            Answer::Broken => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
                return;
            }
            Answer::Silence => std::future::pending().await,
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    }
}

/// The adapter for a service at that address.
pub(crate) fn adapter(address: &str) -> Stripe {
    let settings = StripeSettings {
        key: "sk_test_stoa".into(),
        address: Some(address.into()),
        timeout: Duration::from_millis(500),
    };
    Stripe::new(&settings).unwrap()
}
