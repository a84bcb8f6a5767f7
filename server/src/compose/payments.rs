//! How payments are taken: by Stripe, by the sandbox that is like it, or not at all.

use super::ComposeError;
use crate::config::{Config, StripeAccount};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::address::{PAYMENT_NEWS, SANDBOX};
use sandbox::{Sandbox, Settings, Webhook, World};
use services::clock::{Clock, Random};
use services::orders::Circuit;
use services::ports::Payments;
use std::sync::Arc;
use std::time::Duration;
use stripe::{Signatures, Stripe, StripeSettings};

/// How long a call of Stripe may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The origin of the pages on which Stripe has people pay.
const PAGES: &str = "https://checkout.stripe.com";

/// Where money comes in.
pub struct Till {
    /// Takes it.
    pub payments: Arc<dyn Payments>,
    /// Tells its news from others'.
    pub signatures: Arc<Signatures>,
    /// The origin of the pages on which people pay, where that is not ours.
    pub pages: Option<String>,
    /// Stands in for Stripe.
    pub sandbox: Option<Sandbox>,
}

/// By what is configured; `None` where nothing can be paid.
pub fn till(
    config: &Config,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Result<Option<Till>, ComposeError> {
    if config.payments.sandbox == Some(true) {
        return in_sandbox(config, clock, random).map(Some);
    }
    let account = config.payments.stripe().map_err(ComposeError::PaymentSecrets)?;
    account.map(|account| by_stripe(account, clock)).transpose()
}

fn by_stripe(account: StripeAccount, clock: &Arc<dyn Clock>) -> Result<Till, ComposeError> {
    let StripeAccount { secret_key, webhook_secrets, api_url } = account;
    let pages = api_url.as_deref().map_or(PAGES, origin_of).to_owned();
    let stripe = Stripe::new(&StripeSettings { key: secret_key, address: api_url, timeout: TIMEOUT })?;
    Ok(Till {
        payments: Arc::new(Circuit::new(Arc::new(stripe), clock.clone())),
        signatures: Arc::new(Signatures::new(webhook_secrets.iter().map(String::as_str))),
        pages: Some(pages),
        sandbox: None,
    })
}

/// The sandbox below a path of the site. Its key and secret are made at each start: nobody else needs to know them.
fn in_sandbox(
    config: &Config,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Result<Till, ComposeError> {
    let secret = |prefix: &str| {
        let mut bits = [0; 24];
        random.fill(&mut bits);
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bits))
    };
    let (key, webhook_secret) = (secret("sk_test_"), secret("whsec_"));
    let here = format!("http://{}", config.listen);
    let settings = Settings {
        store: config.data_dir.join("sandbox.db"),
        address: format!("{}{SANDBOX}", config.origin()),
        secret_key: key.clone(),
        merchant: "Stoa".into(),
        webhook: Some(Webhook {
            url: format!("{here}{PAYMENT_NEWS}"),
            secrets: vec![webhook_secret.clone()],
            retries: Webhook::RETRIES.to_vec(),
        }),
        production: !config.is_local(),
    };
    let sandbox = Sandbox::open(settings, world(clock, random))?;
    let account = StripeAccount {
        secret_key: key,
        webhook_secrets: vec![webhook_secret],
        api_url: Some(format!("{here}{SANDBOX}")),
    };
    Ok(Till { pages: None, sandbox: Some(sandbox), ..by_stripe(account, clock)? })
}

/// The sandbox's time and chance.
pub(crate) fn world(clock: &Arc<dyn Clock>, random: &Arc<dyn Random>) -> World {
    let (clock, random) = (clock.clone(), random.clone());
    World { now: Arc::new(move || clock.now().millis()), random: Arc::new(move |bits| random.fill(bits)) }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |path| &url[..host + path])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_stands_before_the_path() {
        assert_eq!(origin_of("http://127.0.0.1:4242/sandbox"), "http://127.0.0.1:4242");
        assert_eq!(origin_of("http://127.0.0.1:4242"), "http://127.0.0.1:4242");
    }
}
