//! A user pool keeps the contract of identities, and what the adapter promises beyond.
//!
//! ministack checks passwords by SRP, codes, secret hashes and tokens (`AUTH=true`). moto gives no second opinion on that: it takes
//! any code, and any password proof.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod stand_in;

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, PasswordPolicyType, PreventUserExistenceErrorTypes, SoftwareTokenMfaConfigType,
    UserPoolMfaType, UserPoolPolicyType, UsernameAttributeType, VerifiedAttributeType,
};
use domain::account::Role;
use domain::text::Email;
use services::clock::Clock;
use services::contract::identity::{IdentityFixture, Inbox, Purpose, email, password};
use services::contract::{Fixture, Pace};
use services::ports::{
    Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Identity, IdentityError, Person, Refreshed,
    SignIn, SignUp, TotpSecret, Whom,
};
use stand_in::{StandIn, SystemClock, ministack_that_checks, now, own_ministack, unique};
use std::sync::Arc;
use std::time::Duration;
use stoa_aws::{Cognito, CognitoSettings, RoleGroups, SignInFlow};
use totp_rs::{Builder, Secret};

/// A pool as docs/aws.md wants it, and its app client.
async fn settings(stand_in: &StandIn, flow: SignInFlow) -> (Client, CognitoSettings) {
    let client = Client::new(&stand_in.infrastructure());
    let lengths = PasswordPolicyType::builder().minimum_length(10).require_lowercase(true);
    let pool = client
        .create_user_pool()
        .pool_name(unique("people"))
        .username_attributes(UsernameAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .policies(UserPoolPolicyType::builder().password_policy(lengths.build()).build());
    let pool = pool.send().await.unwrap().user_pool.unwrap().id.unwrap();
    let authenticators = SoftwareTokenMfaConfigType::builder().enabled(true).build();
    let mfa =
        client.set_user_pool_mfa_config().user_pool_id(&pool).mfa_configuration(UserPoolMfaType::Optional);
    mfa.software_token_mfa_configuration(authenticators).send().await.unwrap();
    for group in ["instructors", "support", "admins"] {
        client.create_group().user_pool_id(&pool).group_name(group).send().await.unwrap();
    }
    let app = client
        .create_user_pool_client()
        .user_pool_id(&pool)
        .client_name("stoa")
        .generate_secret(true)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
        .explicit_auth_flows(match flow {
            SignInFlow::Srp => ExplicitAuthFlowsType::AllowUserSrpAuth,
            SignInFlow::Password => ExplicitAuthFlowsType::AllowUserPasswordAuth,
        })
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth);
    let app = app.send().await.unwrap().user_pool_client.unwrap();
    let settings = CognitoSettings {
        pool,
        client: app.client_id.unwrap(),
        secret: app.client_secret,
        flow,
        groups: RoleGroups::default(),
        endpoint: Some(stand_in.endpoint().to_owned()),
    };
    (client, settings)
}

async fn cognito(stand_in: &StandIn, flow: SignInFlow) -> (Client, CognitoSettings, Cognito) {
    let (client, settings) = settings(stand_in, flow).await;
    let cognito = Cognito::new(&stand_in.connect().await, settings.clone(), Arc::new(SystemClock));
    (client, settings, cognito)
}

/// The codes that ministack sends are always the same.
struct Hands;

#[async_trait]
impl Inbox for Hands {
    async fn code(&self, _: &Email, sent: &CodeDelivery, purpose: Purpose) -> String {
        assert_eq!(*sent, CodeDelivery::Provider);
        match purpose {
            Purpose::Registration => "123456".into(),
            Purpose::Reset => "654321".into(),
        }
    }

    /// It takes a code twice.
    async fn totp(&self, key: &TotpSecret) -> String {
        totp(key)
    }
}

fn totp(key: &TotpSecret) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(&key.0).unwrap()).build().unwrap();
    totp.generate(u64::try_from(SystemClock.now().seconds()).unwrap()).to_string()
}

fn fresh_with(flow: SignInFlow) -> IdentityFixture {
    let pace = Pace::Waited {
        clock: Arc::new(SystemClock),
        minute: Duration::from_secs(3),
        slack: Duration::from_secs(1),
    };
    let cognito = Arc::new(now(cognito(ministack_that_checks(), flow)).2);
    IdentityFixture { provider: Fixture::with_pace(cognito, pace, ()), inbox: Box::new(Hands) }
}

mod by_proof {
    use super::*;
    fn fresh() -> IdentityFixture {
        fresh_with(SignInFlow::Srp)
    }
    services::identity_contract!(fresh);
}

mod by_password {
    use super::*;
    fn fresh() -> IdentityFixture {
        fresh_with(SignInFlow::Password)
    }
    services::identity_contract!(fresh);
}

fn whom(person: &Person) -> Whom<'_> {
    Whom { subject: &person.subject, email: &person.email, tokens: person.tokens.as_ref() }
}

const ADA: &str = "ada@example.com";
const OLD: &str = "learning is fun";
const NEW: &str = "teaching is fun";

async fn fresh_pool() -> (Client, CognitoSettings, Cognito) {
    cognito(ministack_that_checks(), SignInFlow::Srp).await
}

async fn enters(cognito: &Cognito, address: &str, text: &str) -> Person {
    match cognito.sign_in(&email(address), &password(text)).await.unwrap() {
        Some(SignIn::Done(person)) => person,
        other => panic!("{address} cannot sign in: {other:?}"),
    }
}

async fn ada(cognito: &Cognito) -> Person {
    cognito.add(&email(ADA), &"Ada".parse().unwrap(), &password(OLD)).await.unwrap();
    enters(cognito, ADA, OLD).await
}

#[tokio::test]
async fn a_role_is_membership_in_one_group() {
    let (client, settings, cognito) = fresh_pool().await;
    let person = ada(&cognito).await;
    assert_eq!(person.role, Some(Role::Learner));
    for role in [Role::Instructor, Role::Admin, Role::Support, Role::Support, Role::Learner] {
        cognito.set_role(whom(&person), role).await.unwrap();
        assert_eq!(enters(&cognito, ADA, OLD).await.role, Some(role));
        match cognito.refresh(whom(&person)).await.unwrap() {
            Refreshed::Good(again) => assert_eq!(again.role, Some(role), "without signing in again"),
            Refreshed::Ended => panic!("nobody ended it"),
        }
        let groups = client.admin_list_groups_for_user().user_pool_id(&settings.pool).username(ADA);
        let groups = groups.send().await.unwrap().groups().len();
        assert_eq!(groups, usize::from(role != Role::Learner));
    }
}

#[tokio::test]
async fn a_password_that_somebody_else_gave_is_replaced_by_an_own_one() {
    let (client, settings, cognito) = fresh_pool().await;
    let added = client.admin_create_user().user_pool_id(&settings.pool).username(ADA);
    added.temporary_password(OLD).send().await.unwrap();
    let entered = cognito.sign_in(&email(ADA), &password(OLD)).await.unwrap();
    let Some(SignIn::Challenge(challenge)) = entered else { panic!("{entered:?}") };
    assert_eq!(challenge.kind, ChallengeKind::NewPassword);
    let answer = async |challenge: &Challenge, answer| cognito.answer(challenge, &answer).await;
    let code = answer(&challenge, ChallengeAnswer::Totp("123456".into())).await.unwrap();
    assert_eq!(code, None, "that is no answer to this");
    match answer(&challenge, ChallengeAnswer::NewPassword(password(NEW))).await.unwrap() {
        Some(SignIn::Done(person)) => assert_eq!(person.email, email(ADA)),
        other => panic!("{other:?}"),
    }
    enters(&cognito, ADA, NEW).await;
    assert_eq!(cognito.sign_in(&email(ADA), &password(OLD)).await.unwrap(), None);
}

#[tokio::test]
async fn a_password_against_the_pools_rules_is_refused_with_the_reason() {
    let (_, _, cognito) = fresh_pool().await;
    let name = "Ada".parse().unwrap();
    for refused in [
        cognito.sign_up(&email(ADA), &name, &password("LEARNING IS FUN")).await.err(),
        cognito.add(&email(ADA), &name, &password("LEARNING IS FUN")).await.err(),
    ] {
        let Some(IdentityError::Password(why)) = refused else { panic!("{refused:?}") };
        assert_eq!(why, "must have lowercase characters");
    }
    let added = cognito.add(&email(ADA), &name, &password(OLD)).await;
    assert!(added.is_ok(), "nothing is left of the attempt: {added:?}");
}

#[tokio::test]
async fn who_never_confirmed_may_register_again() {
    let (_, _, cognito) = fresh_pool().await;
    for text in [OLD, NEW] {
        let registered =
            cognito.sign_up(&email(ADA), &"Ada".parse().unwrap(), &password(text)).await.unwrap();
        assert_eq!(registered, SignUp::Begun(CodeDelivery::Provider));
    }
    cognito.confirm(&email(ADA), "123456").await.unwrap();
    enters(&cognito, ADA, NEW).await;
    assert_eq!(cognito.sign_in(&email(ADA), &password(OLD)).await.unwrap(), None);
}

#[tokio::test]
async fn whoever_is_signed_out_everywhere_or_shut_out_is_so_in_each_session() {
    let (client, settings, cognito) = fresh_pool().await;
    let sessions = [ada(&cognito).await, enters(&cognito, ADA, OLD).await];
    cognito.sign_out_everywhere(whom(&sessions[0])).await.unwrap();
    for session in &sessions {
        assert_eq!(cognito.refresh(whom(session)).await.unwrap(), Refreshed::Ended);
    }
    // Of times of revocation ministack knows whole seconds.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let session = enters(&cognito, ADA, OLD).await;
    assert!(matches!(cognito.refresh(whom(&session)).await.unwrap(), Refreshed::Good(_)));
    client.admin_disable_user().user_pool_id(&settings.pool).username(ADA).send().await.unwrap();
    assert_eq!(cognito.refresh(whom(&session)).await.unwrap(), Refreshed::Ended);
    assert_eq!(cognito.sign_in(&email(ADA), &password(OLD)).await.unwrap(), None);
}

#[tokio::test]
async fn an_app_that_is_not_ours_is_a_defect_and_not_somebodys_wrong_password() {
    let (_, settings, cognito) = fresh_pool().await;
    ada(&cognito).await;
    let connection = ministack_that_checks().connect().await;
    let with = |changed| Cognito::new(&connection, changed, Arc::new(SystemClock));
    let strangers = [
        with(CognitoSettings { secret: Some("another".into()), ..settings.clone() }),
        with(CognitoSettings { secret: None, ..settings.clone() }),
        with(CognitoSettings { client: "another".into(), ..settings.clone() }),
        with(CognitoSettings { flow: SignInFlow::Password, ..settings }),
    ];
    for stranger in strangers {
        let found = stranger.sign_in(&email(ADA), &password(OLD)).await;
        assert!(matches!(found, Err(IdentityError::Internal(_))), "{found:?}");
    }
}

#[tokio::test]
async fn a_pool_that_does_not_answer_is_unavailable_and_ends_nobodys_session() {
    let stand_in = own_ministack();
    let (_, _, cognito) = cognito(&stand_in, SignInFlow::Srp).await;
    let person = ada(&cognito).await;
    stand_in.end();
    let found = cognito.refresh(whom(&person)).await;
    assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
    let found = cognito.sign_in(&email(ADA), &password(OLD)).await;
    assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
    let found = cognito.sign_up(&email(ADA), &"Ada".parse().unwrap(), &password(OLD)).await;
    assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
}

#[tokio::test]
async fn nobody_waits_for_a_pool_that_is_silent() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let keys = stoa_aws::AccessKeys { id: "test".into(), secret: "test".into() };
    let account = stoa_aws::Account {
        region: Some("us-east-1".into()),
        endpoint: Some(endpoint.clone()),
        keys: Some(keys),
    };
    let settings = CognitoSettings {
        pool: "us-east-1_Silent".into(),
        client: "client".into(),
        secret: None,
        flow: SignInFlow::Srp,
        groups: RoleGroups::default(),
        endpoint: Some(endpoint),
    };
    let cognito = Cognito::new(&account.connect().await, settings, Arc::new(SystemClock));
    let (ada, old) = (email(ADA), password(OLD));
    let asked = cognito.sign_in(&ada, &old);
    let found =
        tokio::time::timeout(Duration::from_secs(20), asked).await.expect("there is an answer in time");
    assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
}
