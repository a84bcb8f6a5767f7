//! Tokens as a pool makes them, and as those would who want to be somebody else.

use super::*;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use proptest::prelude::*;
use serde_json::{Value, json};
use services::contract::TestClock;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const ISSUER: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool";
const CLIENT: &str = "3n4b5urk1ft4fl3mg5e62d9ado";

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());
static OTHER: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

fn jwk(name: &str, key: &KeyPair) -> Value {
    let public = key.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": name, "n": n, "e": e })
}

/// A pool whose keys can be changed, and that counts who asks for them.
struct Pool {
    tokens: Arc<Tokens>,
    clock: Arc<TestClock>,
    published: Arc<Mutex<Value>>,
    asked: Arc<AtomicU32>,
    down: Arc<AtomicBool>,
}

fn pool() -> Pool {
    let published = Arc::new(Mutex::new(json!([jwk("one", &KEY)])));
    let (asked, down) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let clock = TestClock::new();
    let fetch = {
        let (published, asked, down) = (published.clone(), asked.clone(), down.clone());
        move || {
            asked.fetch_add(1, Ordering::SeqCst);
            let keys = json!({ "keys": *published.lock().unwrap() });
            let down = down.load(Ordering::SeqCst);
            Box::pin(async move {
                tokio::task::yield_now().await;
                if down { Err("nobody answers".into()) } else { Ok(serde_json::from_value::<JwkSet>(keys)?) }
            }) as futures::future::BoxFuture<'static, _>
        }
    };
    let keys = Keys::new(Box::new(fetch), clock.clone());
    let tokens = Tokens { keys, issuer: ISSUER.into(), client: CLIENT.into(), clock: clock.clone() };
    Pool { tokens: Arc::new(tokens), clock, published, asked, down }
}

impl Pool {
    fn now(&self) -> i64 {
        self.clock.now().seconds()
    }

    /// The claims of a good ID token.
    fn id(&self) -> Value {
        json!({
            "iss": ISSUER, "sub": "5d1f", "aud": CLIENT, "token_use": "id", "iat": self.now(), "exp": self.now() + 3600,
            "cognito:username": "5d1f", "cognito:groups": ["instructors"], "email": "ada@example.com", "email_verified": true,
            "auth_time": self.now(), "jti": "8a1c",
        })
    }

    fn access(&self) -> Value {
        json!({
            "iss": ISSUER, "sub": "5d1f", "client_id": CLIENT, "token_use": "access", "iat": self.now(),
            "exp": self.now() + 3600, "username": "5d1f", "scope": "aws.cognito.signin.user.admin",
        })
    }

    async fn refuses(&self, token: &str) {
        for found in [self.tokens.person(token).await.err(), self.tokens.access(token).await.err()] {
            assert!(matches!(found, Some(TokenError::Refused(_))), "{found:?}");
        }
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed_by(key: &KeyPair, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(name: &str) -> Value {
    json!({ "alg": "RS256", "kid": name })
}

fn signed(claims: &Value) -> String {
    signed_by(&KEY, &header("one"), claims)
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

#[tokio::test]
async fn a_good_token_tells_who_it_is() {
    let pool = pool();
    let person = pool.tokens.person(&signed(&pool.id())).await.unwrap();
    assert_eq!(
        (&*person.sub, person.email.as_deref(), person.email_verified),
        ("5d1f", Some("ada@example.com"), true)
    );
    assert_eq!(person.groups, ["instructors"]);
    let without_groups = with(pool.id(), "cognito:groups", Value::Null);
    assert!(pool.tokens.person(&signed(&without_groups)).await.unwrap().groups.is_empty());
    assert_eq!(pool.tokens.access(&signed(&pool.access())).await.unwrap(), "5d1f");
    assert_eq!(pool.asked.load(Ordering::SeqCst), 1, "keys are kept");
}

#[tokio::test]
async fn a_token_without_a_signature_or_with_one_of_another_kind_is_refused() {
    let pool = pool();
    for claims in [pool.id(), pool.access()] {
        let good = signed(&claims);
        let (message, signature) = good.rsplit_once('.').unwrap();
        for algorithm in ["none", "None", "nOnE", "", "RS1", "RS512", "PS256", "ES256"] {
            let header = part(&json!({ "alg": algorithm, "kid": "one" }));
            for signature in ["", signature] {
                pool.refuses(&format!("{header}.{}.{signature}", part(&claims))).await;
            }
        }
        pool.refuses(&format!("{message}.")).await;
        pool.refuses(message).await;
        // The public key, in every form that somebody might take for a shared secret.
        let der = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(KEY.public_key()).unwrap();
        let base64 = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
        let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        let modulus = KEY.public_key().modulus().big_endian_without_leading_zero().to_vec();
        for secret in
            [der.as_ref(), KEY.public_key().as_ref(), pem.as_bytes(), pem.trim().as_bytes(), &modulus]
        {
            let message = format!("{}.{}", part(&json!({ "alg": "HS256", "kid": "one" })), part(&claims));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
            pool.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))).await;
        }
    }
}

#[tokio::test]
async fn a_key_that_the_token_brings_along_counts_for_nothing() {
    let pool = pool();
    let own = jwk("one", &OTHER);
    let headers = [
        json!({ "alg": "RS256", "kid": "one", "jwk": own }),
        json!({ "alg": "RS256", "kid": "one", "jku": "https://attacker.example/jwks.json" }),
        json!({ "alg": "RS256", "kid": "one", "x5u": "https://attacker.example/cert.pem" }),
        json!({ "alg": "RS256", "kid": "../one" }),
        json!({ "alg": "RS256" }),
    ];
    for header in headers {
        pool.refuses(&signed_by(&OTHER, &header, &pool.id())).await;
    }
}

#[tokio::test]
async fn a_token_of_somebody_else_for_somebody_else_or_for_something_else_is_refused() {
    let pool = pool();
    let wrong = [
        ("iss", json!("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", Value::Null),
        ("aud", json!("another")),
        ("aud", Value::Null),
        ("token_use", json!("access")),
        ("token_use", Value::Null),
        ("sub", Value::Null),
        ("exp", Value::Null),
        ("exp", json!("never")),
        ("iat", Value::Null),
    ];
    for (name, value) in wrong {
        let found = pool.tokens.person(&signed(&with(pool.id(), name, value.clone()))).await;
        assert!(matches!(found, Err(TokenError::Refused(_))), "{name}: {value}");
    }
    for (name, value) in [
        ("client_id", json!("another")),
        ("client_id", Value::Null),
        ("token_use", json!("id")),
        ("iss", json!("x")),
    ] {
        let found = pool.tokens.access(&signed(&with(pool.access(), name, value.clone()))).await;
        assert!(matches!(found, Err(TokenError::Refused(_))), "{name}: {value}");
    }
    assert!(pool.tokens.access(&signed(&pool.id())).await.is_err(), "an ID token opens nothing");
    assert!(pool.tokens.person(&signed(&pool.access())).await.is_err());
}

#[tokio::test]
async fn a_token_is_good_for_its_time_and_a_little_longer() {
    let pool = pool();
    let token = signed(&pool.id());
    pool.clock.advance(Duration::from_secs(3600) + LEEWAY - Duration::from_secs(1));
    assert!(pool.tokens.person(&token).await.is_ok());
    pool.clock.advance(Duration::from_secs(1));
    pool.refuses(&token).await;
    let soon = |seconds: i64| with(pool.id(), "iat", json!(pool.now() + seconds));
    assert!(pool.tokens.person(&signed(&soon(60))).await.is_ok());
    pool.refuses(&signed(&soon(61))).await;
    pool.refuses(&signed(&with(pool.id(), "nbf", json!(pool.now() + 3600)))).await;
}

#[tokio::test]
async fn names_of_keys_that_somebody_makes_up_cost_the_pool_one_request_a_minute() {
    let pool = pool();
    assert!(pool.tokens.person(&signed(&pool.id())).await.is_ok());
    for minute in 0..3 {
        let storm = (0..200).map(|n| {
            let (tokens, claims) = (pool.tokens.clone(), pool.id());
            tokio::spawn(async move {
                let token = format!("{}.{}.c2ln", part(&header(&format!("made-up-{n}"))), part(&claims));
                assert!(matches!(tokens.person(&token).await, Err(TokenError::Refused(_))));
            })
        });
        for attempt in storm.collect::<Vec<_>>() {
            attempt.await.unwrap();
        }
        assert!(pool.tokens.person(&signed(&pool.id())).await.is_ok(), "others get in meanwhile");
        assert_eq!(pool.asked.load(Ordering::SeqCst), 1 + minute, "in minute {minute}");
        pool.clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_new_key_is_found_and_one_that_is_withdrawn_forgotten() {
    let pool = pool();
    let by_new = |claims: &Value| signed_by(&OTHER, &header("two"), claims);
    assert!(pool.tokens.person(&signed(&pool.id())).await.is_ok());
    *pool.published.lock().unwrap() = json!([jwk("two", &OTHER)]);
    pool.refuses(&by_new(&pool.id())).await;
    pool.clock.advance(Duration::from_secs(60));
    assert!(pool.tokens.person(&by_new(&pool.id())).await.is_ok());
    pool.refuses(&signed(&pool.id())).await;
    // Without anybody asking for a new one, too.
    *pool.published.lock().unwrap() = json!([jwk("one", &KEY)]);
    pool.clock.advance(Duration::from_secs(3599));
    assert!(pool.tokens.person(&by_new(&pool.id())).await.is_ok());
    pool.clock.advance(Duration::from_secs(1));
    pool.refuses(&by_new(&pool.id())).await;
}

#[tokio::test]
async fn a_pool_that_does_not_answer_is_no_reason_to_refuse_anybody_for_good() {
    let pool = pool();
    pool.down.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let found = pool.tokens.person(&signed(&pool.id())).await;
        assert!(matches!(found, Err(TokenError::Unavailable(_))), "{found:?}");
    }
    assert_eq!(pool.asked.load(Ordering::SeqCst), 1, "it is left in peace for a second");
    pool.down.store(false, Ordering::SeqCst);
    pool.clock.advance(Duration::from_secs(1));
    assert!(pool.tokens.person(&signed(&pool.id())).await.is_ok());
    // Keys from before are good for as long as there are no newer ones to be had.
    pool.down.store(true, Ordering::SeqCst);
    pool.clock.advance(Duration::from_secs(7200));
    assert!(pool.tokens.person(&signed(&pool.id())).await.is_ok());
}

#[tokio::test]
async fn keys_for_other_purposes_sign_nothing() {
    let pool = pool();
    for (name, value) in
        [("use", json!("enc")), ("alg", json!("RS512")), ("kty", json!("oct")), ("kid", Value::Null)]
    {
        *pool.published.lock().unwrap() = json!([with(jwk("two", &OTHER), name, value)]);
        pool.clock.advance(Duration::from_secs(60));
        let found = pool.tokens.person(&signed_by(&OTHER, &header("two"), &pool.id())).await;
        assert!(found.is_err(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_change_of_a_token_goes_unnoticed(at: prop::sample::Index, to in "[A-Za-z0-9_.-]") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let pool = pool();
        let good = signed(&pool.id());
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != good);
        prop_assert!(runtime.block_on(pool.tokens.person(&changed)).is_err());
    }

    #[test]
    fn no_text_is_taken_for_a_token(text in ".{0,200}", parts in prop::collection::vec("[A-Za-z0-9_=-]{0,60}", 0..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let pool = pool();
        for token in [text, parts.join(".")] {
            let found = runtime.block_on(pool.tokens.person(&token));
            prop_assert!(matches!(found, Err(TokenError::Refused(_))));
        }
        prop_assert_eq!(pool.asked.load(Ordering::SeqCst), 0);
    }
}
