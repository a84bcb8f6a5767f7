//! A service that answers by a list: for APIs that no stand-in has.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use stoa_aws::{AccessKeys, Account, Connection};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path: `POST /2017-08-29/jobs`.
    pub(crate) what: String,
    /// The body; null where there is none.
    pub(crate) body: Value,
}

/// A service on a free port.
#[derive(Clone)]
pub(crate) struct Service {
    endpoint: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<(u16, Value)>,
    asked: Vec<Asked>,
}

impl Service {
    /// Answers with these statuses and bodies, one after the other; then with 500.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = State { answers: answers.into_iter().collect(), asked: Vec::new() };
        let service = Self { endpoint, state: Arc::new(Mutex::new(state)) };
        let serving = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.answer(stream).await;
            }
        });
        service
    }

    /// For the adapters.
    pub(crate) async fn connect(&self) -> Connection {
        let keys = AccessKeys { id: "test".into(), secret: "test".into() };
        let region = Some("us-east-1".into());
        Account { region, endpoint: Some(self.endpoint.clone()), keys: Some(keys) }.connect().await
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
        let length = head.iter().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).await.unwrap();
        let what = head[0].trim_end_matches(" HTTP/1.1").to_owned();
        let (status, answer) = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(Asked { what, body: serde_json::from_slice(&body).unwrap_or_default() });
            state.answers.pop_front().unwrap_or((500, Value::Null))
        };
        let kind = answer["type"].as_str().unwrap_or_default().to_owned();
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nx-amzn-errortype: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.len()
        );
        let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
    }
}
