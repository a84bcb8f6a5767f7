use crate::site::{PASSWORD, Site};
use domain::account::Role;
use services::{Error, accounts};
use std::time::Duration;

#[tokio::test]
async fn a_session_lasts_until_sign_out() {
    let site = Site::new().await;
    site.person("ada", Role::Instructor).await;
    let signed_in = accounts::sign_in(&site.stoa, "Ada@Stoa.Example ", PASSWORD, "127.0.0.1").await.unwrap();
    let token = signed_in.token.expose().parse().unwrap();
    assert_eq!(accounts::resume(&site.stoa, &token).await.unwrap(), Some(signed_in.account));
    accounts::sign_out(&site.stoa, &token).await.unwrap();
    assert_eq!(accounts::resume(&site.stoa, &token).await.unwrap(), None);
    accounts::sign_out(&site.stoa, &token).await.unwrap();
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let token = accounts::sign_in(&site.stoa, "ada@stoa.example", PASSWORD, "127.0.0.1").await.unwrap().token;
    site.clock.advance(accounts::SESSION_LIFETIME);
    assert_eq!(accounts::resume(&site.stoa, &token).await.unwrap(), None);
}

#[tokio::test]
async fn each_sign_in_gets_a_session_of_its_own() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let sign_in = || accounts::sign_in(&site.stoa, "ada@stoa.example", PASSWORD, "127.0.0.1");
    let (here, there) = (sign_in().await.unwrap().token, sign_in().await.unwrap().token);
    assert_ne!(here.expose(), there.expose());
    accounts::sign_out(&site.stoa, &here).await.unwrap();
    assert!(accounts::resume(&site.stoa, &there).await.unwrap().is_some());
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_sound_alike() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let answer = |email: &'static str, password: &'static str| {
        let stoa = site.stoa.clone();
        async move { accounts::sign_in(&stoa, email, password, "127.0.0.1").await.unwrap_err().to_string() }
    };
    let wrong = answer("ada@stoa.example", "not her password").await;
    assert_eq!(answer("eve@stoa.example", PASSWORD).await, wrong);
    assert_eq!(answer("no address", PASSWORD).await, wrong);
}

#[tokio::test]
async fn guessing_from_one_place_is_stopped_there_and_only_for_a_while() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let sign_in = |password: &'static str, client: &'static str| {
        let stoa = site.stoa.clone();
        async move { accounts::sign_in(&stoa, "ada@stoa.example", password, client).await }
    };
    for _ in 0..10 {
        sign_in("a wrong guess", "192.0.2.1").await.unwrap_err();
    }
    let refused = sign_in(PASSWORD, "192.0.2.1").await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(message) if message.contains("15 minutes")), "{refused:?}");
    sign_in(PASSWORD, "192.0.2.2").await.expect("elsewhere the owner can still sign in");
    site.clock.advance(Duration::from_secs(15 * 60));
    sign_in(PASSWORD, "192.0.2.1").await.expect("later she can here, too");
}

#[tokio::test]
async fn an_address_has_one_account() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let second = accounts::add_account(&site.stoa, "ADA@stoa.example", "Eve", Role::Admin, PASSWORD).await;
    assert!(matches!(second, Err(Error::Invalid { field: "E-mail", .. })), "{second:?}");
    accounts::sign_in(&site.stoa, "ada@stoa.example", PASSWORD, "127.0.0.1")
        .await
        .expect("the first one is untouched");
}
