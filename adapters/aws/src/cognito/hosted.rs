//! Signing in on the pages of a user pool (developer guide, "Managed login endpoints reference").

use super::fault::PoolError;
use super::identity::failed;
use super::people::People;
use super::pool::Issued;
use super::web::Web;
use async_trait::async_trait;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use domain::address::encode;
use serde::Deserialize;
use services::ports::{Attempt, Hosted, IdentityError, Redeemed};
use std::sync::Arc;

/// What tokens are to be good for: who they are, and changing one's own password and authenticator.
const SCOPES: &str = "openid email profile aws.cognito.signin.user.admin";

/// Where the pages of a user pool are, and where they lead.
#[derive(Debug, Clone)]
pub struct HostedSettings {
    /// Scheme and host of them: the pool's domain.
    pub origin: String,
    /// What people know them as: the end of «Continue with …».
    pub name: String,
    /// Where they lead after signing in: one of the app client's callback URLs.
    pub back: String,
    /// Where they lead after signing out: one of the app client's sign-out URLs.
    pub out: String,
}

/// The pages of a user pool, and what we are there.
pub(super) struct Pages {
    pub(super) settings: HostedSettings,
    pub(super) client: String,
    pub(super) secret: Option<String>,
    pub(super) web: Arc<Web>,
    pub(super) people: Arc<People>,
}

/// What the token endpoint gives for a code.
#[derive(Deserialize)]
struct Given {
    id_token: String,
    access_token: String,
    refresh_token: Option<String>,
}

/// Why it does not (RFC 6749 §5.2).
#[derive(Deserialize)]
struct Withheld {
    error: String,
}

impl Pages {
    /// `None` for a code that is not, or no longer, good.
    async fn tokens(&self, code: &str, attempt: &Attempt) -> Result<Option<Issued>, PoolError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &*self.client),
            ("code", code),
            ("redirect_uri", &self.settings.back),
            ("code_verifier", &attempt.verifier),
        ];
        let secret = self.secret.as_ref();
        let proof = secret.map(|secret| BASE64.encode(format!("{}:{secret}", self.client)));
        let address = format!("{}/oauth2/token", self.settings.origin);
        let asked = self.web.post(&address, &form(&fields), proof.as_deref()).await;
        let answer = asked.map_err(PoolError::Unavailable)?;
        let internal = |error: serde_json::Error| PoolError::Internal(error.into());
        match answer.status {
            200 => {
                let Given { id_token, access_token, refresh_token } =
                    serde_json::from_slice(&answer.body).map_err(internal)?;
                Ok(Some(Issued { id: id_token, access: access_token, refresh: refresh_token }))
            }
            400 | 401 => match serde_json::from_slice(&answer.body).map_err(internal)? {
                Withheld { error } if error == "invalid_grant" => Ok(None),
                Withheld { error } => {
                    Err(PoolError::Internal(format!("the token endpoint answers {error:?}").into()))
                }
            },
            status => Err(PoolError::Unavailable(format!("the token endpoint answers {status}").into())),
        }
    }

    fn address(&self, path: &str, fields: &[(&str, &str)]) -> String {
        format!("{}{path}?{}", self.settings.origin, form(fields))
    }
}

#[async_trait]
impl Hosted for Pages {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn origin(&self) -> &str {
        &self.settings.origin
    }

    fn entrance(&self, attempt: &Attempt) -> String {
        let challenge = digest::digest(&digest::SHA256, attempt.verifier.as_bytes());
        let fields = [
            ("response_type", "code"),
            ("client_id", &*self.client),
            ("redirect_uri", &self.settings.back),
            ("scope", SCOPES),
            ("state", &attempt.state),
            ("nonce", &attempt.nonce),
            ("code_challenge_method", "S256"),
            ("code_challenge", &URL_SAFE_NO_PAD.encode(challenge)),
        ];
        self.address("/oauth2/authorize", &fields)
    }

    async fn redeem(&self, code: &str, attempt: &Attempt) -> Result<Redeemed, IdentityError> {
        let Some(issued) = self.tokens(code, attempt).await.map_err(failed)? else {
            return Ok(Redeemed::Refused);
        };
        let told = self.people.identified(&issued).await?;
        // It is signed, and for us; only this says that it is of this attempt (OpenID Connect Core §3.1.3.7).
        if told.nonce.as_deref() != Some(&attempt.nonce) {
            return Ok(Redeemed::Refused);
        }
        let person = self.people.person(told, issued, None)?;
        Ok(person.map_or(Redeemed::Unverified, Redeemed::Person))
    }

    fn exit(&self) -> String {
        self.address("/logout", &[("client_id", &self.client), ("logout_uri", &self.settings.out)])
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}
