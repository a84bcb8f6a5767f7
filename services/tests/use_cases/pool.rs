//! People elsewhere: a provider that keeps roles, gives tokens, and has pages of its own.

use crate::site::PASSWORD;
use async_trait::async_trait;
use domain::account::Role;
use domain::text::{DisplayName, Email, Password};
use services::ports::{
    Attempt, Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Hosted, Identity, IdentityError,
    Person, Redeemed, Refreshed, SignIn, SignUp, Subject, Tokens, TotpSecret, Whom,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// People as on this machine, and their roles by their addresses.
pub(crate) struct Pool {
    people: Arc<dyn Identity>,
    pub(crate) roles: Mutex<HashMap<String, Role>>,
    down: AtomicBool,
    pub(crate) wants_authenticators: AtomicBool,
    /// Says that somebody asks, and waits with the answer until told.
    held: Mutex<Option<(Arc<Notify>, Arc<Notify>)>>,
    /// Codes of its pages that were not used yet: for whom, and for which proof key.
    pub(crate) codes: Mutex<HashMap<String, (Email, String)>>,
}

impl Pool {
    pub(crate) fn in_place_of(people: Arc<dyn Identity>) -> Self {
        Self {
            people,
            roles: Mutex::default(),
            down: AtomicBool::new(false),
            wants_authenticators: AtomicBool::new(false),
            held: Mutex::default(),
            codes: Mutex::default(),
        }
    }

    pub(crate) fn role(&self, email: &str) -> Role {
        self.roles.lock().unwrap().get(email).copied().unwrap_or(Role::Learner)
    }

    pub(crate) fn is_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// The next call is held between what it does and its answer.
    pub(crate) fn hold(&self) -> (Arc<Notify>, Arc<Notify>) {
        let held = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        *self.held.lock().unwrap() = Some(held.clone());
        held
    }

    async fn passes(&self) -> Result<(), IdentityError> {
        let held = self.held.lock().unwrap().take();
        if let Some((asked, answer)) = held {
            asked.notify_one();
            answer.notified().await;
        }
        match self.down.load(Ordering::SeqCst) {
            true => Err(IdentityError::Unavailable("it is down".into())),
            false => Ok(()),
        }
    }

    fn known(&self, person: Person) -> Person {
        let role = Some(self.role(person.email.as_str()));
        Person { role, tokens: Some(Tokens("tokens".into())), ..person }
    }
}

#[async_trait]
impl Identity for Pool {
    async fn sign_up(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<SignUp, IdentityError> {
        self.people.sign_up(email, name, password).await
    }

    async fn resend(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        self.people.resend(email).await
    }

    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError> {
        self.people.confirm(email, code).await
    }

    async fn sign_in(&self, email: &Email, password: &Password) -> Result<Option<SignIn>, IdentityError> {
        let entered = self.people.sign_in(email, password).await?;
        if self.wants_authenticators.load(Ordering::SeqCst) {
            let kind = ChallengeKind::NewAuthenticator(TotpSecret("JBSWY3DPEHPK3PXP".into()));
            return Ok(Some(SignIn::Challenge(Challenge { kind, state: Tokens(email.to_string()) })));
        }
        Ok(match entered {
            Some(SignIn::Done(person)) => Some(SignIn::Done(self.known(person))),
            other => other,
        })
    }

    async fn answer(
        &self,
        challenge: &Challenge,
        answer: &ChallengeAnswer,
    ) -> Result<Option<SignIn>, IdentityError> {
        if *answer != ChallengeAnswer::Totp("123456".into()) {
            return Ok(None);
        }
        let email = challenge.state.0.parse().unwrap();
        match self.people.sign_in(&email, &Password::new(PASSWORD).unwrap()).await? {
            Some(SignIn::Done(person)) => Ok(Some(SignIn::Done(self.known(person)))),
            other => panic!("{other:?}"),
        }
    }

    async fn forgot(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        self.people.forgot(email).await
    }

    async fn reset(&self, email: &Email, code: &str, password: &Password) -> Result<(), IdentityError> {
        self.people.reset(email, code, password).await
    }

    async fn change_password(
        &self,
        whom: Whom<'_>,
        old: &Password,
        new: &Password,
    ) -> Result<bool, IdentityError> {
        self.people.change_password(whom, old, new).await
    }

    async fn set_email(&self, whom: Whom<'_>, new: &Email) -> Result<(), IdentityError> {
        self.people.set_email(whom, new).await
    }

    async fn has_totp(&self, whom: Whom<'_>) -> Result<bool, IdentityError> {
        self.people.has_totp(whom).await
    }

    async fn begin_totp(&self, whom: Whom<'_>) -> Result<TotpSecret, IdentityError> {
        self.people.begin_totp(whom).await
    }

    async fn confirm_totp(&self, whom: Whom<'_>, code: &str) -> Result<bool, IdentityError> {
        self.people.confirm_totp(whom, code).await
    }

    async fn remove_totp(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.people.remove_totp(whom).await
    }

    async fn refresh(&self, whom: Whom<'_>) -> Result<Refreshed, IdentityError> {
        let refreshed = match self.people.refresh(whom).await? {
            Refreshed::Good(person) => Refreshed::Good(self.known(person)),
            Refreshed::Ended => Refreshed::Ended,
        };
        self.passes().await?;
        Ok(refreshed)
    }

    async fn sign_out_everywhere(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.people.sign_out_everywhere(whom).await
    }

    async fn add(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<Subject, IdentityError> {
        self.people.add(email, name, password).await
    }

    async fn set_password(&self, email: &Email, password: &Password) -> Result<Subject, IdentityError> {
        self.people.set_password(email, password).await
    }

    fn keeps_roles(&self) -> bool {
        true
    }

    async fn set_role(&self, whom: Whom<'_>, role: Role) -> Result<(), IdentityError> {
        self.passes().await?;
        self.roles.lock().unwrap().insert(whom.email.to_string(), role);
        Ok(())
    }

    async fn remove(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.people.remove(whom).await
    }

    fn hosted(&self) -> Option<&dyn Hosted> {
        Some(self)
    }
}

#[async_trait]
impl Hosted for Pool {
    fn name(&self) -> &str {
        "the pool"
    }

    fn origin(&self) -> &str {
        "https://pool.example"
    }

    fn entrance(&self, attempt: &Attempt) -> String {
        let Attempt { state, nonce, verifier } = attempt;
        // The proof key itself, for who tests: its hash is the adapter's.
        format!("https://pool.example/{state}/{nonce}/{verifier}")
    }

    async fn redeem(&self, code: &str, attempt: &Attempt) -> Result<Redeemed, IdentityError> {
        self.passes().await?;
        let known = self.codes.lock().unwrap().remove(code);
        let Some((email, verifier)) = known else { return Ok(Redeemed::Refused) };
        if verifier != attempt.verifier {
            return Ok(Redeemed::Refused);
        }
        match self.people.sign_in(&email, &Password::new(PASSWORD).unwrap()).await? {
            Some(SignIn::Done(person)) => Ok(Redeemed::Person(self.known(person))),
            _ => Ok(Redeemed::Unverified),
        }
    }

    fn exit(&self) -> String {
        "https://pool.example/logout".into()
    }
}
