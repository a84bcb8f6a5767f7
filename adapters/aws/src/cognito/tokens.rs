//! What a user pool says of a person, in tokens that it signed (RFC 7519, RFC 8725; Cognito developer guide, "Verifying JSON web
//! tokens"). The algorithm is fixed, and every claim that tells whose token it is, from whom and for what, is looked at.

#[cfg(test)]
mod tests;

use super::keys::{Keys, NoAnswer};
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use services::clock::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How far the pool's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(60);
/// Longer than any that Cognito makes; a person is in a hundred groups at most.
const LONGEST: usize = 32 * 1024;

/// Whose tokens are accepted, and for whom they have to be.
pub(super) struct Tokens {
    pub(super) keys: Keys,
    /// `https://cognito-idp.{region}.amazonaws.com/{pool}`.
    pub(super) issuer: String,
    /// The app client.
    pub(super) client: String,
    pub(super) clock: Arc<dyn Clock>,
}

/// What an ID token says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Identified {
    /// Who, for as long as the pool exists.
    pub(super) sub: String,
    #[serde(rename = "cognito:username")]
    pub(super) username: String,
    #[serde(rename = "cognito:groups", default)]
    pub(super) groups: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: bool,
    /// Of which attempt on the pool's own pages it is.
    pub(super) nonce: Option<String>,
}

/// Why a token tells nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    /// It is not one that the pool made for us, or no longer.
    #[error("the token is refused: {0}")]
    Refused(String),
    /// The pool's keys cannot be had now.
    #[error("the token cannot be verified now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What both kinds of token say.
#[derive(Deserialize)]
struct Common {
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    token_use: String,
    client_id: Option<String>,
}

#[derive(Deserialize)]
struct Claims<T> {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    more: T,
}

#[derive(Deserialize)]
struct Access {
    sub: String,
}

impl Tokens {
    /// Whom an ID token is about.
    pub(super) async fn person(&self, token: &str) -> Result<Identified, TokenError> {
        let Claims::<Identified> { common, more } = self.verified(token, Some(&self.client)).await?;
        if common.token_use != "id" {
            return Err(refused("it is no ID token"));
        }
        Ok(more)
    }

    /// Whose access token this is: their `sub`.
    pub(super) async fn access(&self, token: &str) -> Result<String, TokenError> {
        let Claims::<Access> { common, more } = self.verified(token, None).await?;
        if common.token_use != "access" {
            return Err(refused("it is no access token"));
        }
        if common.client_id.as_deref() != Some(&self.client) {
            return Err(refused("it is for another client"));
        }
        Ok(more.sub)
    }

    /// Its claims, if it was signed by the pool, for this audience, and is valid now.
    async fn verified<T>(&self, token: &str, audience: Option<&str>) -> Result<Claims<T>, TokenError>
    where
        T: DeserializeOwned,
    {
        if token.len() > LONGEST {
            return Err(refused("it is too long"));
        }
        let header = decode_header(token).map_err(refused)?;
        if header.alg != Algorithm::RS256 {
            return Err(refused("its algorithm is another"));
        }
        let name = header.kid.ok_or_else(|| refused("it names no key"))?;
        let key = match self.keys.find(&name).await {
            Ok(Some(key)) => key,
            Ok(None) => return Err(refused("its key is not the pool's")),
            Err(NoAnswer(error)) => return Err(TokenError::Unavailable(error)),
        };
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["iss", "exp", "sub"]);
        match audience {
            Some(audience) => {
                validation.required_spec_claims.insert("aud".into());
                validation.set_audience(&[audience]);
            }
            None => validation.validate_aud = false,
        }
        // By our own clock, below.
        validation.validate_exp = false;
        let Claims { common, more } = decode::<Claims<T>>(token, &key, &validation).map_err(refused)?.claims;
        let now = self.clock.now();
        if now >= Timestamp::from_seconds(common.exp).plus(LEEWAY) {
            return Err(refused("it has expired"));
        }
        let from = common.nbf.unwrap_or(common.iat).max(common.iat);
        if Timestamp::from_seconds(from) > now.plus(LEEWAY) {
            return Err(refused("it is not valid yet"));
        }
        Ok(Claims { common, more })
    }
}

fn refused(why: impl ToString) -> TokenError {
    TokenError::Refused(why.to_string())
}
