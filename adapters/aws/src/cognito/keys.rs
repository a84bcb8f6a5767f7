//! The keys that a user pool signs its tokens with, as it publishes them (RFC 7517; Cognito developer guide, "Verifying JSON web
//! tokens").

use domain::time::Timestamp;
use futures::future::BoxFuture;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use services::clock::Clock;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// For how long keys are taken for the pool's: one that it withdraws is trusted no longer than that.
const FRESH: Duration = Duration::from_secs(3600);
/// How often the pool is asked for a key that nobody knows: whoever makes names up costs it one request a minute.
const PERIOD: Duration = Duration::from_secs(60);
/// How soon it is asked again after it did not answer.
const RETRY: Duration = Duration::from_secs(1);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Asks the pool.
pub(super) type Fetch = Box<dyn Fn() -> BoxFuture<'static, Result<JwkSet, BoxError>> + Send + Sync>;

/// The pool did not answer, and there is no key of that name from before.
#[derive(Debug)]
pub(super) struct NoAnswer(pub(super) BoxError);

/// The keys, kept.
pub(super) struct Keys {
    fetch: Fetch,
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, Arc<DecodingKey>>,
    /// When they were told.
    told: Option<Timestamp>,
    /// Not before then is the pool asked again.
    ask_after: Option<Timestamp>,
    silent: bool,
}

impl Keys {
    pub(super) fn new(fetch: Fetch, clock: Arc<dyn Clock>) -> Self {
        Self { fetch, clock, kept: Mutex::default() }
    }

    /// The key of that name; `None` where the pool has none. Whoever asks while the pool is asked waits for that answer.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Arc<DecodingKey>>, NoAnswer> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        let fresh = kept.told.is_some_and(|told| now.since(told) < FRESH);
        if fresh && let Some(key) = kept.keys.get(name) {
            return Ok(Some(key.clone()));
        }
        if kept.ask_after.is_none_or(|after| now >= after) {
            match (self.fetch)().await {
                Ok(set) => {
                    let keys = set.keys.iter().filter_map(usable).collect();
                    *kept = Kept { keys, told: Some(now), ask_after: Some(now.plus(PERIOD)), silent: false };
                }
                Err(error) => {
                    kept.ask_after = Some(now.plus(RETRY));
                    kept.silent = true;
                    tracing::warn!(%error, "the keys of the user pool cannot be read");
                }
            }
        }
        match kept.keys.get(name) {
            Some(key) => Ok(Some(key.clone())),
            None if kept.silent => Err(NoAnswer("the keys of the user pool cannot be read".into())),
            None => Ok(None),
        }
    }
}

/// A key for signatures by RSA with SHA-256, by its name; the pool has no others.
fn usable(key: &Jwk) -> Option<(String, Arc<DecodingKey>)> {
    let rsa = matches!(key.algorithm, AlgorithmParameters::RSA(_));
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let sha256 = matches!(key.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    if !(rsa && signs && sha256) {
        return None;
    }
    Some((key.common.key_id.clone()?, Arc::new(DecodingKey::from_jwk(key).ok()?)))
}
