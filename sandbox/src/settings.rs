//! What the sandbox is told when it starts.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How one sandbox is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its SQLite file, made where there is none.
    pub store: PathBuf,
    /// Where browsers and clients find it, with the path it is mounted under and no slash at the end, as
    /// `http://127.0.0.1:4242` or `http://localhost:3000/sandbox`. Links and forms are built from it.
    pub address: String,
    /// What clients have to know: `sk_test_...`.
    pub secret_key: String,
    /// Who is paid, as the checkout page says it.
    pub merchant: String,
    /// Where events are sent; nowhere if there is none.
    pub webhook: Option<Webhook>,
    /// Whether this is where money is made. Then the sandbox does not open.
    pub production: bool,
}

/// An endpoint that hears of events.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its address; plain HTTP, since it is on this machine.
    pub url: String,
    /// What signs: `whsec_...`. Several while one replaces another: each gives a signature of its own.
    pub secrets: Vec<String>,
    /// How long to wait before each further try. When they are used up, the event stays undelivered.
    pub retries: Vec<Duration>,
}

impl Webhook {
    /// Quick at first, so that nobody waits for it at their desk; then for two days, as Stripe's.
    pub const RETRIES: [Duration; 10] = [
        Duration::from_secs(1),
        Duration::from_secs(5),
        Duration::from_secs(30),
        Duration::from_secs(2 * 60),
        Duration::from_secs(10 * 60),
        Duration::from_secs(60 * 60),
        Duration::from_secs(3 * 60 * 60),
        Duration::from_secs(6 * 60 * 60),
        Duration::from_secs(12 * 60 * 60),
        Duration::from_secs(24 * 60 * 60),
    ];
}

/// The time and the chance of it, so that tests can move the one and repeat the other.
#[derive(Clone)]
pub struct World {
    /// Milliseconds since 1970, UTC.
    pub now: Arc<Clock>,
    /// Fills the buffer with random bits.
    pub random: Arc<Random>,
}

/// Tells the time.
pub type Clock = dyn Fn() -> i64 + Send + Sync;
/// Gives random bits.
pub type Random = dyn Fn(&mut [u8]) + Send + Sync;

impl World {
    /// A fresh identifier as Stripe's: the prefix, and letters and digits that nobody can guess.
    pub(crate) fn id(&self, prefix: &str, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut id = String::with_capacity(prefix.len() + length);
        id.push_str(prefix);
        let wanted = prefix.len() + length;
        let mut bits = [0; 64];
        while id.len() < wanted {
            (self.random)(&mut bits);
            // The last two of 64 values are thrown away, so that every letter is as likely as any other.
            let letters = bits.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 64)));
            id.extend(letters.take(wanted - id.len()).map(|letter| char::from(*letter)));
        }
        id
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// Why a sandbox does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Real people pay here.
    #[error("the payment sandbox does not run in production: its cards are known to everybody")]
    Production,
    /// A live key was given, or something that is no key.
    #[error("the sandbox's key must begin with sk_test_")]
    Key,
    /// No links can be built from it.
    #[error("the sandbox's address must begin with http:// or https:// and not end in a slash: {0}")]
    Address(String),
    /// Nothing can be sent there.
    #[error("the webhook's address must begin with http:// and name a host: {0}")]
    Webhook(String),
    /// Nobody could tell its events from somebody else's.
    #[error("the webhook needs a secret")]
    Secret,
    /// The file cannot be used.
    #[error("the sandbox's file cannot be used")]
    Store(#[from] rusqlite::Error),
}

impl Settings {
    /// Says what is wrong with them.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        if self.production {
            return Err(OpenError::Production);
        }
        if !self.secret_key.starts_with("sk_test_") {
            return Err(OpenError::Key);
        }
        let known = self.address.starts_with("http://") || self.address.starts_with("https://");
        if !known || self.address.ends_with('/') {
            return Err(OpenError::Address(self.address.clone()));
        }
        let Some(webhook) = &self.webhook else { return Ok(()) };
        let uri = webhook.url.parse::<http::Uri>().ok();
        if !uri.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some()) {
            return Err(OpenError::Webhook(webhook.url.clone()));
        }
        if webhook.secrets.iter().all(String::is_empty) {
            return Err(OpenError::Secret);
        }
        Ok(())
    }

    /// What a browser calls the place this is served from (RFC 6454): the address without its path.
    pub(crate) fn origin(&self) -> &str {
        let host = self.address.find("://").map_or(0, |at| at + 3);
        match self.address[host..].find('/') {
            Some(path) => &self.address[..host + path],
            None => &self.address,
        }
    }
}
