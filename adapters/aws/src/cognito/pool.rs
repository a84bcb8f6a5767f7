//! What is asked of a user pool: calls of its API, in words of our own.

use super::fault::PoolError;
use super::srp::Attempt;
use super::{CognitoSettings, SignInFlow};
use crate::account::Connection;
use aws_lc_rs::hmac;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::Builder;
use aws_sdk_cognitoidentityprovider::config::timeout::TimeoutConfig;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType, MessageActionType,
    SoftwareTokenMfaSettingsType, UserStatusType,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// A user pool, and the app client that we are there.
pub(super) struct Pool {
    client: Client,
    id: String,
    app: String,
    secret: Option<hmac::Key>,
    flow: SignInFlow,
}

/// Where an attempt to sign in has come to.
#[derive(Debug)]
pub(super) enum Step {
    /// To its end.
    Done(Issued),
    /// More has to be shown first.
    Asked(Asked),
}

/// The tokens of somebody who signed in. They never leave the server.
#[derive(Clone)]
pub(super) struct Issued {
    pub(super) id: String,
    pub(super) access: String,
    /// Not with those that were had for one.
    pub(super) refresh: Option<String>,
}

/// Somebody in the pool.
pub(super) struct Found {
    pub(super) subject: String,
    pub(super) unconfirmed: bool,
    /// Whether a code of an authenticator is asked of them.
    pub(super) totp: bool,
}

/// What has to be shown before the tokens are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) what: What,
    /// The attempt's name at Cognito, for some minutes.
    pub(super) session: String,
    pub(super) username: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What {
    /// A password in place of one that somebody else has set.
    NewPassword,
    /// A code of the authenticator.
    Totp,
    /// An authenticator: the pool wants everybody to have one.
    Authenticator,
}

/// A new authenticator in an attempt to sign in.
pub(super) struct NewAuthenticator {
    pub(super) secret: String,
    /// The attempt, as it goes on.
    pub(super) asked: Asked,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issued(…)")
    }
}

impl Pool {
    pub(super) fn new(connection: &Connection, settings: &CognitoSettings) -> Self {
        let secret = settings.secret.as_ref();
        Self {
            client: Client::from_conf(Builder::from(&connection.config).timeout_config(patience()).build()),
            id: settings.pool.clone(),
            app: settings.client.clone(),
            secret: secret.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())),
            flow: settings.flow,
        }
    }

    /// Proves that we are the app (developer guide, "Computing secret hash values").
    fn secret_hash(&self, username: &str) -> Option<String> {
        let message = format!("{username}{}", self.app);
        self.secret.as_ref().map(|key| BASE64.encode(hmac::sign(key, message.as_bytes())))
    }

    /// Adds a person, who gets a code.
    pub(super) async fn sign_up(&self, email: &str, name: &str, password: &str) -> Result<(), PoolError> {
        let request = self.client.sign_up().client_id(&self.app).set_secret_hash(self.secret_hash(email));
        let request = request.username(email).password(password);
        let request = request.user_attributes(attribute("email", email)?);
        request.user_attributes(attribute("name", name)?).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    pub(super) async fn confirm(&self, email: &str, code: &str) -> Result<(), PoolError> {
        let request = self.client.confirm_sign_up().client_id(&self.app);
        let request = request.set_secret_hash(self.secret_hash(email)).username(email);
        request.confirmation_code(code).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Sends another code for [`confirm`](Self::confirm).
    pub(super) async fn resend(&self, email: &str) -> Result<(), PoolError> {
        let request = self.client.resend_confirmation_code().client_id(&self.app);
        let request = request.set_secret_hash(self.secret_hash(email)).username(email);
        request.send().await.map_err(PoolError::of)?;
        Ok(())
    }

    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<Step, PoolError> {
        match self.flow {
            SignInFlow::Srp => self.sign_in_by_proof(email, password).await,
            SignInFlow::Password => {
                let parameters = [("USERNAME", email), ("PASSWORD", password)];
                let begun = self.initiate(AuthFlowType::UserPasswordAuth, email, &parameters).await?;
                step(
                    begun.authentication_result,
                    begun.challenge_name,
                    begun.session,
                    begun.challenge_parameters,
                    email,
                )
            }
        }
    }

    async fn sign_in_by_proof(&self, email: &str, password: &str) -> Result<Step, PoolError> {
        let (pool, app) = (self.id.clone(), self.app.clone());
        let (username, password) = (email.to_owned(), password.to_owned());
        let attempt = computed(move || Attempt::begin(&pool, &app, &username, &password)).await?;
        let parameters = [("USERNAME", email), ("SRP_A", &*attempt.public)];
        let begun = self.initiate(AuthFlowType::UserSrpAuth, email, &parameters).await?;
        if begun.challenge_name != Some(ChallengeNameType::PasswordVerifier) {
            return Err(unexpected("sign-in did not ask for a proof of the password"));
        }
        let challenge = begun.challenge_parameters.unwrap_or_default();
        let username = challenge.get("USER_ID_FOR_SRP").cloned().unwrap_or_else(|| email.to_owned());
        let proof = computed(move || attempt.prove(&challenge)).await?;
        let proof = proof.map_err(|error| PoolError::Internal(error.into()))?;
        let responses = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", proof.block),
            ("PASSWORD_CLAIM_SIGNATURE", proof.signature),
            ("TIMESTAMP", proof.timestamp),
        ];
        self.respond(ChallengeNameType::PasswordVerifier, begun.session, &username, responses).await
    }

    async fn initiate(
        &self,
        flow: AuthFlowType,
        username: &str,
        parameters: &[(&str, &str)],
    ) -> Result<aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput, PoolError>
    {
        let mut request = self.client.initiate_auth().client_id(&self.app).auth_flow(flow);
        for (name, value) in parameters {
            request = request.auth_parameters(*name, *value);
        }
        if let Some(hash) = self.secret_hash(username) {
            request = request.auth_parameters("SECRET_HASH", hash);
        }
        request.send().await.map_err(PoolError::of)
    }

    async fn respond<const N: usize>(
        &self,
        challenge: ChallengeNameType,
        session: Option<String>,
        username: &str,
        responses: [(&str, String); N],
    ) -> Result<Step, PoolError> {
        let mut request = self.client.respond_to_auth_challenge().client_id(&self.app);
        request =
            request.challenge_name(challenge).set_session(session).challenge_responses("USERNAME", username);
        for (name, value) in responses {
            request = request.challenge_responses(name, value);
        }
        if let Some(hash) = self.secret_hash(username) {
            request = request.challenge_responses("SECRET_HASH", hash);
        }
        let told = request.send().await.map_err(PoolError::of)?;
        step(
            told.authentication_result,
            told.challenge_name,
            told.session,
            told.challenge_parameters,
            username,
        )
    }

    /// Answers [`What::NewPassword`].
    pub(super) async fn choose_password(&self, asked: &Asked, password: &str) -> Result<Step, PoolError> {
        let responses = [("NEW_PASSWORD", password.to_owned())];
        let name = ChallengeNameType::NewPasswordRequired;
        self.respond(name, Some(asked.session.clone()), &asked.username, responses).await
    }

    /// Answers [`What::Totp`].
    pub(super) async fn show_code(&self, asked: &Asked, code: &str) -> Result<Step, PoolError> {
        let responses = [("SOFTWARE_TOKEN_MFA_CODE", code.to_owned())];
        let name = ChallengeNameType::SoftwareTokenMfa;
        self.respond(name, Some(asked.session.clone()), &asked.username, responses).await
    }

    /// A secret for the authenticator that [`What::Authenticator`] asks for.
    pub(super) async fn first_secret(&self, asked: Asked) -> Result<NewAuthenticator, PoolError> {
        let told = self.client.associate_software_token().session(&asked.session).send().await;
        let told = told.map_err(PoolError::of)?;
        let secret = told.secret_code.ok_or_else(|| unexpected("an authenticator without a secret"))?;
        let session = told.session.ok_or_else(|| unexpected("a challenge without a session"))?;
        Ok(NewAuthenticator { secret, asked: Asked { session, ..asked } })
    }

    /// Answers [`What::Authenticator`] with the first code of an authenticator that has the secret.
    pub(super) async fn set_up(&self, asked: &Asked, code: &str) -> Result<Step, PoolError> {
        let verified = self.client.verify_software_token().session(&asked.session).user_code(code);
        let session = verified.send().await.map_err(PoolError::of)?.session;
        self.respond(ChallengeNameType::MfaSetup, session, &asked.username, []).await
    }

    /// A secret for the authenticator of somebody who is signed in.
    pub(super) async fn new_secret(&self, access: &str) -> Result<String, PoolError> {
        let told = self.client.associate_software_token().access_token(access).send().await;
        told.map_err(PoolError::of)?
            .secret_code
            .ok_or_else(|| unexpected("an authenticator without a secret"))
    }

    /// From now on a code is asked for, if this one shows that the authenticator has the secret.
    pub(super) async fn enable_totp(&self, access: &str, code: &str) -> Result<(), PoolError> {
        let request = self.client.verify_software_token().access_token(access).user_code(code);
        request.send().await.map_err(PoolError::of)?;
        let settings = SoftwareTokenMfaSettingsType::builder().enabled(true).preferred_mfa(true).build();
        let request = self.client.set_user_mfa_preference().access_token(access);
        request.software_token_mfa_settings(settings).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Asks for no code any more.
    pub(super) async fn disable_totp(&self, username: &str) -> Result<(), PoolError> {
        let settings = SoftwareTokenMfaSettingsType::builder().enabled(false).preferred_mfa(false).build();
        let request = self.client.admin_set_user_mfa_preference().user_pool_id(&self.id).username(username);
        request.software_token_mfa_settings(settings).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Sends a code for [`reset`](Self::reset).
    pub(super) async fn forgot(&self, email: &str) -> Result<(), PoolError> {
        let request = self.client.forgot_password().client_id(&self.app);
        let request = request.set_secret_hash(self.secret_hash(email)).username(email);
        request.send().await.map_err(PoolError::of)?;
        Ok(())
    }

    pub(super) async fn reset(&self, email: &str, code: &str, password: &str) -> Result<(), PoolError> {
        let request = self.client.confirm_forgot_password().client_id(&self.app);
        let request = request.set_secret_hash(self.secret_hash(email)).username(email);
        request.confirmation_code(code).password(password).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    pub(super) async fn change_password(&self, access: &str, old: &str, new: &str) -> Result<(), PoolError> {
        let request = self.client.change_password().access_token(access);
        request.previous_password(old).proposed_password(new).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Gives a person another address, which needs no proof any more.
    pub(super) async fn set_email(&self, username: &str, email: &str) -> Result<(), PoolError> {
        let mut request =
            self.client.admin_update_user_attributes().user_pool_id(&self.id).username(username);
        for (name, value) in [("email", email), ("email_verified", "true")] {
            request = request.user_attributes(attribute(name, value)?);
        }
        request.send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Puts a person into a group.
    pub(super) async fn join(&self, username: &str, group: &str) -> Result<(), PoolError> {
        let request = self.client.admin_add_user_to_group().user_pool_id(&self.id).username(username);
        request.group_name(group).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Takes a person out of a group. One who is not in it is fine.
    pub(super) async fn leave(&self, username: &str, group: &str) -> Result<(), PoolError> {
        let request = self.client.admin_remove_user_from_group().user_pool_id(&self.id).username(username);
        request.group_name(group).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// New tokens for old ones. `username` is the pool's own name for the person, not their address.
    pub(super) async fn refresh(&self, refresh: &str, username: &str) -> Result<Issued, PoolError> {
        let parameters = [("REFRESH_TOKEN", refresh)];
        let told = self.initiate(AuthFlowType::RefreshTokenAuth, username, &parameters).await?;
        issued(told.authentication_result.ok_or_else(|| unexpected("tokens were refreshed to none"))?)
    }

    /// Ends what anybody is signed in with as this person: tokens can neither be refreshed nor used with Cognito.
    pub(super) async fn sign_out_everywhere(&self, username: &str) -> Result<(), PoolError> {
        let request = self.client.admin_user_global_sign_out().user_pool_id(&self.id).username(username);
        request.send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Adds a person whose address needs no proof, because an operator says so. What the pool calls them.
    pub(super) async fn add(&self, email: &str, name: &str) -> Result<String, PoolError> {
        let mut request = self.client.admin_create_user().user_pool_id(&self.id).username(email);
        for (name, value) in [("email", email), ("email_verified", "true"), ("name", name)] {
            request = request.user_attributes(attribute(name, value)?);
        }
        let request = request.message_action(MessageActionType::Suppress);
        let added = request.send().await.map_err(PoolError::of)?;
        subject(added.user.and_then(|user| user.attributes))
    }

    /// Who has this address, or is called so by the pool.
    pub(super) async fn find(&self, username: &str) -> Result<Option<Found>, PoolError> {
        let request = self.client.admin_get_user().user_pool_id(&self.id).username(username);
        let found = match request.send().await.map_err(PoolError::of) {
            Ok(found) => found,
            Err(PoolError::Wrong) => return Ok(None),
            Err(error) => return Err(error),
        };
        let unconfirmed = found.user_status == Some(UserStatusType::Unconfirmed);
        let totp = found.user_mfa_setting_list().iter().any(|setting| setting == "SOFTWARE_TOKEN_MFA");
        Ok(Some(Found { subject: subject(found.user_attributes)?, unconfirmed, totp }))
    }

    /// Sets a password for good, without asking for the old one.
    pub(super) async fn set_password(&self, username: &str, password: &str) -> Result<(), PoolError> {
        let request = self.client.admin_set_user_password().user_pool_id(&self.id).username(username);
        request.password(password).permanent(true).send().await.map_err(PoolError::of)?;
        Ok(())
    }

    /// Forgets a person. One who is not there is fine.
    pub(super) async fn remove(&self, username: &str) -> Result<(), PoolError> {
        let request = self.client.admin_delete_user().user_pool_id(&self.id).username(username);
        match request.send().await.map_err(PoolError::of) {
            Ok(_) | Err(PoolError::Wrong) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Who signs in waits for these calls.
fn patience() -> TimeoutConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_secs(3));
    timeouts
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(12))
        .build()
}

fn step(
    issued_now: Option<AuthenticationResultType>,
    challenge: Option<ChallengeNameType>,
    session: Option<String>,
    parameters: Option<HashMap<String, String>>,
    username: &str,
) -> Result<Step, PoolError> {
    if let Some(result) = issued_now {
        return issued(result).map(Step::Done);
    }
    let what = match challenge {
        Some(ChallengeNameType::NewPasswordRequired) => What::NewPassword,
        Some(ChallengeNameType::SoftwareTokenMfa) => What::Totp,
        Some(ChallengeNameType::MfaSetup) => What::Authenticator,
        // A code by SMS or mail, a device, a challenge of one's own: whoever switched it on has to switch it off.
        other => {
            return Err(unexpected(format!("the user pool asks for what Stoa does not know: {other:?}")));
        }
    };
    let username =
        parameters.and_then(|mut told| told.remove("USER_ID_FOR_SRP")).unwrap_or_else(|| username.to_owned());
    let session = session.ok_or_else(|| unexpected("a challenge without a session"))?;
    Ok(Step::Asked(Asked { what, session, username }))
}

fn issued(result: AuthenticationResultType) -> Result<Issued, PoolError> {
    match (result.id_token, result.access_token) {
        (Some(id), Some(access)) => Ok(Issued { id, access, refresh: result.refresh_token }),
        _ => Err(unexpected("a sign-in without tokens")),
    }
}

fn attribute(name: &str, value: &str) -> Result<AttributeType, PoolError> {
    AttributeType::builder()
        .name(name)
        .value(value)
        .build()
        .map_err(|error| PoolError::Internal(error.into()))
}

fn subject(attributes: Option<Vec<AttributeType>>) -> Result<String, PoolError> {
    let found = attributes.into_iter().flatten().find(|attribute| attribute.name() == "sub");
    found.and_then(|found| found.value).ok_or_else(|| unexpected("a person without a name"))
}

/// Big numbers take milliseconds: elsewhere than where others wait.
async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PoolError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| PoolError::Internal(error.into()))
}

fn unexpected(what: impl Into<String>) -> PoolError {
    PoolError::Internal(what.into().into())
}
