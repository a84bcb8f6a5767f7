//! Signs the policies that open media, and verifies them: with the keys of a key group, one of which is
//! active. They can be replaced while the program runs.
//!
//! CloudFront developer guide, "Specify signers that can create signed URLs and signed cookies".

mod group;
mod key;
mod pem;
mod sha1;
mod verified;

pub use group::{KeyGroup, NoSigningKey};
pub use key::{InvalidKey, Key, KeyKind, SignError};

use crate::{Error, Result};
use domain::edge::{Denied, Hash, Issued, Policy, Statement, Ticket};
use domain::time::Timestamp;
use std::sync::{Arc, PoisonError, RwLock};
use verified::Verified;

/// The key group that counts now, and what it has verified lately.
#[derive(Debug)]
pub struct MediaSigner {
    group: RwLock<Arc<KeyGroup>>,
    verified: Verified,
}

impl MediaSigner {
    /// Begins with a key group.
    pub fn new(group: KeyGroup) -> Self {
        Self { group: RwLock::new(Arc::new(group)), verified: Verified::default() }
    }

    /// The key group that counts now.
    pub fn group(&self) -> Arc<KeyGroup> {
        // Nothing can go wrong while it is held: it is read and set as a whole.
        self.group.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets another key group count from now on: what a key signed opens as long as the key is in it.
    pub fn replace(&self, group: KeyGroup) {
        *self.group.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(group);
    }

    /// The cookies, names and values, that open what the policy allows.
    pub fn sign(&self, policy: &Policy) -> Result<Vec<(String, String)>> {
        Ok(self.issue(&policy.into())?.cookies())
    }

    /// Signs a statement with the active key and SHA-256: for cookies, or for an address.
    pub fn issue(&self, statement: &Statement) -> Result<Issued> {
        let group = self.group();
        let key = group.active();
        let signature = key
            .sign(statement.json().as_bytes(), Hash::Sha256)
            .map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(statement.signed(&signature, key.id(), Hash::Sha256))
    }

    /// The policy of a ticket, if a key of the group has signed it: for [`domain::edge::decide`]. The same
    /// ticket is verified once, and then remembered.
    pub fn open(&self, ticket: &Ticket<'_>, now: Timestamp) -> std::result::Result<Arc<Policy>, Denied> {
        let group = self.group();
        let key = group.find(ticket.key_pair_id).ok_or(Denied::UnknownKey)?;
        self.verified.policy(ticket, key, key.fingerprint(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::edge::{Presented, Request, decide};

    const URL: &str = "https://h/media/a/1/0.m4s";

    fn signer(keys: &[&Key]) -> MediaSigner {
        MediaSigner::new(group(keys))
    }

    /// The last key is active.
    fn group(keys: &[&Key]) -> KeyGroup {
        let copies = keys.iter().map(|key| Key::parse(key.private_pem().unwrap().as_bytes()).unwrap());
        KeyGroup::new(copies.collect(), None).unwrap()
    }

    fn cookies(signer: &MediaSigner) -> String {
        let policy = Policy::new("https://h/media/a/1/*".parse().unwrap(), Timestamp::from_seconds(100));
        let cookies = signer.sign(&policy).unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn decide_by(signer: &MediaSigner, url: &str, cookies: &str) -> std::result::Result<(), Denied> {
        let now = Timestamp::from_seconds(99);
        let presented = Presented::read(url, [cookies]);
        let request = Request { presented: &presented, client: [127, 0, 0, 1].into(), now };
        decide(&request, |ticket| signer.open(ticket, now)).map(drop)
    }

    #[test]
    fn a_new_key_signs_what_it_alone_can_open() {
        for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
            let [ours, theirs] = [(); 2].map(|()| Key::generate(kind).unwrap());
            let [ours, theirs] = [signer(&[&ours]), signer(&[&theirs])];
            for _ in 0..2 {
                assert_eq!(decide_by(&ours, URL, &cookies(&ours)), Ok(()));
                assert_eq!(decide_by(&theirs, URL, &cookies(&ours)), Err(Denied::UnknownKey));
            }
        }
    }

    #[test]
    fn an_address_is_signed_as_cookies_are() {
        let signer = signer(&[&Key::generate(KeyKind::Rsa).unwrap()]);
        let canned = Statement::Canned { url: URL.into(), expires: Timestamp::from_seconds(100) };
        let url = signer.issue(&canned).unwrap().url(URL);
        assert_eq!(decide_by(&signer, &url, ""), Ok(()));
        assert_eq!(decide_by(&signer, &url.replace("0.m4s", "1.m4s"), ""), Err(Denied::BadSignature));
    }

    #[test]
    fn running_playbacks_go_on_when_a_new_key_becomes_active() {
        let [old, new] = [KeyKind::Rsa, KeyKind::Ecdsa].map(|kind| Key::generate(kind).unwrap());
        let signer = signer(&[&old]);
        let before = cookies(&signer);
        signer.replace(group(&[&old, &new]));
        let after = cookies(&signer);
        assert!(before.contains(old.id()) && after.contains(new.id()));
        for cookies in [&before, &after] {
            assert_eq!(decide_by(&signer, URL, cookies), Ok(()));
        }
    }

    #[test]
    fn a_key_that_is_taken_away_opens_nothing_any_more() {
        let [old, new] = [(); 2].map(|()| Key::generate(KeyKind::Rsa).unwrap());
        let signer = signer(&[&old]);
        let cookies = cookies(&signer);
        assert_eq!(decide_by(&signer, URL, &cookies), Ok(()), "and it is remembered");
        signer.replace(group(&[&new]));
        assert_eq!(decide_by(&signer, URL, &cookies), Err(Denied::UnknownKey));
        let impostor = Key::parse(new.private_pem().unwrap().as_bytes()).unwrap().named(old.id());
        signer.replace(KeyGroup::new(vec![impostor], None).unwrap());
        assert_eq!(decide_by(&signer, URL, &cookies), Err(Denied::BadSignature));
    }
}
