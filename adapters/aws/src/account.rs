//! How AWS, or something that speaks its protocols, is reached.

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use std::time::Duration;

/// Long enough for a handshake across the world, short enough to try again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How AWS is reached. By default as AWS's own tools do: by environment, profile, or the machine's role.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The region, where the environment does not name it.
    pub region: Option<String>,
    /// Another address for all services: a stand-in's, or that of an S3-compatible store.
    pub endpoint: Option<String>,
    /// Keys, where the environment has none.
    pub keys: Option<AccessKeys>,
}

/// A pair of keys that does not expire.
#[derive(Clone)]
pub struct AccessKeys {
    /// The access key's name.
    pub id: String,
    /// The secret that goes with it.
    pub secret: String,
}

impl std::fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKeys").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What adapters reach their services by. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Connection {
    pub(crate) config: SdkConfig,
}

impl Connection {
    /// The region, if one was found.
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(Region::as_ref)
    }
}

impl Account {
    /// Finds out region and keys. Opens no connection yet.
    pub async fn connect(&self) -> Connection {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(AccessKeys { id, secret }) = &self.keys {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "configuration"));
        }
        Connection { config: loader.load().await }
    }
}
