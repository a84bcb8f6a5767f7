//! How payments are taken.

use super::{ConfigError, media, quoted};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Payments: by Stripe, by the sandbox that rehearses it on this machine, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// Stripe's secret key, as `sk_live_…` or a restricted one, `rk_live_…`.
    pub secret_key: Option<String>,
    /// A file that holds the key.
    pub secret_key_file: Option<PathBuf>,
    /// The secrets that webhooks are signed with, as `whsec_…`, with commas between them: two while one takes the place
    /// of the other.
    pub webhook_secrets: Option<String>,
    /// A file that holds them, a line each.
    pub webhook_secrets_file: Option<PathBuf>,
    /// Where Stripe's API is, if not at Stripe: a server that is like it, on this machine.
    pub api_url: Option<String>,
    /// Whether the sandbox stands in for Stripe. Without it: with `--demo`, where there is no key.
    pub sandbox: Option<bool>,
}

/// How a Stripe account is reached, read and whole.
#[derive(Clone, PartialEq, Eq)]
pub struct StripeAccount {
    /// The secret key.
    pub secret_key: String,
    /// The secrets that webhooks are signed with.
    pub webhook_secrets: Vec<String>,
    /// Where the API is, if not at Stripe.
    pub api_url: Option<String>,
}

impl Payments {
    /// The same, if it is whole. `local` says that this machine alone reaches the site.
    pub(super) fn checked(self, local: bool) -> Result<Self, ConfigError> {
        let pairs = [
            ("payments.secret_key", self.secret_key.is_some(), self.secret_key_file.is_some()),
            ("payments.webhook_secrets", self.webhook_secrets.is_some(), self.webhook_secrets_file.is_some()),
        ];
        for (key, set, file) in pairs {
            if set && file {
                return refused(key, "set", &format!("{key}_file is set, too"));
            }
        }
        let [key, secrets] = pairs.map(|(_, set, file)| set || file);
        if key != secrets {
            let (missing, there) = if key { (1, 0) } else { (0, 1) };
            let allowed = format!("it is expected beside {}", pairs[there].0);
            return refused(pairs[missing].0, "not set", &allowed);
        }
        if let Some(url) = &self.api_url {
            if !key {
                return refused(
                    "payments.api_url",
                    &quoted(url),
                    "payments.secret_key is expected beside it",
                );
            }
            if !media::is_local(url) {
                let allowed = "an address on this machine is expected: keys go nowhere else but to Stripe";
                return refused("payments.api_url", &quoted(url), allowed);
            }
        }
        if self.sandbox == Some(true) {
            if key {
                return refused("payments.sandbox", "true", "payments.secret_key is set, too");
            }
            if !local {
                let allowed = "false is expected where others reach the site: whoever plays with the sandbox pays nothing";
                return refused("payments.sandbox", "true", allowed);
            }
        }
        Ok(self)
    }

    /// The account that is configured, with what its files hold.
    pub fn stripe(&self) -> std::io::Result<Option<StripeAccount>> {
        let secret_key =
            self.secret_key.clone().map_or_else(|| read(&self.secret_key_file), |key| Ok(Some(key)));
        let secrets = self
            .webhook_secrets
            .clone()
            .map_or_else(|| read(&self.webhook_secrets_file), |text| Ok(Some(text)));
        let Some((secret_key, secrets)) = secret_key?.zip(secrets?) else { return Ok(None) };
        let each = secrets.split([',', '\n']).map(str::trim).filter(|secret| !secret.is_empty());
        Ok(Some(StripeAccount {
            secret_key: secret_key.trim().to_owned(),
            webhook_secrets: each.map(str::to_owned).collect(),
            api_url: self.api_url.clone(),
        }))
    }
}

fn read(file: &Option<PathBuf>) -> std::io::Result<Option<String>> {
    let named = |file: &PathBuf| {
        let text = std::fs::read_to_string(file);
        text.map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", file.display())))
    };
    file.as_ref().map(named).transpose()
}

fn refused<T>(key: &str, value: &str, allowed: &str) -> Result<T, ConfigError> {
    Err(ConfigError::Value { key: key.into(), value: value.into(), allowed: allowed.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Payments {
        Payments {
            secret_key: Some("sk_test_secret".into()),
            webhook_secrets: Some("whsec_secret, whsec_before".into()),
            ..Payments::default()
        }
    }

    #[test]
    fn an_account_is_configured_as_a_whole_or_not_at_all() {
        assert!(Payments::default().checked(false).unwrap().stripe().unwrap().is_none());
        let account = whole().checked(false).unwrap().stripe().unwrap().unwrap();
        assert_eq!(account.webhook_secrets, ["whsec_secret", "whsec_before"]);
        type Change = fn(&mut Payments);
        let cases: [(Change, &str); 6] = [
            (|payments| payments.webhook_secrets = None, "`payments.webhook_secrets`"),
            (|payments| payments.secret_key = None, "`payments.secret_key`"),
            (|payments| payments.secret_key_file = Some("k".into()), "`payments.secret_key`"),
            (|payments| payments.webhook_secrets_file = Some("w".into()), "`payments.webhook_secrets`"),
            (|payments| payments.api_url = Some("https://stripe.example".into()), "`payments.api_url`"),
            (|payments| payments.sandbox = Some(true), "`payments.sandbox`"),
        ];
        for (change, key) in cases {
            let mut payments = whole();
            change(&mut payments);
            let text = payments.checked(true).unwrap_err().to_string();
            assert!(text.contains(key) && !text.contains("_secret,") && !text.contains("sk_test"), "{text}");
        }
    }

    #[test]
    fn secrets_can_be_in_files() {
        let folder = tempfile::tempdir().unwrap();
        let (key, secrets) = (folder.path().join("key"), folder.path().join("secrets"));
        std::fs::write(&key, "sk_test_secret\n").unwrap();
        std::fs::write(&secrets, "whsec_new\nwhsec_old\n").unwrap();
        let payments = Payments {
            secret_key_file: Some(key),
            webhook_secrets_file: Some(secrets.clone()),
            ..Payments::default()
        };
        let account = payments.clone().checked(false).unwrap().stripe().unwrap().unwrap();
        assert_eq!((account.secret_key.as_str(), account.webhook_secrets.len()), ("sk_test_secret", 2));
        std::fs::remove_file(&secrets).unwrap();
        assert!(payments.stripe().err().unwrap().to_string().contains("secrets"));
    }

    #[test]
    fn the_sandbox_is_for_this_machine_alone() {
        let sandbox = Payments { sandbox: Some(true), ..Payments::default() };
        assert!(sandbox.clone().checked(true).is_ok());
        assert!(sandbox.checked(false).unwrap_err().to_string().contains("pays nothing"));
    }
}
