//! Ten thousand requests that nobody meant to send: those of the matrix, bent and broken. None may break the server, or
//! bring out what is inside of it.

use super::rows::{FORM, Row, rows};
use super::school::{PEOPLE, School};
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderValue, Method, Request};
use http_body_util::BodyExt;
use std::fmt;
use std::net::SocketAddr;
use tower::ServiceExt;

/// Requests of one run; there are four.
const REQUESTS: u32 = 2_500;

/// What no answer may hold, whatever was asked: paths of ours, and the words of what we are made of.
const INSIDE: [&str; 12] = [
    "panicked at",
    "stack backtrace",
    "RUST_BACKTRACE",
    ".cargo",
    ".rs:",
    "rusqlite",
    "sqlite",
    "SQLITE",
    "stoa.db",
    "called `",
    "services::",
    "TableError",
];

#[tokio::test]
async fn no_request_breaks_the_server_first_run() {
    run(1).await;
}

#[tokio::test]
async fn no_request_breaks_the_server_second_run() {
    run(2).await;
}

#[tokio::test]
async fn no_request_breaks_the_server_third_run() {
    run(3).await;
}

#[tokio::test]
async fn no_request_breaks_the_server_fourth_run() {
    run(4).await;
}

async fn run(seed: u64) {
    let school = School::new().await;
    let rows = rows(&school).await;
    let mut sessions = Vec::new();
    for person in PEOPLE {
        sessions.push(person.sign_in(&school.app).await);
    }
    let folder = school.app.data().display().to_string();
    let mut dice = Dice(seed);
    let mut wrong = Vec::new();
    for _ in 0..REQUESTS {
        let (row, session): (&Row, &String) = (dice.one_of(&rows), dice.one_of(&sessions));
        let bent = Bent::of(row, session, &mut dice);
        let Some(request) = bent.request() else { continue };
        let response = school.app.router.clone().oneshot(request).await.expect("the router always answers");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        let inside = INSIDE.iter().copied().chain([folder.as_str()]).find(|inside| body.contains(inside));
        if status >= 500 || inside.is_some() {
            let shown: String = body.chars().take(300).collect();
            wrong.push(format!("{bent:?}\n  was answered {status} with {inside:?}: {shown}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "seed {seed}, {} answers:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
}

/// A request as it is sent.
struct Bent {
    method: String,
    address: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl fmt::Debug for Bent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |text: &[u8]| String::from_utf8_lossy(text).chars().take(200).collect::<String>();
        write!(f, "{} {}", self.method, short(self.address.as_bytes()))?;
        for (name, value) in &self.headers {
            write!(f, " {name}: {:?}", short(value))?;
        }
        write!(f, " body {:?}", short(&self.body))
    }
}

impl Bent {
    fn of(row: &Row, session: &str, dice: &mut Dice) -> Self {
        let mut row = row.clone();
        for _ in 0..dice.below(3) {
            bend_fields(&mut row, dice);
        }
        let (address, body) = row.address_and_body();
        let mut headers: Vec<(String, Vec<u8>)> =
            vec![("host".into(), b"localhost".to_vec()), ("cookie".into(), session.as_bytes().to_vec())];
        if row.is_form() {
            headers.push(("content-type".into(), FORM.into()));
        }
        headers
            .extend(row.headers.iter().map(|(name, value)| (name.to_string(), value.clone().into_bytes())));
        let mut bent = Self { method: row.method.to_owned(), address, headers, body: body.into_bytes() };
        for _ in 0..dice.below(4) {
            bent.bend(dice);
        }
        bent
    }

    fn bend(&mut self, dice: &mut Dice) {
        match dice.below(8) {
            0 => {
                let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
                self.method = (*dice.one_of(&methods)).to_owned();
            }
            1 => self.bend_path(dice),
            2 => {
                let joint = if self.address.contains('?') { '&' } else { '?' };
                let names = ["after", "q", "next", "account", "role", "__err", "__path", "from", "x[]", "%"];
                let name = dice.one_of(&names);
                self.address.push_str(&format!("{joint}{name}={}", domain::address::encode(&dice.value())));
            }
            3 => {
                let names = [
                    "accept",
                    "accept-encoding",
                    "accept-language",
                    "authorization",
                    "content-type",
                    "cookie",
                    "forwarded",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "origin",
                    "range",
                    "referer",
                    "sec-fetch-site",
                    "transfer-encoding",
                    "tus-resumable",
                    "upload-checksum",
                    "upload-length",
                    "upload-metadata",
                    "upload-offset",
                    "user-agent",
                    "x-forwarded-for",
                    "x-request-id",
                ];
                let name = (*dice.one_of(&names)).to_owned();
                let value = dice.header();
                self.headers.retain(|(other, _)| *other != name);
                self.headers.push((name, value));
            }
            4 if !self.headers.is_empty() => {
                let gone = dice.below(self.headers.len());
                self.headers.remove(gone);
            }
            5 => self.body = dice.value().into_bytes(),
            6 => self.body.truncate(dice.below(self.body.len() + 1)),
            _ => {
                let at = dice.below(self.body.len() + 1);
                let byte = dice.next().to_be_bytes()[0];
                self.body.insert(at, byte);
            }
        }
    }

    fn bend_path(&mut self, dice: &mut Dice) {
        let (path, query) = self.address.split_once('?').unwrap_or((&self.address, ""));
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        let at = dice.below(parts.len());
        match dice.below(4) {
            0 => parts[at] = domain::address::encode(&dice.value()),
            1 => parts.insert(at, domain::address::encode(&dice.value())),
            2 => drop(parts.remove(at)),
            _ => {
                let raw = ["..", ".", "%2e%2e", "%00", "%ff", "%2f", "%", "%zz", ";", "~", "\\"];
                parts[at] = (*dice.one_of(&raw)).to_owned();
            }
        }
        let path = parts.join("/");
        self.address = if query.is_empty() { path } else { format!("{path}?{query}") };
    }

    /// `None` for what no client can send: not HTTP.
    fn request(&self) -> Option<Request<Body>> {
        let address =
            if self.address.starts_with('/') { self.address.clone() } else { format!("/{}", self.address) };
        let mut request =
            Request::builder().method(Method::from_bytes(self.method.as_bytes()).ok()?).uri(address);
        for (name, value) in &self.headers {
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        let mut request = request.body(Body::from(self.body.clone())).ok()?;
        let peer = SocketAddr::from(([192, 0, 2, 7], 4711));
        request.extensions_mut().insert(ConnectInfo(peer));
        Some(request)
    }
}

fn bend_fields(row: &mut Row, dice: &mut Dice) {
    if row.fields.is_empty() {
        return;
    }
    let at = dice.below(row.fields.len());
    match dice.below(5) {
        0 => drop(row.fields.remove(at)),
        1 => {
            let twice = row.fields[at].clone();
            row.fields.push(twice);
        }
        2 => row.fields.push(("unknown", dice.value())),
        _ => row.fields[at].1 = dice.value(),
    }
}

/// Throws the same for the same seed (SplitMix64: Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// Something that a field may hold, and should not.
    fn value(&mut self) -> String {
        let known = [
            "",
            " ",
            "0",
            "-1",
            "1",
            "true",
            "null",
            "NaN",
            "1e999",
            "18446744073709551616",
            "-9223372036854775809",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "9ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "00000000000000000000000000",
            "admin",
            "up",
            "draft",
            "seen-by-all",
            "ada@stoa.example",
            "2026-11-22",
            "9999-12-31",
            "0000-01-01",
            "1-01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "9223372036854775807-01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "../../etc/passwd",
            "//evil.example",
            "/\\evil.example",
            "{}",
            "[]",
            "\"",
            "\0",
            "\r\n",
            "\u{202e}",
            "\u{feff}",
            "e\u{301}",
            "💥",
            "🏳️‍🌈",
            "ﷺ",
            "%00",
            "%ff",
            "%",
            "&&==",
            "course 01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "WEBVTT\n\n99:99.999 --> 00:00\n",
            "YWJj",
        ];
        match self.below(8) {
            0 => self.one_of(&known).repeat(1 + self.below(5_000)),
            1 => (0..self.below(40))
                .map(|_| char::from_u32((self.next() % 0x11_0000) as u32).unwrap_or('?'))
                .collect(),
            _ => (*self.one_of(&known)).to_owned(),
        }
    }

    fn header(&mut self) -> Vec<u8> {
        let known = [
            "bytes=0-",
            "bytes=-0",
            "bytes=9-1",
            "bytes=0-0,5-6,0-0",
            "text/html",
            "application/json",
            "*/*;q=x",
            "1.0.0",
            "gzip, br;q=0",
            "W/\"x\"",
            "*",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "sha256 YWJj",
            "sha256",
            "filename",
            "filename YQ==,purpose dmlkZW8=",
            "chunked",
            "same-origin",
            "cross-site",
            "Bearer x",
            "stoa=",
            "stoa=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "stoa-device=x; stoa=y",
            "CloudFront-Policy=_",
            "multipart/form-data; boundary=x",
            "http://localhost/teach?__err=x",
            "99999999999999999999",
        ];
        match self.below(3) {
            0 => self.value().into_bytes(),
            _ => self.one_of(&known).as_bytes().to_vec(),
        }
    }
}
