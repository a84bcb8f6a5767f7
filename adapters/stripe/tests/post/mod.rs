//! Requests to what stands in for Stripe, as those send them who are not the adapter: browsers, people, other programs.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// The key that is not checked, or the one that is known.
pub(crate) const KEY: &str = "sk_test_stoa";

/// Status and body of the answer of a server on the loopback interface.
pub(crate) async fn send(port: u16, what: &str, kind: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "{what} HTTP/1.0\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {KEY}\r\ncontent-type: {kind}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
