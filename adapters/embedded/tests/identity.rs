//! The local accounts keep the contract, and what they promise beyond.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use domain::text::{Email, Password};
use services::clock::Clock;
use services::contract::identity::{IdentityFixture, Inbox, Purpose, email, password};
use services::contract::table::memory::MemoryTable;
use services::contract::{Fixture, TestClock, TestRandom};
use services::ports::{
    ChallengeAnswer, CodeDelivery, Condition, Identity, IdentityError, Item, Key, Person, SignIn, SignUp,
    Table, TotpSecret, Whom, Write,
};
use std::sync::Arc;
use std::time::Duration;
use stoa_embedded::LocalIdentity;
use tokio::time::Instant;
use totp_rs::{Builder, Secret};

const STEP: Duration = Duration::from_secs(30);

struct World {
    table: Arc<dyn Table>,
    clock: Arc<TestClock>,
    identity: Arc<LocalIdentity>,
}

fn world() -> World {
    let clock = TestClock::new();
    let table: Arc<dyn Table> = Arc::new(MemoryTable::new(clock.clone()));
    let random = Arc::new(TestRandom::default());
    let identity = Arc::new(LocalIdentity::new(table.clone(), clock.clone(), random));
    World { table, clock, identity }
}

fn fresh() -> IdentityFixture {
    let World { clock, identity, .. } = world();
    let inbox = Box::new(Hands(clock.clone()));
    IdentityFixture { provider: Fixture::new(identity, clock, ()), inbox }
}

services::identity_contract!(fresh);

/// Codes come by our own mail; the authenticator goes by the test's clock.
struct Hands(Arc<TestClock>);

#[async_trait]
impl Inbox for Hands {
    async fn code(&self, _: &Email, sent: &CodeDelivery, _: Purpose) -> String {
        match sent {
            CodeDelivery::Ours(code) => code.clone(),
            CodeDelivery::Provider => panic!("nobody else sends mail"),
        }
    }

    async fn totp(&self, key: &TotpSecret) -> String {
        self.0.advance(STEP);
        totp(key, &self.0)
    }
}

fn totp(key: &TotpSecret, clock: &TestClock) -> String {
    let secret = Secret::try_from_base32(&key.0).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(clock.now().millis() / 1000).unwrap()).to_string()
}

fn whom(person: &Person) -> Whom<'_> {
    Whom { subject: &person.subject, email: &person.email, tokens: None }
}

impl World {
    async fn person(&self, address: &str) -> Person {
        let name = "Somebody".parse().unwrap();
        self.identity.add(&email(address), &name, &password("learning is fun")).await.unwrap();
        match self.identity.sign_in(&email(address), &password("learning is fun")).await.unwrap() {
            Some(SignIn::Done(person)) => person,
            other => panic!("{other:?}"),
        }
    }

    async fn stored(&self, address: &str) -> Item {
        let key = Key::new(format!("CREDENTIAL#{address}"), "PASSWORD");
        self.table.get(&key).await.unwrap().unwrap()
    }

    async fn register(&self, text: &str) -> String {
        let name = "Ada".parse().unwrap();
        match self.identity.sign_up(&email("ada@example.com"), &name, &password(text)).await.unwrap() {
            SignUp::Begun(CodeDelivery::Ours(code)) => code,
            other => panic!("{other:?}"),
        }
    }
}

const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

#[tokio::test]
async fn a_password_is_kept_as_a_salted_argon2id_hash_alone() {
    let world = world();
    for address in ["ada@example.com", "linus@example.com"] {
        world.person(address).await;
    }
    let (ada, linus) = (world.stored("ada@example.com").await, world.stored("linus@example.com").await);
    assert!(ada.document.contains(TODAY) && !ada.document.contains("learning"), "{}", ada.document);
    let hash = |item: &Item| item.document.split(TODAY).nth(1).map(str::to_owned);
    assert_ne!(hash(&ada), hash(&linus), "the salts differ");
}

#[tokio::test]
async fn an_outdated_hash_is_replaced_when_its_owner_signs_in_and_by_nobody_else() {
    let world = world();
    world.person("ada@example.com").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    let old: PasswordHash = weak.hash_password_with_salt(b"learning is fun", &[7; 16]).unwrap();
    let mut item = world.stored("ada@example.com").await;
    let mut document: serde_json::Value = serde_json::from_str(&item.document).unwrap();
    document["hash"] = old.to_string().into();
    item.document = document.to_string();
    let before = item.version;
    world.table.write(Write::Put(item.clone(), Condition::None)).await.unwrap();

    let wrong = password("learning is dull");
    assert_eq!(world.identity.sign_in(&email("ada@example.com"), &wrong).await.unwrap(), None);
    assert_eq!(world.stored("ada@example.com").await.document, item.document);

    for _ in 0..2 {
        let right = password("learning is fun");
        let entered = world.identity.sign_in(&email("ada@example.com"), &right).await.unwrap();
        assert!(matches!(entered, Some(SignIn::Done(_))), "{entered:?}");
        let item = world.stored("ada@example.com").await;
        assert!(item.document.contains(TODAY), "{}", item.document);
        assert_eq!(item.version, before + 2, "replaced once");
    }
}

#[tokio::test]
async fn every_character_of_a_password_counts() {
    let world = world();
    let ada = email("ada@example.com");
    // Longer than 72 bytes, where bcrypt stops to look, and with a NUL, where C does.
    let long = format!("\u{0}{}😀", "ä".repeat(198));
    world.identity.add(&ada, &"Ada".parse().unwrap(), &password(&long)).await.unwrap();
    let enters = async |text: &str| {
        let attempt = Password::attempt(text).unwrap();
        world.identity.sign_in(&ada, &attempt).await.unwrap().is_some()
    };
    assert!(enters(&long).await);
    assert!(!enters(&long.replace('😀', "😁")).await);
    assert!(!enters("\u{0}").await);
}

#[tokio::test]
async fn codes_run_out_and_a_new_one_replaces_the_one_before() {
    let world = world();
    let ada = email("ada@example.com");
    let first = world.register("learning is fun").await;
    // Whoever registers the address last is the one who is asked.
    let second = world.register("learning is joy").await;
    assert!(matches!(world.identity.confirm(&ada, &first).await, Err(IdentityError::Code)));
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert!(matches!(world.identity.confirm(&ada, &second).await, Err(IdentityError::Code)));
    let third = world.register("learning is joy").await;
    world.identity.confirm(&ada, &third.to_lowercase().replace('-', " ")).await.unwrap();

    let Some(CodeDelivery::Ours(code)) = world.identity.forgot(&ada).await.unwrap() else {
        panic!("no code")
    };
    world.clock.advance(Duration::from_secs(3600));
    let late = world.identity.reset(&ada, &code, &password("learning is fun")).await;
    assert!(matches!(late, Err(IdentityError::Code)), "{late:?}");
}

#[tokio::test]
async fn no_code_is_kept_as_it_is_sent() {
    let world = world();
    let code = world.register("learning is fun").await;
    let key = Key::new("CREDENTIAL#ada@example.com", "REGISTRATION");
    let document = world.table.get(&key).await.unwrap().unwrap().document;
    assert!(!document.contains(&code) && !document.contains(&code.replace('-', "")), "{document}");
}

#[tokio::test]
async fn a_code_that_was_asked_for_before_the_password_was_changed_is_worth_nothing() {
    let world = world();
    let ada = world.person("ada@example.com").await;
    let Some(CodeDelivery::Ours(code)) = world.identity.forgot(&ada.email).await.unwrap() else {
        panic!("no code")
    };
    let (old, new) = (password("learning is fun"), password("learning is joy"));
    assert!(world.identity.change_password(whom(&ada), &old, &new).await.unwrap());
    let late = world.identity.reset(&ada.email, &code, &old).await;
    assert!(matches!(late, Err(IdentityError::Code)), "{late:?}");
}

#[tokio::test]
async fn a_code_of_the_authenticator_works_once_and_one_step_early_or_late() {
    let world = world();
    let ada = world.person("ada@example.com").await;
    let key = world.identity.begin_totp(whom(&ada)).await.unwrap();
    let first = totp(&key, &world.clock);
    assert!(world.identity.confirm_totp(whom(&ada), &first).await.unwrap());
    let right = password("learning is fun");
    let Some(SignIn::Challenge(challenge)) = world.identity.sign_in(&ada.email, &right).await.unwrap() else {
        panic!("no second factor is asked for")
    };
    let enters = async |code: &str| {
        let answer = ChallengeAnswer::Totp(code.to_owned());
        world.identity.answer(&challenge, &answer).await.unwrap().is_some()
    };
    assert!(!enters(&first).await, "its first code was used to set it up");
    world.clock.advance(STEP);
    let second = totp(&key, &world.clock);
    world.clock.advance(STEP);
    assert!(
        enters(&format!("{} {}", &second[..3], &second[3..])).await,
        "one step late, typed in two groups"
    );
    assert!(!enters(&second).await, "twice");
    let third = totp(&key, &world.clock);
    world.clock.advance(2 * STEP);
    assert!(!enters(&third).await, "two steps late");
}

#[tokio::test]
async fn an_authenticator_that_is_being_replaced_counts_until_then() {
    let world = world();
    let ada = world.person("ada@example.com").await;
    let old = world.identity.begin_totp(whom(&ada)).await.unwrap();
    assert!(world.identity.confirm_totp(whom(&ada), &totp(&old, &world.clock)).await.unwrap());
    let new = world.identity.begin_totp(whom(&ada)).await.unwrap();
    let asked = async |key: &TotpSecret| {
        world.clock.advance(STEP);
        let right = password("learning is fun");
        let Some(SignIn::Challenge(challenge)) = world.identity.sign_in(&ada.email, &right).await.unwrap()
        else {
            panic!("no second factor is asked for")
        };
        let answer = ChallengeAnswer::Totp(totp(key, &world.clock));
        world.identity.answer(&challenge, &answer).await.unwrap().is_some()
    };
    assert!(!asked(&new).await);
    assert!(asked(&old).await);
    let new = world.identity.begin_totp(whom(&ada)).await.unwrap();
    world.clock.advance(STEP);
    assert!(world.identity.confirm_totp(whom(&ada), &totp(&new, &world.clock)).await.unwrap());
    assert!(!asked(&old).await);
    assert!(asked(&new).await);
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let world = world();
    world.person("ada@example.com").await;
    let wrong = Password::attempt("wrong").unwrap();
    let attempt = async |address: &str| {
        let start = Instant::now();
        assert_eq!(world.identity.sign_in(&email(address), &wrong).await.unwrap(), None);
        start.elapsed()
    };
    // The fastest of some, by turns: what else the machine does only makes the others slower.
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for _ in 0..12 {
        known = known.min(attempt("ada@example.com").await);
        unknown = unknown.min(attempt("nobody@example.com").await);
    }
    assert!(unknown > known / 2 && unknown < known * 2, "{unknown:?} and {known:?}");
}
