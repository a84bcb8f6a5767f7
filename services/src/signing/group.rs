//! The keys that count: several that verify, one of them signs.

use super::key::Key;
use std::collections::HashMap;

/// CloudFront's key group, and which of its keys is active.
#[derive(Debug)]
pub struct KeyGroup {
    keys: HashMap<String, Key>,
    active: String,
}

/// There is no key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSigningKey {
    /// None of the keys has a private half.
    #[error("there is no private key")]
    None,
    /// The key that is to be active is not there, or only its public half is.
    #[error("there is no private key {0}")]
    Named(String),
}

impl KeyGroup {
    /// A group of keys, from the oldest to the newest. The active one is the one that is named, else the
    /// newest that can sign. Of two with the same id the newer one counts, but a public half beside its whole
    /// key takes nothing away.
    pub fn new(keys: Vec<Key>, active: Option<&str>) -> Result<Self, NoSigningKey> {
        let newest = keys.iter().rfind(|key| key.can_sign()).map(|key| key.id().to_owned());
        let mut group: HashMap<String, Key> = HashMap::new();
        for key in keys {
            let whole = group.get(key.id()).filter(|known| known.can_sign());
            if whole.is_none_or(|known| key.can_sign() || known.fingerprint() != key.fingerprint()) {
                group.insert(key.id().to_owned(), key);
            }
        }
        let active = match active {
            Some(id) => id.to_owned(),
            None => newest.ok_or(NoSigningKey::None)?,
        };
        match group.get(&active) {
            Some(key) if key.can_sign() => Ok(Self { keys: group, active }),
            _ => Err(NoSigningKey::Named(active)),
        }
    }

    /// The key that signs.
    pub fn active(&self) -> &Key {
        self.keys.get(&self.active).expect("a group is only made with its active key in it")
    }

    /// The key of that id.
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.keys.get(id)
    }

    /// All of them, by id.
    pub fn keys(&self) -> Vec<&Key> {
        let mut keys: Vec<&Key> = self.keys.values().collect();
        keys.sort_by_key(|key| key.id());
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::KeyKind;
    use super::*;

    fn key(id: &str) -> Key {
        Key::generate(KeyKind::Ecdsa).unwrap().named(id)
    }

    fn public(id: &str) -> Key {
        Key::parse(key(id).public_pem().as_bytes()).unwrap().named(id)
    }

    #[test]
    fn the_newest_key_that_can_sign_is_active_unless_one_is_named() {
        let keys = || vec![key("A"), key("B"), public("C")];
        assert_eq!(KeyGroup::new(keys(), None).unwrap().active().id(), "B");
        assert_eq!(KeyGroup::new(keys(), Some("A")).unwrap().active().id(), "A");
        for id in ["C", "D"] {
            let error = KeyGroup::new(keys(), Some(id)).unwrap_err();
            assert_eq!(error, NoSigningKey::Named(id.into()));
        }
        assert_eq!(KeyGroup::new(vec![public("A")], None).unwrap_err(), NoSigningKey::None);
    }

    #[test]
    fn a_public_half_beside_its_key_takes_nothing_away_and_another_key_does() {
        let whole = key("A");
        let half = Key::parse(whole.public_pem().as_bytes()).unwrap().named("A");
        assert!(KeyGroup::new(vec![whole, half], None).unwrap().active().can_sign());
        let error = KeyGroup::new(vec![key("A"), public("A")], None).unwrap_err();
        assert_eq!(error, NoSigningKey::Named("A".into()));
    }
}
