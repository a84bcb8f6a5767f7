//! [`Identity`](services::ports::Identity) on a user pool of Cognito.

mod fault;
mod groups;
mod hosted;
mod identity;
mod keys;
mod lending;
mod people;
mod pool;
mod srp;
mod tokens;
mod web;

pub use groups::RoleGroups;
pub use hosted::HostedSettings;
pub use lending::LendingSettings;

use crate::account::Connection;
use hosted::Pages;
use jsonwebtoken::jwk::JwkSet;
use keys::Keys;
use lending::Lending;
use people::People;
use pool::Pool;
use services::clock::Clock;
use std::sync::Arc;
use tokens::Tokens;
use web::Web;

/// How passwords reach the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignInFlow {
    /// They do not: knowing one is proved (`USER_SRP_AUTH`).
    #[default]
    Srp,
    /// As they are, over TLS (`USER_PASSWORD_AUTH`): for pools whose triggers migrate people from elsewhere.
    Password,
}

/// A user pool, and what we are there.
#[derive(Clone)]
pub struct CognitoSettings {
    /// The pool: `eu-central-1_AbCdEfGhI`.
    pub pool: String,
    /// The app client in it.
    pub client: String,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// How passwords reach the pool.
    pub flow: SignInFlow,
    /// What its groups mean.
    pub groups: RoleGroups,
    /// Scheme, host and port of something that stands in for Cognito, where its keys are read then.
    pub endpoint: Option<String>,
    /// Its own pages, if people may sign in there.
    pub hosted: Option<HostedSettings>,
    /// The identity pool that lends keys for uploads, if one does.
    pub lending: Option<LendingSettings>,
}

/// People in a user pool. It sends its codes itself. Their tokens stay with us.
pub struct Cognito {
    pool: Pool,
    people: Arc<People>,
    pages: Option<Pages>,
    lending: Option<Lending>,
}

impl Cognito {
    /// The pool that those settings name. Asks nothing of it yet.
    pub fn new(connection: &Connection, settings: CognitoSettings, clock: Arc<dyn Clock>) -> Self {
        let region = settings.pool.split('_').next().unwrap_or_default();
        let host = format!("https://cognito-idp.{region}.amazonaws.com");
        let issuer = format!("{host}/{}", settings.pool);
        let keys = format!(
            "{}/{}/.well-known/jwks.json",
            settings.endpoint.as_ref().unwrap_or(&host),
            settings.pool
        );
        let web = Arc::new(Web::new());
        let browser = web.clone();
        let fetch = move || {
            let (web, keys) = (browser.clone(), keys.clone());
            Box::pin(async move { published(&web, &keys).await }) as futures::future::BoxFuture<'static, _>
        };
        let lending = settings.lending.clone().map(|lending| Lending::new(connection, lending, &issuer));
        let tokens = Tokens {
            keys: Keys::new(Box::new(fetch), clock.clone()),
            issuer,
            client: settings.client.clone(),
            clock,
        };
        let pool = Pool::new(connection, &settings);
        let people = Arc::new(People { tokens, groups: settings.groups });
        let (client, secret) = (settings.client, settings.secret);
        let pages =
            settings.hosted.map(|settings| Pages { settings, client, secret, web, people: people.clone() });
        Self { pool, people, pages, lending }
    }
}

async fn published(web: &Web, address: &str) -> Result<JwkSet, Box<dyn std::error::Error + Send + Sync>> {
    let answer = web.get(address).await?;
    match answer.status {
        200 => Ok(serde_json::from_slice(&answer.body)?),
        status => Err(format!("{address} answers {status}").into()),
    }
}
