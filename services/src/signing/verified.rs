//! Remembers what was verified: a player asks for hundreds of segments with the same cookies.
//!
//! Only what is genuine is kept, so nobody without a key can push anything out. A policy is found by a digest
//! of the whole ticket and of the key that verified it: a key that leaves the group takes its policies with
//! it, also if another one comes under the same id. None is kept beyond its expiry.

use aws_lc_rs::digest::{Context, SHA256};
use domain::edge::{Claim, Denied, Policy, Ticket, VerifyingKey};
use domain::time::Timestamp;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// The most policies that are remembered. One is some 300 bytes, and serves one learner for one lesson.
const CAPACITY: usize = 10_000;

/// The SHA-256 of a public key.
pub(super) type Fingerprint = [u8; 32];

pub(super) struct Verified {
    policies: Cache<[u8; 32], Arc<Policy>>,
}

impl Default for Verified {
    fn default() -> Self {
        Self { policies: Cache::new(CAPACITY) }
    }
}

impl Verified {
    /// The policy of a ticket, from memory or as the key says.
    pub(super) fn policy(
        &self,
        ticket: &Ticket<'_>,
        key: &impl VerifyingKey,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Arc<Policy>, Denied> {
        let digest = digest(ticket, fingerprint);
        if let Some(policy) = self.policies.get(&digest) {
            if policy.expires() <= now {
                self.policies.remove(&digest);
            }
            return Ok(policy);
        }
        let policy = Arc::new(ticket.policy(key)?);
        if policy.expires() > now {
            self.policies.insert(digest, policy.clone());
        }
        Ok(policy)
    }
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified").field("policies", &self.policies.len()).finish()
    }
}

/// Stands for all that a policy follows from. Each text is preceded by its length, so that no two tickets
/// look alike.
fn digest(ticket: &Ticket<'_>, fingerprint: &Fingerprint) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    let mut add = |text: &str| {
        context.update(&(text.len() as u64).to_le_bytes());
        context.update(text.as_bytes());
    };
    match ticket.claim {
        Claim::Custom(policy) => {
            add("custom");
            add(policy);
        }
        Claim::Canned { expires } => {
            add("canned");
            add(expires);
            add(ticket.resource);
        }
    }
    add(ticket.signature);
    add(ticket.hash.as_str());
    context.update(fingerprint);
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::edge::{Hash, Presented, Statement};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Signs every message with its own bytes, and counts how often it is asked.
    #[derive(Default)]
    struct CountingKey(AtomicUsize);

    impl VerifyingKey for CountingKey {
        fn has_signed(&self, message: &[u8], _: Hash, signature: &[u8]) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed);
            message == signature
        }
    }

    #[derive(Default)]
    struct Setup {
        verified: Verified,
        key: CountingKey,
    }

    impl Setup {
        fn open(&self, url: &str, fingerprint: u8, now: i64) -> Result<Arc<Policy>, Denied> {
            let presented = Presented::read(url, []);
            let ticket = presented.ticket().unwrap();
            self.verified.policy(&ticket, &self.key, &[fingerprint; 32], Timestamp::from_seconds(now))
        }

        fn verifications(&self) -> usize {
            self.key.0.load(Ordering::Relaxed)
        }
    }

    fn custom(resource: &str) -> String {
        let policy = Policy::new(resource.parse().unwrap(), Timestamp::from_seconds(100));
        let statement = Statement::from(&policy);
        statement.signed(statement.json().as_bytes(), "K", Hash::Sha256).url("https://h/a")
    }

    fn canned(url: &str) -> String {
        let statement = Statement::Canned { url: url.into(), expires: Timestamp::from_seconds(100) };
        statement.signed(statement.json().as_bytes(), "K", Hash::Sha256).url(url)
    }

    #[test]
    fn a_ticket_is_verified_once() {
        let setup = Setup::default();
        for _ in 0..3 {
            setup.open(&custom("https://h/*"), 1, 1).unwrap();
        }
        assert_eq!(setup.verifications(), 1);
        setup.open(&custom("https://h/a"), 1, 1).unwrap();
        assert_eq!(setup.verifications(), 2);
    }

    #[test]
    fn a_canned_policy_is_remembered_for_its_own_address_alone() {
        let setup = Setup::default();
        let url = canned("https://h/a");
        setup.open(&url, 1, 1).unwrap();
        assert_eq!(setup.open(&url.replace("/a?", "/b?"), 1, 1), Err(Denied::BadSignature));
    }

    #[test]
    fn another_key_under_the_same_id_is_asked_itself() {
        let setup = Setup::default();
        setup.open(&custom("https://h/*"), 1, 1).unwrap();
        setup.open(&custom("https://h/*"), 2, 1).unwrap();
        assert_eq!(setup.verifications(), 2);
    }

    #[test]
    fn nothing_is_remembered_beyond_its_expiry() {
        let setup = Setup::default();
        setup.open(&custom("https://h/*"), 1, 99).unwrap();
        assert_eq!(setup.verified.policies.len(), 1);
        setup.open(&custom("https://h/*"), 1, 100).unwrap();
        assert_eq!(setup.verified.policies.len(), 0);
        setup.open(&custom("https://h/*"), 1, 100).unwrap();
        assert_eq!(setup.verified.policies.len(), 0);
    }

    #[test]
    fn forgeries_leave_no_trace() {
        let setup = Setup::default();
        setup.open(&custom("https://h/*"), 1, 1).unwrap();
        for n in 0..100 {
            let forged = custom("https://h/*").replace("Signature=", &format!("Signature=AAA{}", n % 10));
            assert!(setup.open(&forged, 1, 1).is_err());
        }
        assert_eq!(setup.verified.policies.len(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let setup = Setup::default();
        for n in 0..CAPACITY + 1000 {
            setup.open(&custom(&format!("https://h/{n}")), 1, 1).unwrap();
        }
        assert!(setup.verified.policies.len() <= CAPACITY);
    }
}
