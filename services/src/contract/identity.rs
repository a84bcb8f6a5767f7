//! What every [`Identity`] does.

use super::Fixture;
use crate::ports::{
    Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Identity, IdentityError, Person, Refreshed,
    SignIn, SignUp, TotpSecret, Whom,
};
use async_trait::async_trait;
use domain::text::{DisplayName, Email, Password};

/// Makes the tests of an identity provider; `$fresh` is a `fn() -> IdentityFixture`.
#[macro_export]
macro_rules! identity_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::identity,
            [
                who_registers_is_nobody_until_the_code_comes_back,
                a_wrong_code_confirms_nothing,
                a_code_can_be_sent_again_to_who_waits_for_one,
                registering_a_taken_address_leaves_its_owner_alone,
                a_wrong_password_and_an_unknown_address_are_nobodys,
                a_code_resets_the_password_once,
                a_new_password_needs_the_old_one,
                who_gets_another_address_signs_in_with_it,
                an_address_that_is_taken_is_nobody_elses,
                a_second_factor_is_asked_for_once_its_first_code_was_right,
                a_password_reset_leaves_the_second_factor,
                who_recovers_gets_in_without_the_second_factor,
                a_second_factor_that_is_removed_is_not_asked_for,
                operators_add_people_and_set_passwords,
                who_is_removed_is_unknown,
            ]
        );
    };
}

/// What a case gets.
pub struct IdentityFixture {
    /// The provider, and its clock.
    pub provider: Fixture<dyn Identity>,
    /// What people get of it.
    pub inbox: Box<dyn Inbox>,
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Confirming a registration.
    Registration,
    /// Resetting a password.
    Reset,
}

/// What people hold in their hands.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// The code that reached them.
    async fn code(&self, email: &Email, sent: &CodeDelivery, purpose: Purpose) -> String;
    /// A code of their authenticator that was not used before; where that takes time, it has passed.
    async fn totp(&self, key: &TotpSecret) -> String;
}

/// An address that is known to be one.
///
/// # Panics
/// Where it is none.
pub fn email(text: &str) -> Email {
    text.parse().expect("the test's address is an address")
}

/// A password that is known to be allowed.
///
/// # Panics
/// Where it is not.
pub fn password(text: &str) -> Password {
    Password::new(text).expect("the test's password is allowed")
}

/// Passwords that suit every provider's rules.
const OLD: &str = "Learning-is-1-joy!";
const NEW: &str = "Learning-is-2-joys!";
const ADA: &str = "ada@example.com";
const LINUS: &str = "linus@example.com";
/// No code of any provider.
const WRONG: &str = "000000000000";

fn name() -> DisplayName {
    "Ada".parse().expect("the test's name is a name")
}

impl IdentityFixture {
    fn port(&self) -> &dyn Identity {
        &*self.provider.port
    }

    async fn register(&self, address: &str, text: &str) -> CodeDelivery {
        let registered = self.port().sign_up(&email(address), &name(), &password(text)).await;
        match registered.expect("they register") {
            SignUp::Begun(sent) => sent,
            SignUp::Taken => panic!("{address} is taken"),
        }
    }

    /// Somebody who can sign in.
    async fn person(&self, address: &str) -> Person {
        let sent = self.register(address, OLD).await;
        let code = self.inbox.code(&email(address), &sent, Purpose::Registration).await;
        self.port().confirm(&email(address), &code).await.expect("the code is right");
        self.enters(address, OLD).await
    }

    async fn sign_in(&self, address: &str, text: &str) -> Option<SignIn> {
        let attempt = Password::attempt(text).expect("the test's attempt is short enough");
        self.port().sign_in(&email(address), &attempt).await.expect("there is an answer")
    }

    async fn enters(&self, address: &str, text: &str) -> Person {
        match self.sign_in(address, text).await {
            Some(SignIn::Done(person)) => person,
            other => panic!("{address} cannot sign in: {other:?}"),
        }
    }

    async fn challenged(&self, address: &str, text: &str) -> Challenge {
        match self.sign_in(address, text).await {
            Some(SignIn::Challenge(challenge)) if challenge.kind == ChallengeKind::Totp => challenge,
            other => panic!("no second factor is asked of {address}: {other:?}"),
        }
    }

    async fn has_second_factor(&self, person: &Person) -> TotpSecret {
        let key = self.port().begin_totp(whom(person)).await.expect("there is a key");
        let code = self.inbox.totp(&key).await;
        assert!(self.port().confirm_totp(whom(person), &code).await.expect("there is an answer"));
        key
    }
}

/// There is nothing for us to send. A provider that sends by itself need not say that it did not.
fn reaches_nobody(sent: Result<Option<CodeDelivery>, IdentityError>) {
    let sent = sent.expect("there is an answer");
    assert!(!matches!(sent, Some(CodeDelivery::Ours(_))), "{sent:?}");
}

fn whom(person: &Person) -> Whom<'_> {
    Whom { subject: &person.subject, email: &person.email, tokens: person.tokens.as_ref() }
}

#[allow(missing_docs)]
pub async fn who_registers_is_nobody_until_the_code_comes_back(fixture: &IdentityFixture) {
    let sent = fixture.register(ADA, OLD).await;
    assert!(matches!(fixture.sign_in(ADA, OLD).await, None | Some(SignIn::Unconfirmed)));
    assert_eq!(fixture.sign_in(ADA, NEW).await, None);
    let code = fixture.inbox.code(&email(ADA), &sent, Purpose::Registration).await;
    fixture.port().confirm(&email(ADA), &code).await.expect("the code is right");
    let person = fixture.enters(ADA, OLD).await;
    assert_eq!((person.email.clone(), person.name.clone()), (email(ADA), Some(name())));
    assert_eq!(fixture.enters(ADA, OLD).await.subject, person.subject);
    assert!(matches!(fixture.port().refresh(whom(&person)).await, Ok(Refreshed::Good(_))));
}

#[allow(missing_docs)]
pub async fn a_wrong_code_confirms_nothing(fixture: &IdentityFixture) {
    fixture.register(ADA, OLD).await;
    for (address, code) in [(ADA, WRONG), (ADA, ""), (ADA, "no code"), (LINUS, WRONG)] {
        let refused = fixture.port().confirm(&email(address), code).await;
        assert!(matches!(refused, Err(IdentityError::Code)), "{address} {code:?}: {refused:?}");
    }
    assert!(matches!(fixture.sign_in(ADA, OLD).await, None | Some(SignIn::Unconfirmed)));
}

#[allow(missing_docs)]
pub async fn a_code_can_be_sent_again_to_who_waits_for_one(fixture: &IdentityFixture) {
    reaches_nobody(fixture.port().resend(&email(LINUS)).await);
    fixture.register(ADA, OLD).await;
    let sent = fixture.port().resend(&email(ADA)).await.expect("there is an answer");
    let code = fixture.inbox.code(&email(ADA), &sent.expect("it is sent"), Purpose::Registration).await;
    fixture.port().confirm(&email(ADA), &code).await.expect("the code is right");
    fixture.enters(ADA, OLD).await;
    reaches_nobody(fixture.port().resend(&email(ADA)).await);
}

#[allow(missing_docs)]
pub async fn registering_a_taken_address_leaves_its_owner_alone(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    let again = fixture.port().sign_up(&email(ADA), &name(), &password(NEW)).await;
    assert_eq!(again.expect("there is an answer"), SignUp::Taken);
    assert_eq!(fixture.sign_in(ADA, NEW).await, None);
    assert_eq!(fixture.enters(ADA, OLD).await.subject, ada.subject);
}

#[allow(missing_docs)]
pub async fn a_wrong_password_and_an_unknown_address_are_nobodys(fixture: &IdentityFixture) {
    fixture.person(ADA).await;
    for wrong in [&format!("{OLD} "), "learning-is-1-joy!", "Learning-is-1-joy", "x"] {
        assert_eq!(fixture.sign_in(ADA, wrong).await, None, "{wrong:?}");
    }
    assert_eq!(fixture.sign_in(LINUS, OLD).await, None);
}

#[allow(missing_docs)]
pub async fn a_code_resets_the_password_once(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    reaches_nobody(fixture.port().forgot(&email(LINUS)).await);
    let sent = fixture.port().forgot(&email(ADA)).await.expect("there is an answer").expect("it is sent");
    let code = fixture.inbox.code(&email(ADA), &sent, Purpose::Reset).await;
    let refused = fixture.port().reset(&email(ADA), WRONG, &password(NEW)).await;
    assert!(matches!(refused, Err(IdentityError::Code)), "{refused:?}");
    assert_eq!(fixture.enters(ADA, OLD).await.subject, ada.subject);
    fixture.port().reset(&email(ADA), &code, &password(NEW)).await.expect("the code is right");
    assert_eq!(fixture.sign_in(ADA, OLD).await, None);
    assert_eq!(fixture.enters(ADA, NEW).await.subject, ada.subject);
    let twice = fixture.port().reset(&email(ADA), &code, &password(OLD)).await;
    assert!(matches!(twice, Err(IdentityError::Code)), "{twice:?}");
}

#[allow(missing_docs)]
pub async fn a_new_password_needs_the_old_one(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    let change = |old: &'static str| fixture.port().change_password(whom(&ada), attempt(old), attempt(NEW));
    assert!(!change("Not-hers-1!").await.expect("there is an answer"));
    assert!(change(OLD).await.expect("there is an answer"));
    assert_eq!(fixture.sign_in(ADA, OLD).await, None);
    assert_eq!(fixture.enters(ADA, NEW).await.subject, ada.subject);
}

/// Kept for as long as the test runs.
fn attempt(text: &str) -> &'static Password {
    Box::leak(Box::new(password(text)))
}

#[allow(missing_docs)]
pub async fn who_gets_another_address_signs_in_with_it(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    fixture.port().set_email(whom(&ada), &email("countess@example.com")).await.expect("it is set");
    assert_eq!(fixture.sign_in(ADA, OLD).await, None);
    let countess = fixture.enters("countess@example.com", OLD).await;
    assert_eq!((countess.subject, countess.email), (ada.subject, email("countess@example.com")));
    fixture.person(ADA).await;
}

#[allow(missing_docs)]
pub async fn an_address_that_is_taken_is_nobody_elses(fixture: &IdentityFixture) {
    let (ada, linus) = (fixture.person(ADA).await, fixture.person(LINUS).await);
    let changed = fixture.port().set_email(whom(&ada), &email(LINUS)).await;
    assert!(matches!(changed, Err(IdentityError::Taken)), "{changed:?}");
    assert_eq!(fixture.enters(ADA, OLD).await.subject, ada.subject);
    assert_eq!(fixture.enters(LINUS, OLD).await.subject, linus.subject);
}

#[allow(missing_docs)]
pub async fn a_second_factor_is_asked_for_once_its_first_code_was_right(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    let key = fixture.port().begin_totp(whom(&ada)).await.expect("there is a key");
    assert!(!fixture.port().confirm_totp(whom(&ada), "12345").await.expect("there is an answer"));
    assert!(!fixture.port().has_totp(whom(&ada)).await.expect("there is an answer"));
    fixture.enters(ADA, OLD).await;
    let code = fixture.inbox.totp(&key).await;
    assert!(fixture.port().confirm_totp(whom(&ada), &code).await.expect("there is an answer"));
    assert!(fixture.port().has_totp(whom(&ada)).await.expect("there is an answer"));

    assert_eq!(fixture.sign_in(ADA, NEW).await, None, "a wrong password hears of no second factor");
    let challenge = fixture.challenged(ADA, OLD).await;
    let answer = async |code: String| {
        let answer = ChallengeAnswer::Totp(code);
        fixture.port().answer(&challenge, &answer).await.expect("there is an answer")
    };
    assert_eq!(answer("12345".into()).await, None);
    match answer(fixture.inbox.totp(&key).await).await {
        Some(SignIn::Done(person)) => assert_eq!(person.subject, ada.subject),
        other => panic!("{other:?}"),
    }
}

#[allow(missing_docs)]
pub async fn a_password_reset_leaves_the_second_factor(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    fixture.has_second_factor(&ada).await;
    let sent = fixture.port().forgot(&email(ADA)).await.expect("there is an answer").expect("it is sent");
    let code = fixture.inbox.code(&email(ADA), &sent, Purpose::Reset).await;
    fixture.port().reset(&email(ADA), &code, &password(NEW)).await.expect("the code is right");
    fixture.challenged(ADA, NEW).await;
}

#[allow(missing_docs)]
pub async fn who_recovers_gets_in_without_the_second_factor(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    fixture.has_second_factor(&ada).await;
    let challenge = fixture.challenged(ADA, OLD).await;
    let answer = fixture.port().answer(&challenge, &ChallengeAnswer::Recovered).await;
    match answer.expect("there is an answer") {
        Some(SignIn::Done(person)) => assert_eq!(person.subject, ada.subject),
        Some(SignIn::Again) => assert_eq!(fixture.enters(ADA, OLD).await.subject, ada.subject),
        other => panic!("{other:?}"),
    }
}

#[allow(missing_docs)]
pub async fn a_second_factor_that_is_removed_is_not_asked_for(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    fixture.has_second_factor(&ada).await;
    fixture.port().remove_totp(whom(&ada)).await.expect("it is removed");
    assert!(!fixture.port().has_totp(whom(&ada)).await.expect("there is an answer"));
    fixture.enters(ADA, OLD).await;
}

#[allow(missing_docs)]
pub async fn operators_add_people_and_set_passwords(fixture: &IdentityFixture) {
    let subject = fixture.port().add(&email(ADA), &name(), &password(OLD)).await.expect("she is added");
    assert_eq!(fixture.enters(ADA, OLD).await.subject, subject);
    let twice = fixture.port().add(&email(ADA), &name(), &password(NEW)).await;
    assert!(matches!(twice, Err(IdentityError::Taken)), "{twice:?}");
    let set = fixture.port().set_password(&email(ADA), &password(NEW)).await.expect("it is set");
    assert_eq!(set, subject);
    assert_eq!(fixture.sign_in(ADA, OLD).await, None);
    fixture.enters(ADA, NEW).await;
    let unknown = fixture.port().set_password(&email(LINUS), &password(NEW)).await;
    assert!(matches!(unknown, Err(IdentityError::Unknown)), "{unknown:?}");
}

#[allow(missing_docs)]
pub async fn who_is_removed_is_unknown(fixture: &IdentityFixture) {
    let ada = fixture.person(ADA).await;
    for _ in 0..2 {
        fixture.port().remove(whom(&ada)).await.expect("she is removed");
    }
    assert_eq!(fixture.sign_in(ADA, OLD).await, None);
    assert!(matches!(fixture.port().refresh(whom(&ada)).await, Ok(Refreshed::Ended)));
    assert_ne!(fixture.person(ADA).await.subject, ada.subject, "who comes later is somebody else");
}
