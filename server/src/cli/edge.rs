//! `stoa edge`: sign for the edge as the server does, and ask it why it refuses. For operators and developers.

use super::say;
use crate::config::Config;
use crate::explanation;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use domain::edge::{self, Denied, Hash, Hints, Issued, Policy, Presented, Statement};
use domain::time::Timestamp;
use embedded::{MediaKeys, MediaKeysError};
use services::signing::Key;
use std::error::Error;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Edge {
    /// Sign a policy, or one address until a moment, and print the cookies that open it.
    ///
    /// What comes out is CloudFront's: it opens there what it opens here. The key is a private one, RSA of 2,048
    /// bits or ECDSA P-256, in PEM or DER; the server's own are in the data folder.
    #[command(group = ArgGroup::new("what").required(true).args(["policy", "url"]))]
    Sign(Sign),
    /// Say which rule opens an address to these cookies, or closes it.
    ///
    /// The address may be a signed URL. The keys that count are those of the data folder, and --public-key.
    Explain(Explain),
}

#[derive(Debug, Args)]
pub(super) struct Sign {
    /// A custom policy, signed to the letter: {"Statement":[{"Resource":"https://…/*","Condition":{…}}]}.
    #[arg(long, value_name = "JSON")]
    policy: Option<String>,
    /// The one address that a canned policy opens, with its query.
    #[arg(long, requires = "expires", conflicts_with = "policy")]
    url: Option<String>,
    /// Until when, in seconds since 1970.
    #[arg(long, value_name = "EPOCH", requires = "url", value_parser = clap::value_parser!(i64).range(0..))]
    expires: Option<i64>,
    /// The file of the private key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Under which name the edge knows the key.
    #[arg(long, value_name = "ID")]
    key_pair_id: String,
    /// What the signature is made with.
    #[arg(long, default_value = "sha256")]
    hash: HashName,
    /// Print the cookies as one JSON object, names to values.
    #[arg(long)]
    json: bool,
    /// Print this address, signed, instead of cookies; of a canned policy it is that of --url.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "json")]
    signed_url: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum HashName {
    Sha1,
    Sha256,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The address that is asked for, as the browser sees it.
    #[arg(long)]
    url: String,
    /// The Cookie header that goes with it: 'name=value; name=value'.
    #[arg(long, default_value = "", hide_default_value = true)]
    cookie: String,
    /// Trust this public key, too, under the id that the cookies name.
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// Judge as at this moment, in seconds since 1970, instead of now.
    #[arg(long, value_name = "EPOCH")]
    at: Option<i64>,
    /// Judge as if the request came from this address.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    client: IpAddr,
    /// Print all that is known as JSON.
    #[arg(long)]
    json: bool,
}

impl Edge {
    pub(super) fn run(self, config: &Config, now: Timestamp) -> Result<(), Box<dyn Error>> {
        match self {
            Edge::Sign(sign) => sign.run(),
            Edge::Explain(explain) => explain.run(config, now),
        }
    }
}

impl Sign {
    fn run(self) -> Result<(), Box<dyn Error>> {
        let statement = self.statement()?;
        let key = key(&self.key)?;
        let hash = match self.hash {
            HashName::Sha1 => Hash::Sha1,
            HashName::Sha256 => Hash::Sha256,
        };
        if self.key_pair_id.is_empty() {
            return Err("--key-pair-id is empty".into());
        }
        let signature = key
            .sign(statement.json().as_bytes(), hash)
            .map_err(|error| format!("{} does not sign: {error}", self.key.display()))?;
        self.print(&statement.signed(&signature, &self.key_pair_id, hash))
    }

    fn statement(&self) -> Result<Statement, Box<dyn Error>> {
        match (&self.policy, &self.url, self.expires) {
            (Some(json), _, _) => {
                serde_json::from_str::<serde_json::Value>(json)
                    .map_err(|error| format!("--policy is no JSON: {error}"))?;
                // It is signed all the same: one may want to see how an edge refuses it.
                if let Err(error) = Policy::from_json(json.as_bytes()) {
                    warn(&format!("no edge accepts this policy: {error}"));
                }
                Ok(Statement::Custom(json.clone()))
            }
            (None, Some(url), Some(expires)) => {
                let url = address("--url", url)?.to_owned();
                Ok(Statement::Canned { url, expires: Timestamp::from_seconds(expires) })
            }
            _ => Err("--policy, or --url with --expires, is needed".into()),
        }
    }

    fn print(&self, issued: &Issued) -> Result<(), Box<dyn Error>> {
        if let Some(signed) = &self.signed_url {
            let own = self.url.as_deref().filter(|_| signed.is_empty()).unwrap_or(signed);
            if own.is_empty() {
                return Err(
                    "--signed-url needs the address that is to be signed: a policy may be for many".into()
                );
            }
            say(issued.url(address("--signed-url", own)?));
            return Ok(());
        }
        let cookies = issued.cookies();
        if self.json {
            let cookies: serde_json::Map<_, _> =
                cookies.into_iter().map(|(name, value)| (name, value.into())).collect();
            say(serde_json::Value::Object(cookies));
        } else {
            cookies.iter().for_each(|(name, value)| say(format_args!("{name}={value}")));
        }
        Ok(())
    }
}

impl Explain {
    fn run(self, config: &Config, now: Timestamp) -> Result<(), Box<dyn Error>> {
        let presented = Presented::read(address("--url", &self.url)?, [self.cookie.as_str()]);
        let now = self.at.map_or(now, Timestamp::from_seconds);
        let own = own_keys(config)?;
        let lent = self.public_key.as_deref().map(key).transpose()?;
        let request = edge::Request { presented: &presented, client: self.client, now };
        let verdict = edge::decide(&request, |ticket| {
            let own = own.iter().find(|key| key.id() == ticket.key_pair_id);
            ticket.policy(own.or(lent.as_ref()).ok_or(Denied::UnknownKey)?)
        });
        let hints = Hints { other_cookies: edge::other_cookies([self.cookie.as_str()]), ..Hints::default() };
        let explained = edge::explain(&request, verdict.err(), &hints);
        if self.json {
            say(serde_json::to_string_pretty(&explained)?);
        } else {
            say(explanation::text(&explained).trim_end());
        }
        Ok(())
    }
}

/// The keys of the data folder, where there is one.
fn own_keys(config: &Config) -> Result<Vec<Key>, MediaKeysError> {
    if config.data_dir.exists() { MediaKeys::open(&config.data_dir)?.load() } else { Ok(Vec::new()) }
}

fn key(file: &Path) -> Result<Key, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    Key::parse(&bytes).map_err(|error| format!("{} is {error}", file.display()))
}

fn address<'a>(option: &str, url: &'a str) -> Result<&'a str, String> {
    let parsed = url.parse::<http::Uri>().ok();
    let whole = parsed
        .is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some());
    if whole {
        Ok(url)
    } else {
        Err(format!("{option} is no address: {url:?}; https://host/path is expected"))
    }
}

/// Next to what is printed, not in it.
fn warn(line: &str) {
    let _ = writeln!(std::io::stderr(), "stoa: {line}");
}
