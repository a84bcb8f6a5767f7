//! Keys for uploads, from an identity pool that trusts the user pool (Cognito developer guide, "Identity pools": the enhanced
//! flow). What they open says the role's policy, `infra/aws/upload-policy.json`, by the identity's own name.

use super::Cognito;
use super::fault::PoolError;
use super::identity::{failed, internal, kept};
use crate::account::Connection;
use async_trait::async_trait;
use aws_sdk_cognitoidentity::Client;
use aws_sdk_cognitoidentity::config::{Builder, Region};
use domain::time::Timestamp;
use domain::view::UploadKeys;
use services::ports::{IdentityError, KeyLender, Whom};

/// An identity pool, and the bucket that its keys open.
#[derive(Debug, Clone)]
pub struct LendingSettings {
    /// The identity pool: `eu-central-1:…`.
    pub pool: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys in it begin with.
    pub prefix: String,
    /// Where it is.
    pub region: String,
}

/// Who lends.
pub(super) struct Lending {
    client: Client,
    settings: LendingSettings,
    /// What the identity pool calls the user pool.
    provider: String,
}

impl Lending {
    /// `issuer` is the user pool's, as its tokens name it.
    pub(super) fn new(connection: &Connection, settings: LendingSettings, issuer: &str) -> Self {
        let provider = issuer.trim_start_matches("https://").to_owned();
        // An identity pool is in the region that its name begins with.
        let region = settings.pool.split(':').next().map(|region| Region::new(region.to_owned()));
        let client = Client::from_conf(Builder::from(&connection.config).region(region).build());
        Self { client, settings, provider }
    }
}

#[async_trait]
impl KeyLender for Cognito {
    async fn lend(&self, whom: Whom<'_>) -> Result<UploadKeys, IdentityError> {
        let Some(Lending { client, settings, provider }) = &self.lending else {
            return Err(internal("no identity pool is configured"));
        };
        let kept = kept(whom)?;
        // No ID token is kept: a new one also says that they are still let in.
        let issued = self.pool.refresh(&kept.refresh, &kept.username).await.map_err(failed)?;
        let found = client.get_id().identity_pool_id(&settings.pool).logins(provider, &issued.id);
        let identity = found.send().await.map_err(PoolError::of).map_err(failed)?.identity_id;
        let identity = identity.ok_or_else(|| internal("an identity without a name"))?;
        let asked = client.get_credentials_for_identity().identity_id(&identity).logins(provider, issued.id);
        let lent = asked.send().await.map_err(PoolError::of).map_err(failed)?.credentials;
        let lent = lent.ok_or_else(|| internal("an identity without keys"))?;
        let part = |part: Option<String>| part.ok_or_else(|| internal("keys that are not whole"));
        let until = lent.expiration.ok_or_else(|| internal("keys without an end"))?;
        Ok(UploadKeys {
            id: part(lent.access_key_id)?,
            secret: part(lent.secret_key)?,
            token: part(lent.session_token)?,
            until: Timestamp::from_seconds(until.secs()),
            region: settings.region.clone(),
            bucket: settings.bucket.clone(),
            prefix: format!("{}tools/{identity}/", settings.prefix),
        })
    }
}
