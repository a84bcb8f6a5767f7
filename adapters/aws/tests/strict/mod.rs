//! What ministack leaves out of a user pool that lets nobody in without an authenticator: it stands before ministack, holds
//! tokens back, and gives them once an authenticator was set up (API reference, `AssociateSoftwareToken`,
//! `VerifySoftwareToken`, challenge `MFA_SETUP`). Each session of an attempt is good for the next step alone.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use super::{TotpSecret, browser, totp};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

pub(crate) struct Peer {
    pub(crate) endpoint: String,
}

/// Where the attempt has come to: the session that its next step needs, and the tokens.
#[derive(Default)]
struct Attempt {
    session: Option<&'static str>,
    tokens: Value,
}

impl Peer {
    pub(crate) async fn before(ministack: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let attempt = Arc::new(Mutex::new(Attempt::default()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, ministack, attempt.clone()));
            }
        });
        Self { endpoint }
    }
}

/// Answers one request of a connection.
async fn serve(mut stream: TcpStream, ministack: &str, attempt: Arc<Mutex<Attempt>>) {
    let mut read = Vec::new();
    let (head, mut body) = loop {
        if stream.read_buf(&mut read).await.unwrap() == 0 {
            return;
        }
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = read.split_off(end + 4);
            break (String::from_utf8(read).unwrap(), body);
        }
    };
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
    };
    let length: usize = header("content-length").parse().unwrap();
    while body.len() < length {
        stream.read_buf(&mut body).await.unwrap();
    }
    let target = header("x-amz-target");
    let action = target.rsplit('.').next().unwrap();
    let request: Value = serde_json::from_slice(&body).unwrap();
    let own = step(&mut attempt.lock().unwrap(), action, &request);
    let (status, answer) = match own {
        Some(answer) => answer,
        None => {
            let text = String::from_utf8(body).unwrap();
            let answer = browser::post_json(ministack, "cognito-idp", &target, &text).await;
            let told: Value = serde_json::from_str(&answer.body).unwrap();
            (answer.status, hold_back(&mut attempt.lock().unwrap(), told))
        }
    };
    let text = answer.to_string();
    let head = format!("HTTP/1.1 {status} \r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close");
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{text}", text.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
}

/// The steps of setting an authenticator up; `None` for what is ministack's.
fn step(attempt: &mut Attempt, action: &str, request: &Value) -> Option<(u16, Value)> {
    let refused = |code: &str| Some((400, json!({ "__type": code, "message": "Refused" })));
    let setting_up = ["AssociateSoftwareToken", "VerifySoftwareToken", "RespondToAuthChallenge"];
    if !setting_up.contains(&action) {
        return None;
    }
    if request["Session"].as_str() != attempt.session {
        return refused("NotAuthorizedException");
    }
    match (action, attempt.session) {
        ("AssociateSoftwareToken", Some("asked")) => {
            attempt.session = Some("associated");
            Some((200, json!({ "SecretCode": KEY, "Session": "associated" })))
        }
        ("VerifySoftwareToken", Some("associated"))
            if request["UserCode"] != totp(&TotpSecret(KEY.into())) =>
        {
            refused("EnableSoftwareTokenMFAException")
        }
        ("VerifySoftwareToken", Some("associated")) => {
            attempt.session = Some("verified");
            Some((200, json!({ "Status": "SUCCESS", "Session": "verified" })))
        }
        ("RespondToAuthChallenge", Some("verified")) if request["ChallengeName"] == "MFA_SETUP" => {
            attempt.session = None;
            Some((200, json!({ "AuthenticationResult": attempt.tokens.take() })))
        }
        _ => refused("InvalidParameterException"),
    }
}

/// Keeps tokens, and asks for an authenticator in their place.
fn hold_back(attempt: &mut Attempt, mut told: Value) -> Value {
    if told["AuthenticationResult"].is_null() {
        return told;
    }
    *attempt = Attempt { session: Some("asked"), tokens: told["AuthenticationResult"].take() };
    let parameters = json!({ "MFAS_CAN_SETUP": "[\"SOFTWARE_TOKEN_MFA\"]" });
    json!({ "ChallengeName": "MFA_SETUP", "Session": "asked", "ChallengeParameters": parameters })
}
