//! The local accounts keep the contract, and what they promise beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use domain::text::Password;
use services::contract::identity::{account, email, password};
use services::contract::table::memory::MemoryTable;
use services::contract::{Fixture, TestClock, TestRandom};
use services::ports::{Condition, Identity, Item, Key, Table, Write};
use std::sync::Arc;
use std::time::Duration;
use stoa_embedded::LocalIdentity;
use tokio::time::Instant;

fn with_table() -> (Arc<dyn Table>, LocalIdentity) {
    let table: Arc<dyn Table> = Arc::new(MemoryTable::new(TestClock::new()));
    (table.clone(), LocalIdentity::new(table, Arc::new(TestRandom::default())))
}

fn fresh() -> Fixture<dyn Identity> {
    Fixture::new(Arc::new(with_table().1), TestClock::new(), ())
}

services::identity_contract!(fresh);

async fn stored(table: &dyn Table, address: &str) -> Item {
    table.get(&Key::new(format!("CREDENTIAL#{address}"), "PASSWORD")).await.unwrap().unwrap()
}

const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

#[tokio::test]
async fn a_password_is_kept_as_a_salted_argon2id_hash_alone() {
    let (table, identity) = with_table();
    for address in ["ada@example.com", "linus@example.com"] {
        identity.set_password(account(1), &email(address), &password("learning is fun")).await.unwrap();
    }
    let (ada, linus) = (stored(&*table, "ada@example.com").await, stored(&*table, "linus@example.com").await);
    assert!(ada.document.contains(TODAY) && !ada.document.contains("learning"), "{}", ada.document);
    assert_ne!(ada.document, linus.document, "the salts differ");
}

#[tokio::test]
async fn an_outdated_hash_is_replaced_when_its_owner_signs_in_and_by_nobody_else() {
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    let old: PasswordHash = weak.hash_password_with_salt(b"learning is fun", &[7; 16]).unwrap();
    let (table, identity) = with_table();
    let key = Key::new("CREDENTIAL#ada@example.com", "PASSWORD");
    let document = format!(r#"{{"account":"{}","hash":"{old}"}}"#, account(1));
    table.write(Write::Put(Item::new(key, document.clone()), Condition::None)).await.unwrap();

    assert_eq!(
        identity.authenticate(&email("ada@example.com"), &password("learning is dull")).await.unwrap(),
        None
    );
    assert_eq!(stored(&*table, "ada@example.com").await.document, document);

    for _ in 0..2 {
        let who =
            identity.authenticate(&email("ada@example.com"), &password("learning is fun")).await.unwrap();
        assert_eq!(who, Some(account(1)));
        let item = stored(&*table, "ada@example.com").await;
        assert!(item.document.contains(TODAY), "{}", item.document);
        assert_eq!(item.version, 2, "replaced once");
    }
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let (_, identity) = with_table();
    identity.set_password(account(1), &email("ada@example.com"), &password("learning is fun")).await.unwrap();
    let wrong = Password::attempt("wrong").unwrap();
    // The fastest of some: what else the machine does only makes the others slower.
    let fastest = async |address: &str| {
        let mut fastest = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            assert_eq!(identity.authenticate(&email(address), &wrong).await.unwrap(), None);
            fastest = fastest.min(start.elapsed());
        }
        fastest
    };
    let (known, unknown) = (fastest("ada@example.com").await, fastest("nobody@example.com").await);
    assert!(unknown > known / 2 && unknown < known * 2, "{unknown:?} and {known:?}");
}
