//! [`Identity`] on a user pool.

use super::Cognito;
use super::fault::PoolError;
use super::people::Kept;
use super::pool::{Asked, Issued, NewAuthenticator, Step, What};
use async_trait::async_trait;
use domain::account::Role;
use domain::text::{DisplayName, Email, Password};
use serde::Serialize;
use services::ports::{
    Challenge, ChallengeAnswer, ChallengeKind, CodeDelivery, Hosted, Identity, IdentityError, KeyLender,
    Person, Refreshed, SignIn, SignUp, Subject, Tokens, TotpSecret, Whom,
};

impl Cognito {
    /// Who somebody is who was given tokens.
    async fn person(&self, issued: Issued, before: Option<&Kept>) -> Result<Person, IdentityError> {
        let told = self.people.identified(&issued).await?;
        let person = self.people.person(told, issued, before)?;
        person.ok_or_else(|| internal("somebody without a verified address"))
    }

    async fn lead_on(&self, step: Step) -> Result<SignIn, IdentityError> {
        let asked = match step {
            Step::Done(issued) => return self.person(issued, None).await.map(SignIn::Done),
            Step::Asked(asked) => asked,
        };
        let (kind, asked) = match asked.what {
            What::Totp => (ChallengeKind::Totp, asked),
            What::NewPassword => (ChallengeKind::NewPassword, asked),
            What::Authenticator => {
                let NewAuthenticator { secret, asked } =
                    self.pool.first_secret(asked).await.map_err(failed)?;
                (ChallengeKind::NewAuthenticator(TotpSecret(secret)), asked)
            }
        };
        Ok(SignIn::Challenge(Challenge { kind, state: Tokens(json(&asked)?) }))
    }

    /// An access token that is good for a call now.
    async fn access(&self, whom: Whom<'_>) -> Result<String, IdentityError> {
        let kept = kept(whom)?;
        match self.people.tokens.access(&kept.access).await {
            Ok(_) => Ok(kept.access),
            Err(_) => Ok(self.pool.refresh(&kept.refresh, &kept.username).await.map_err(failed)?.access),
        }
    }
}

#[async_trait]
impl Identity for Cognito {
    async fn sign_up(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<SignUp, IdentityError> {
        let sign_up = || self.pool.sign_up(email.as_str(), name.as_str(), password.expose());
        let registered = match sign_up().await {
            // Who never confirmed may begin again: nobody has this address yet.
            Err(PoolError::Taken) => match self.pool.find(email.as_str()).await.map_err(failed)? {
                Some(found) if found.unconfirmed => {
                    self.pool.remove(&found.subject).await.map_err(failed)?;
                    sign_up().await
                }
                _ => Err(PoolError::Taken),
            },
            other => other,
        };
        match registered {
            Ok(()) => Ok(SignUp::Begun(CodeDelivery::Provider)),
            Err(PoolError::Taken) => Ok(SignUp::Taken),
            Err(error) => Err(failed(error)),
        }
    }

    async fn resend(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        sent(self.pool.resend(email.as_str()).await)
    }

    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError> {
        self.pool.confirm(email.as_str(), code_of_the_pool(code)?).await.map_err(by_code)
    }

    async fn sign_in(&self, email: &Email, password: &Password) -> Result<Option<SignIn>, IdentityError> {
        match self.pool.sign_in(email.as_str(), password.expose()).await {
            Ok(step) => self.lead_on(step).await.map(Some),
            // It says so whatever the password is, so we do not: who has not confirmed may register again.
            Err(PoolError::Wrong | PoolError::Unconfirmed) => Ok(None),
            // Whoever knows the password hears nothing new; who does not never gets here.
            Err(PoolError::ResetNeeded) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn answer(
        &self,
        challenge: &Challenge,
        answer: &ChallengeAnswer,
    ) -> Result<Option<SignIn>, IdentityError> {
        let asked: Asked = serde_json::from_str(&challenge.state.0).map_err(internal)?;
        let next = match (asked.what, answer) {
            (What::Totp, ChallengeAnswer::Totp(code)) if is_totp(code) => {
                self.pool.show_code(&asked, code).await
            }
            (What::Authenticator, ChallengeAnswer::Totp(code)) if is_totp(code) => {
                self.pool.set_up(&asked, code).await
            }
            (What::NewPassword, ChallengeAnswer::NewPassword(password)) => {
                self.pool.choose_password(&asked, password.expose()).await
            }
            (What::Totp, ChallengeAnswer::Recovered) => {
                self.pool.disable_totp(&asked.username).await.map_err(failed)?;
                return Ok(Some(SignIn::Again));
            }
            _ => return Ok(None),
        };
        match next {
            Ok(step) => self.lead_on(step).await.map(Some),
            Err(PoolError::WrongCode | PoolError::OldCode) => Ok(None),
            // It has waited too long for the answer.
            Err(PoolError::Wrong) => Ok(Some(SignIn::Again)),
            Err(error) => Err(failed(error)),
        }
    }

    async fn forgot(&self, email: &Email) -> Result<Option<CodeDelivery>, IdentityError> {
        sent(self.pool.forgot(email.as_str()).await)
    }

    async fn reset(&self, email: &Email, code: &str, password: &Password) -> Result<(), IdentityError> {
        let code = code_of_the_pool(code)?;
        self.pool.reset(email.as_str(), code, password.expose()).await.map_err(by_code)
    }

    async fn change_password(
        &self,
        whom: Whom<'_>,
        old: &Password,
        new: &Password,
    ) -> Result<bool, IdentityError> {
        let access = self.access(whom).await?;
        match self.pool.change_password(&access, old.expose(), new.expose()).await {
            Ok(()) => Ok(true),
            Err(PoolError::Wrong) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn set_email(&self, whom: Whom<'_>, new: &Email) -> Result<(), IdentityError> {
        match self.pool.find(new.as_str()).await.map_err(failed)? {
            Some(found) if found.unconfirmed => self.pool.remove(&found.subject).await.map_err(failed)?,
            Some(found) if found.subject != whom.subject.0 => return Err(IdentityError::Taken),
            _ => {}
        }
        self.pool.set_email(&whom.subject.0, new.as_str()).await.map_err(failed)
    }

    async fn has_totp(&self, whom: Whom<'_>) -> Result<bool, IdentityError> {
        Ok(self.pool.find(&whom.subject.0).await.map_err(failed)?.is_some_and(|found| found.totp))
    }

    async fn begin_totp(&self, whom: Whom<'_>) -> Result<TotpSecret, IdentityError> {
        let access = self.access(whom).await?;
        self.pool.new_secret(&access).await.map(TotpSecret).map_err(failed)
    }

    async fn confirm_totp(&self, whom: Whom<'_>, code: &str) -> Result<bool, IdentityError> {
        if !is_totp(code) {
            return Ok(false);
        }
        let access = self.access(whom).await?;
        match self.pool.enable_totp(&access, code).await {
            Ok(()) => Ok(true),
            Err(PoolError::WrongCode) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn remove_totp(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.pool.disable_totp(&whom.subject.0).await.map_err(failed)
    }

    async fn refresh(&self, whom: Whom<'_>) -> Result<Refreshed, IdentityError> {
        let kept = kept(whom)?;
        match self.pool.refresh(&kept.refresh, &kept.username).await {
            Ok(issued) => self.person(issued, Some(&kept)).await.map(Refreshed::Good),
            Err(PoolError::Wrong) => Ok(Refreshed::Ended),
            Err(error) => Err(failed(error)),
        }
    }

    async fn sign_out_everywhere(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.pool.sign_out_everywhere(&whom.subject.0).await.map_err(failed)
    }

    async fn add(
        &self,
        email: &Email,
        name: &DisplayName,
        password: &Password,
    ) -> Result<Subject, IdentityError> {
        let subject = self.pool.add(email.as_str(), name.as_str()).await.map_err(failed)?;
        if let Err(error) = self.pool.set_password(&subject, password.expose()).await {
            // Else they would be somebody who cannot sign in.
            self.pool.remove(&subject).await.map_err(failed)?;
            return Err(failed(error));
        }
        Ok(Subject(subject))
    }

    async fn set_password(&self, email: &Email, password: &Password) -> Result<Subject, IdentityError> {
        let found = self.pool.find(email.as_str()).await.map_err(failed)?.ok_or(IdentityError::Unknown)?;
        self.pool.set_password(&found.subject, password.expose()).await.map_err(failed)?;
        Ok(Subject(found.subject))
    }

    fn keeps_roles(&self) -> bool {
        true
    }

    async fn set_role(&self, whom: Whom<'_>, role: Role) -> Result<(), IdentityError> {
        for (group, is_in) in self.people.groups.membership(role) {
            let changed = match is_in {
                true => self.pool.join(&whom.subject.0, group).await,
                false => self.pool.leave(&whom.subject.0, group).await,
            };
            changed.map_err(failed)?;
        }
        Ok(())
    }

    async fn remove(&self, whom: Whom<'_>) -> Result<(), IdentityError> {
        self.pool.remove(&whom.subject.0).await.map_err(failed)
    }

    fn hosted(&self) -> Option<&dyn Hosted> {
        self.pages.as_ref().map(|pages| pages as &dyn Hosted)
    }

    fn key_lender(&self) -> Option<&dyn KeyLender> {
        self.lending.is_some().then_some(self as &dyn KeyLender)
    }
}

pub(super) fn kept(whom: Whom<'_>) -> Result<Kept, IdentityError> {
    let tokens = whom.tokens.ok_or_else(|| internal("somebody who signed in without the user pool"))?;
    serde_json::from_str(&tokens.0).map_err(internal)
}

fn json<T: Serialize>(value: &T) -> Result<String, IdentityError> {
    serde_json::to_string(value).map_err(internal)
}

/// A pool that is told to prevent errors about the existence of users says that it sent something to nobody, too.
fn sent(asked: Result<(), PoolError>) -> Result<Option<CodeDelivery>, IdentityError> {
    match asked {
        Ok(()) => Ok(Some(CodeDelivery::Provider)),
        // Nobody waits for one: they are unknown, or have confirmed, or never had an address that they could get it at.
        Err(PoolError::Wrong | PoolError::Nothing) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// A code, if it can be one: the pool takes anything else for a defect of ours.
fn code_of_the_pool(code: &str) -> Result<&str, IdentityError> {
    let can_be = (1..=32).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    if can_be { Ok(code) } else { Err(IdentityError::Code) }
}

fn is_totp(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is wrong where a code is what lets somebody do it: nobody hears whether there is such a person.
fn by_code(error: PoolError) -> IdentityError {
    match error {
        PoolError::Wrong | PoolError::WrongCode | PoolError::OldCode | PoolError::Nothing => {
            IdentityError::Code
        }
        error => failed(error),
    }
}

pub(super) fn failed(error: PoolError) -> IdentityError {
    match error {
        PoolError::WrongCode | PoolError::OldCode => IdentityError::Code,
        PoolError::Password(why) => IdentityError::Password(why),
        PoolError::Taken => IdentityError::Taken,
        PoolError::TooOften => IdentityError::TooMany,
        PoolError::Unavailable(error) => IdentityError::Unavailable(error),
        PoolError::Internal(error) => IdentityError::Internal(error),
        PoolError::Wrong | PoolError::Unconfirmed | PoolError::ResetNeeded | PoolError::Nothing => {
            IdentityError::Unknown
        }
    }
}

pub(super) fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> IdentityError {
    IdentityError::Internal(error.into())
}
