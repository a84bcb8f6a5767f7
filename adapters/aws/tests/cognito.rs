//! A user pool keeps the contract of identities, and what the adapter promises beyond.
//!
//! ministack checks passwords by SRP, codes, secret hashes and tokens (`AUTH=true`). moto gives no second opinion on that: it takes
//! any code, and any password proof.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod browser;
mod stand_in;
mod strict;

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, ExplicitAuthFlowsType, PasswordPolicyType, PreventUserExistenceErrorTypes,
    UserPoolPolicyType, VerifiedAttributeType,
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
use stand_in::{StandIn, SystemClock, ministack_that_checks, now, own_ministack};
use std::sync::Arc;
use std::time::Duration;
use stoa_aws::{Cognito, CognitoSettings, HostedSettings, RoleGroups, SignInFlow};
use totp_rs::{Builder, Secret};

/// How a site reaches its pool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By proofs of passwords.
    Proof,
    /// By passwords.
    Password,
    /// By proofs, and by the pool's own pages.
    Pages,
}

/// A pool and its app client, made of the documents that operators make theirs of.
async fn settings(stand_in: &StandIn, way: Way) -> (Client, CognitoSettings) {
    let client = Client::new(&stand_in.infrastructure());
    let made = document(stand_in, "CreateUserPool", "user-pool", "").await;
    let pool = made["UserPool"]["Id"].as_str().unwrap().to_owned();
    document(stand_in, "SetUserPoolMfaConfig", "user-pool-mfa", &pool).await;
    for group in ["instructors", "support", "admins"] {
        client.create_group().user_pool_id(&pool).group_name(group).send().await.unwrap();
    }
    let app = if way == Way::Pages { "user-pool-client-with-pages" } else { "user-pool-client" };
    let app = document(stand_in, "CreateUserPoolClient", app, &pool).await;
    let told = |name: &str| app["UserPoolClient"][name].as_str().unwrap().to_owned();
    if way == Way::Password {
        // As docs/aws.md has it for the other flow.
        let flows =
            [ExplicitAuthFlowsType::AllowUserPasswordAuth, ExplicitAuthFlowsType::AllowRefreshTokenAuth];
        let changed = client.update_user_pool_client().user_pool_id(&pool).client_id(told("ClientId"));
        let changed = changed.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
        changed.set_explicit_auth_flows(Some(flows.into())).send().await.unwrap();
    }
    let hosted = HostedSettings {
        origin: stand_in.endpoint().to_owned(),
        name: "single sign-on".into(),
        back: format!("{SITE}/api/session/return"),
        out: format!("{SITE}/"),
    };
    let settings = CognitoSettings {
        client: told("ClientId"),
        secret: Some(told("ClientSecret")),
        pool,
        flow: if way == Way::Password { SignInFlow::Password } else { SignInFlow::Srp },
        groups: RoleGroups::default(),
        endpoint: Some(stand_in.endpoint().to_owned()),
        hosted: (way == Way::Pages).then_some(hosted),
        lending: None,
    };
    (client, settings)
}

/// Has something made as a document of infra/aws says; what came of it.
async fn document(stand_in: &StandIn, action: &str, name: &str, pool: &str) -> serde_json::Value {
    let text = written(name, &[("POOL", pool), ("SITE", SITE)]);
    let target = format!("AWSCognitoIdentityProviderService.{action}");
    let answer = browser::post_json(stand_in.endpoint(), "cognito-idp", &target, &text).await;
    assert_eq!(answer.status, 200, "{action} of {name}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// A document of infra/aws, with what the words in capitals stand for.
fn written(name: &str, words: &[(&str, &str)]) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/aws");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
    words.iter().fold(text, |text, (word, value)| text.replace(word, value))
}

async fn cognito(stand_in: &StandIn, way: Way) -> (Client, CognitoSettings, Cognito) {
    let (client, settings) = settings(stand_in, way).await;
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

fn fresh_with(way: Way) -> IdentityFixture {
    let pace = Pace::Waited {
        clock: Arc::new(SystemClock),
        minute: Duration::from_secs(3),
        slack: Duration::from_secs(1),
    };
    let cognito = Arc::new(now(cognito(ministack_that_checks(), way)).2);
    IdentityFixture { provider: Fixture::with_pace(cognito, pace, ()), inbox: Box::new(Hands) }
}

mod by_proof {
    use super::*;
    fn fresh() -> IdentityFixture {
        fresh_with(Way::Proof)
    }
    services::identity_contract!(fresh);
}

mod by_password {
    use super::*;
    fn fresh() -> IdentityFixture {
        fresh_with(Way::Password)
    }
    services::identity_contract!(fresh);
}

fn whom(person: &Person) -> Whom<'_> {
    Whom { subject: &person.subject, email: &person.email, tokens: person.tokens.as_ref() }
}

/// The origin of the pages.
const SITE: &str = "http://localhost:3000";
const ADA: &str = "ada@example.com";
const OLD: &str = "learning is fun";
const NEW: &str = "teaching is fun";

async fn fresh_pool() -> (Client, CognitoSettings, Cognito) {
    cognito(ministack_that_checks(), Way::Proof).await
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
    let (client, settings, cognito) = fresh_pool().await;
    let lowercase = PasswordPolicyType::builder().minimum_length(10).require_lowercase(true).build();
    let policies = UserPoolPolicyType::builder().password_policy(lowercase).build();
    let changed = client.update_user_pool().user_pool_id(&settings.pool).policies(policies);
    changed.auto_verified_attributes(VerifiedAttributeType::Email).send().await.unwrap();
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
    let (_, _, cognito) = cognito(&stand_in, Way::Proof).await;
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
        hosted: None,
        lending: None,
    };
    let cognito = Cognito::new(&account.connect().await, settings, Arc::new(SystemClock));
    let (ada, old) = (email(ADA), password(OLD));
    let asked = cognito.sign_in(&ada, &old);
    let found =
        tokio::time::timeout(Duration::from_secs(20), asked).await.expect("there is an answer in time");
    assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
}

#[tokio::test]
async fn a_pool_that_lets_nobody_in_without_an_authenticator_has_them_set_one_up_first() {
    let (_, settings, direct) = cognito(ministack_that_checks(), Way::Password).await;
    direct.add(&email(ADA), &"Ada".parse().unwrap(), &password(OLD)).await.unwrap();
    let strict = strict::Peer::before(ministack_that_checks().endpoint()).await;
    let connection = stand_in::connect(&strict.endpoint).await;
    let cognito = Cognito::new(&connection, settings, Arc::new(SystemClock));
    assert_eq!(cognito.sign_in(&email(ADA), &password(NEW)).await.unwrap(), None);
    let entered = cognito.sign_in(&email(ADA), &password(OLD)).await.unwrap();
    let Some(SignIn::Challenge(challenge)) = entered else { panic!("{entered:?}") };
    let ChallengeKind::NewAuthenticator(key) = &challenge.kind else { panic!("{challenge:?}") };
    let answer =
        async |code: &str| cognito.answer(&challenge, &ChallengeAnswer::Totp(code.to_owned())).await.unwrap();
    for wrong in ["", "12345", "abcdef", &other_than(&totp(key))] {
        assert_eq!(answer(wrong).await, None, "{wrong:?}");
    }
    match answer(&totp(key)).await {
        Some(SignIn::Done(entered)) => assert_eq!(entered.email, email(ADA)),
        other => panic!("{other:?}"),
    }
    assert_eq!(answer(&totp(key)).await, Some(SignIn::Again), "an attempt is answered once");
}

/// Six digits that are no code around now.
fn other_than(code: &str) -> String {
    let changed = |digit: char| if digit == '0' { '1' } else { '0' };
    code.chars().map(changed).collect()
}

mod hosted {
    use super::*;
    use services::ports::{Attempt, Hosted, Redeemed};

    fn attempt(name: &str) -> Attempt {
        let secret = |of: &str| format!("{of}-of-{name}-").repeat(4).chars().take(43).collect();
        Attempt { state: secret("state"), nonce: secret("nonce"), verifier: secret("verifier") }
    }

    /// Signs Ada in on the pool's pages, as a browser does; where it is led back to.
    async fn signs_in(hosted: &dyn Hosted, with: &Attempt, password: &str) -> browser::Answer {
        let entrance = hosted.entrance(with);
        let page = browser::get(&entrance).await;
        assert_eq!(page.status, 200, "{entrance}: {}", page.body);
        let mut fields = page.hidden();
        fields
            .extend([("username".to_owned(), ADA.to_owned()), ("password".to_owned(), password.to_owned())]);
        browser::post_form(&format!("{}/login", hosted.origin()), &fields).await
    }

    async fn code(hosted: &dyn Hosted, with: &Attempt) -> String {
        let back = signs_in(hosted, with, OLD).await.location.unwrap();
        let (address, query) = back.split_once('?').unwrap();
        assert_eq!(address, format!("{SITE}/api/session/return"));
        let value = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            pair.unwrap_or_else(|| panic!("no {name} in {query}")).to_owned()
        };
        assert_eq!(value("state"), with.state);
        value("code")
    }

    #[tokio::test]
    async fn who_signs_in_on_the_pools_own_pages_is_the_same_person() {
        let (_, _, cognito) = cognito(ministack_that_checks(), Way::Pages).await;
        let person = ada(&cognito).await;
        let hosted = cognito.hosted().unwrap();
        let (first, second) = (attempt("first"), attempt("second"));
        assert!(signs_in(hosted, &first, NEW).await.location.is_none(), "a wrong password leads nowhere");

        let mine = code(hosted, &first).await;
        let redeem = async |code: &str, attempt: &Attempt| hosted.redeem(code, attempt).await.unwrap();
        assert_eq!(redeem("made-up", &first).await, Redeemed::Refused);
        assert_eq!(
            redeem(&mine, &second).await,
            Redeemed::Refused,
            "without its proof key a code is nothing"
        );
        let Redeemed::Person(entered) = redeem(&mine, &first).await else { panic!("she is not let in") };
        assert_eq!((&entered.subject, &entered.email), (&person.subject, &person.email));
        assert_eq!(redeem(&mine, &first).await, Redeemed::Refused, "a code works once");

        let other = Attempt { nonce: second.nonce.clone(), ..first.clone() };
        let mine = code(hosted, &first).await;
        assert_eq!(redeem(&mine, &other).await, Redeemed::Refused, "the token is of another attempt");

        match cognito.refresh(whom(&entered)).await.unwrap() {
            Refreshed::Good(again) => assert_eq!(again.subject, person.subject),
            Refreshed::Ended => panic!("nobody ended it"),
        }
        assert!(cognito.change_password(whom(&entered), &password(OLD), &password(NEW)).await.unwrap());
        let out = browser::get(&hosted.exit()).await;
        assert_eq!(out.location.as_deref(), Some(&*format!("{SITE}/")));
    }

    #[tokio::test]
    async fn an_address_that_nobody_verified_opens_no_account() {
        let (client, settings, cognito) = cognito(ministack_that_checks(), Way::Pages).await;
        ada(&cognito).await;
        let unverified = AttributeType::builder().name("email_verified").value("false").build().unwrap();
        let changed = client.admin_update_user_attributes().user_pool_id(&settings.pool).username(ADA);
        changed.user_attributes(unverified).send().await.unwrap();
        let hosted = cognito.hosted().unwrap();
        let first = attempt("first");
        let mine = code(hosted, &first).await;
        assert_eq!(hosted.redeem(&mine, &first).await.unwrap(), Redeemed::Unverified);
    }

    #[tokio::test]
    async fn a_client_that_is_not_ours_and_pages_that_are_down_are_no_fault_of_a_code() {
        let stand_in = own_ministack();
        let (_, settings, cognito) = cognito(&stand_in, Way::Pages).await;
        ada(&cognito).await;
        let first = attempt("first");
        let mine = code(cognito.hosted().unwrap(), &first).await;
        let changed = CognitoSettings { secret: Some("another".into()), ..settings };
        let stranger = Cognito::new(&stand_in.connect().await, changed, Arc::new(SystemClock));
        let found = stranger.hosted().unwrap().redeem(&mine, &first).await;
        assert!(matches!(found, Err(IdentityError::Internal(_))), "{found:?}");
        stand_in.end();
        let found = cognito.hosted().unwrap().redeem(&mine, &first).await;
        assert!(matches!(found, Err(IdentityError::Unavailable(_))), "{found:?}");
    }

    #[tokio::test]
    async fn a_pool_whose_pages_are_not_configured_has_none() {
        let (_, _, cognito) = fresh_pool().await;
        assert!(cognito.hosted().is_none());
    }
}

mod lending {
    use super::*;
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_sdk_s3::config::Builder;
    use domain::view::UploadKeys;
    use stoa_aws::LendingSettings;

    const BUCKET: &str = "stoa-lends";

    /// A pool whose people are lent keys, by an identity pool of the documents.
    async fn lender(stand_in: &StandIn) -> (Cognito, String) {
        let (_, settings) = settings(stand_in, Way::Proof).await;
        let words = |identities: &str| {
            let words = [
                ("REGION", "us-east-1"),
                ("ACCOUNT", "000000000000"),
                ("POOL", &settings.pool),
                ("CLIENT", &settings.client),
                ("IDENTITIES", identities),
            ];
            words.map(|(word, value)| (word.to_owned(), value.to_owned()))
        };
        let made = identities(stand_in, "CreateIdentityPool", "identity-pool", &words("")).await;
        let pool = made["IdentityPoolId"].as_str().unwrap().to_owned();
        identities(stand_in, "SetIdentityPoolRoles", "identity-pool-roles", &words(&pool)).await;
        // ministack knows no rules of roles, so it is told which one they come to.
        let role = "arn:aws:iam::000000000000:role/stoa-uploads";
        let roles = serde_json::json!({ "IdentityPoolId": pool, "Roles": { "authenticated": role } });
        let target = "AWSCognitoIdentityService.SetIdentityPoolRoles";
        browser::post_json(stand_in.endpoint(), "cognito-identity", target, &roles.to_string()).await;
        let lending = LendingSettings {
            pool: pool.clone(),
            bucket: BUCKET.into(),
            prefix: "stoa/".into(),
            region: "us-east-1".into(),
        };
        let settings = CognitoSettings { lending: Some(lending), ..settings };
        let cognito = Cognito::new(&stand_in.connect().await, settings, Arc::new(SystemClock));
        (cognito, pool)
    }

    async fn identities(
        stand_in: &StandIn,
        action: &str,
        name: &str,
        words: &[(String, String)],
    ) -> serde_json::Value {
        let words: Vec<(&str, &str)> = words.iter().map(|(word, value)| (&**word, &**value)).collect();
        let target = format!("AWSCognitoIdentityService.{action}");
        let text = written(name, &words);
        let answer = browser::post_json(stand_in.endpoint(), "cognito-identity", &target, &text).await;
        assert_eq!(answer.status, 200, "{action} of {name}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// The role that they come to, for somebody of this name: ministack puts no names into policies, so the test does.
    async fn role(stand_in: &StandIn, pool: &str, identity: &str) {
        let words = [
            ("BUCKET", BUCKET),
            ("PREFIX", "stoa/"),
            ("IDENTITIES", pool),
            ("${cognito-identity.amazonaws.com:sub}", identity),
        ];
        let create = [
            ("Action", "CreateRole"),
            ("RoleName", "stoa-uploads"),
            ("AssumeRolePolicyDocument", &written("upload-trust", &words)),
        ];
        browser::query(stand_in.endpoint(), "iam", &create).await;
        let put = [
            ("Action", "PutRolePolicy"),
            ("RoleName", "stoa-uploads"),
            ("PolicyName", "own"),
            ("PolicyDocument", &written("upload-policy", &words)),
        ];
        assert_eq!(browser::query(stand_in.endpoint(), "iam", &put).await.status, 200);
    }

    fn bucket(stand_in: &StandIn, keys: &UploadKeys) -> aws_sdk_s3::Client {
        let UploadKeys { id, secret, token, .. } = keys.clone();
        let credentials =
            SharedCredentialsProvider::new(Credentials::new(id, secret, Some(token), None, "lent"));
        let config = Builder::from(&stand_in.infrastructure()).credentials_provider(credentials);
        aws_sdk_s3::Client::from_conf(config.force_path_style(true).build())
    }

    #[tokio::test]
    async fn somebody_is_lent_keys_that_open_their_own_place_and_no_other() {
        let stand_in = own_ministack();
        let (cognito, pool) = lender(&stand_in).await;
        let owner = aws_sdk_s3::Client::from_conf(
            Builder::from(&stand_in.infrastructure()).force_path_style(true).build(),
        );
        owner.create_bucket().bucket(BUCKET).send().await.unwrap();
        let person = ada(&cognito).await;
        let lender = cognito.key_lender().unwrap();
        let keys = lender.lend(whom(&person)).await.unwrap();
        assert_eq!(lender.lend(whom(&person)).await.unwrap().prefix, keys.prefix, "the same place each time");
        let hours = keys.until.since(SystemClock.now()).as_secs().div_ceil(3600);
        assert_eq!((keys.bucket.as_str(), hours), (BUCKET, 1));
        let identity = keys.prefix.strip_prefix("stoa/tools/").unwrap().trim_end_matches('/');
        role(&stand_in, &pool, identity).await;

        let s3 = bucket(&stand_in, &keys);
        let put = async |key: String| {
            s3.put_object().bucket(BUCKET).key(key).body(b"film".to_vec().into()).send().await
        };
        put(format!("{}film.mp4", keys.prefix)).await.unwrap();
        for foreign in ["stoa/uploads/film.mp4", "stoa/tools/us-east-1:another/film.mp4", "film.mp4"] {
            let refused = put(foreign.into()).await.unwrap_err();
            assert_eq!(refused.raw_response().unwrap().status().as_u16(), 403, "{foreign}");
        }
    }

    #[tokio::test]
    async fn who_is_shut_out_is_lent_nothing_and_strangers_are_told_apart() {
        let stand_in = ministack_that_checks();
        let (cognito, _) = lender(stand_in).await;
        let person = ada(&cognito).await;
        let linus = email("linus@example.com");
        cognito.add(&linus, &"Linus".parse().unwrap(), &password(OLD)).await.unwrap();
        let linus = enters(&cognito, linus.as_str(), OLD).await;
        let lender = cognito.key_lender().unwrap();
        let prefix = async |person: &Person| lender.lend(whom(person)).await.unwrap().prefix;
        assert_ne!(prefix(&person).await, prefix(&linus).await);
        cognito.sign_out_everywhere(whom(&person)).await.unwrap();
        let refused = lender.lend(whom(&person)).await;
        assert!(matches!(refused, Err(IdentityError::Unknown)), "{refused:?}");
        assert!(fresh_pool().await.2.key_lender().is_none());
    }
}
