//! Services of AWS, or of what speaks their protocols, in place of this machine's: each is chosen by being named.
//!
//! Keys are not configured here. They come as AWS's own tools find them: from the environment, a profile, or the
//! machine's role.

use super::{ConfigError, media, origin, quoted};
use serde::{Deserialize, Serialize};

/// Services of AWS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Aws {
    /// The region, as `eu-central-1`; without it the one that AWS's own tools would take.
    pub region: Option<String>,
    /// Scheme, host and port of something that stands in for all services of AWS.
    pub endpoint: Option<String>,
    /// The bucket of uploads, videos and files. MediaConvert then converts, and browsers send uploads straight to it.
    pub bucket: Option<String>,
    /// What all keys in the bucket begin with: nothing, or a text that ends in `/`.
    pub prefix: String,
    /// Whether the bucket's name is in the path of its address and not in the host.
    pub path_style: bool,
    /// What the addresses of the queues in SQS begin with: `https://sqs.eu-central-1.amazonaws.com/123456789012/stoa-`.
    pub queues: Option<String>,
    /// Name or ARN of the bus in EventBridge that is told what happens to videos; `default` is in every account.
    pub event_bus: Option<String>,
    /// ARN of the topic in SNS that tells operators.
    pub topic: Option<String>,
    /// Whether mail to people leaves by SES.
    pub ses: bool,
    /// Conversions by MediaConvert.
    pub mediaconvert: Conversions,
    /// People in a user pool of Cognito.
    pub cognito: People,
}

/// Conversions by MediaConvert.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conversions {
    /// ARN of the role that MediaConvert takes on: it may read and write the bucket.
    pub role: Option<String>,
    /// ARN of the queue that jobs wait in; without it the account's default one.
    pub queue: Option<String>,
    /// Name of a job template, for what Stoa does not say: acceleration, tags.
    pub template: Option<String>,
    /// Scheme, host and port of something that stands in for MediaConvert alone.
    pub endpoint: Option<String>,
}

/// People in a user pool of Cognito.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// The pool: `eu-central-1_AbCdEfGhI`. People then sign in with what they have there.
    pub pool: Option<String>,
    /// The app client that this site is in it.
    pub client: Option<String>,
    /// That client's secret, if it has one.
    pub secret: Option<String>,
    /// How passwords reach the pool.
    pub flow: Flow,
    /// The group of those who make courses.
    pub instructors: String,
    /// The group of those who help people.
    pub support: String,
    /// The group of those who run the site.
    pub admins: String,
    /// Scheme, host and port of something that stands in for Cognito alone.
    pub endpoint: Option<String>,
    /// Signing in on the pool's own pages.
    pub hosted: HostedPages,
    /// An identity pool that trusts the user pool, and lends instructors keys for uploads by tools of their own.
    pub identity_pool: Option<String>,
}

/// Signing in on the own pages of a user pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostedPages {
    /// The pool's domain: `https://auth.example.com`. People then may sign in there, too.
    pub domain: Option<String>,
    /// What people know it as: the end of «Continue with …».
    pub name: String,
}

impl Default for HostedPages {
    fn default() -> Self {
        Self { domain: None, name: "single sign-on".into() }
    }
}

/// How passwords reach a user pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// They do not: knowing one is proved.
    #[default]
    Srp,
    /// As they are, over TLS.
    Password,
}

impl Default for People {
    fn default() -> Self {
        Self {
            pool: None,
            client: None,
            secret: None,
            flow: Flow::default(),
            instructors: "instructors".into(),
            support: "support".into(),
            admins: "admins".into(),
            endpoint: None,
            hosted: HostedPages::default(),
            identity_pool: None,
        }
    }
}

impl Aws {
    /// Whether any of the services is chosen.
    pub fn is_chosen(&self) -> bool {
        let named = [&self.bucket, &self.queues, &self.event_bus, &self.topic, &self.cognito.pool];
        self.ses || named.into_iter().any(Option::is_some)
    }

    /// The same with its addresses in their one spelling, if it is whole. `site` is the origin of pages.
    pub(super) fn checked(mut self, site: &str) -> Result<Self, ConfigError> {
        self.endpoint = self.endpoint.as_deref().map(|url| origin("aws.endpoint", url)).transpose()?;
        let stand_in = self.mediaconvert.endpoint.as_deref();
        self.mediaconvert.endpoint =
            stand_in.map(|url| origin("aws.mediaconvert.endpoint", url)).transpose()?;
        let stand_in = self.cognito.endpoint.as_deref();
        self.cognito.endpoint = stand_in.map(|url| origin("aws.cognito.endpoint", url)).transpose()?;
        let pages = self.cognito.hosted.domain.as_deref();
        self.cognito.hosted.domain = pages.map(|url| origin("aws.cognito.hosted.domain", url)).transpose()?;
        self.check_spelling()?;
        self.check_people()?;
        self.check_whole()?;
        self.check_pages(site)?;
        Ok(self)
    }

    fn check_pages(&self, site: &str) -> Result<(), ConfigError> {
        // Browsers offer no checksums on other pages, and a bucket takes no part without.
        if let Some(bucket) = &self.bucket
            && !site.starts_with("https://")
            && !media::is_local(site)
        {
            let allowed = format!("public_url has to be https:// for uploads to a bucket, and it is {site}");
            return refused("aws.bucket", bucket, &allowed);
        }
        Ok(())
    }

    fn check_spelling(&self) -> Result<(), ConfigError> {
        let plain = |more: &'static str| {
            move |text: &str| text.chars().all(|char| char.is_ascii_alphanumeric() || more.contains(char))
        };
        if let Some(bucket) = &self.bucket
            && !((3..=63).contains(&bucket.len()) && plain(".-")(bucket))
        {
            return refused(
                "aws.bucket",
                bucket,
                "the name of a bucket is expected: 3 to 63 of a-z, 0-9, . and -",
            );
        }
        let prefix_ok = self.prefix.is_empty() || plain("._-/")(&self.prefix) && self.prefix.ends_with('/');
        if !prefix_ok {
            return refused(
                "aws.prefix",
                &self.prefix,
                "letters, digits, . _ - and / are expected, and / at its end",
            );
        }
        if let Some(queues) = &self.queues
            && !(queues.starts_with("https://") || queues.starts_with("http://"))
        {
            let allowed = "the beginning of the queues' addresses is expected, as \
                           https://sqs.eu-central-1.amazonaws.com/123456789012/stoa-";
            return refused("aws.queues", queues, allowed);
        }
        let arns = [
            ("aws.topic", &self.topic, ":sns:"),
            ("aws.mediaconvert.role", &self.mediaconvert.role, ":iam:"),
            ("aws.mediaconvert.queue", &self.mediaconvert.queue, ":mediaconvert:"),
        ];
        for (key, arn, service) in arns {
            if let Some(arn) = arn
                && !(arn.starts_with("arn:") && arn.contains(service))
            {
                return refused(key, arn, &format!("an ARN is expected: arn:…{service}…"));
            }
        }
        Ok(())
    }

    fn check_people(&self) -> Result<(), ConfigError> {
        let People {
            pool,
            client,
            secret,
            flow,
            instructors,
            support,
            admins,
            endpoint,
            hosted,
            identity_pool,
        } = &self.cognito;
        let Some(pool) = pool else {
            let given = [
                ("aws.cognito.client", client),
                ("aws.cognito.endpoint", endpoint),
                ("aws.cognito.hosted.domain", &hosted.domain),
                ("aws.cognito.identity_pool", identity_pool),
            ];
            if let Some((key, Some(value))) = given.into_iter().find(|(_, value)| value.is_some()) {
                return refused(key, value, "it is of use with aws.cognito.pool alone");
            }
            if secret.is_some() {
                return refused("aws.cognito.secret", "(set)", "it is of use with aws.cognito.pool alone");
            }
            if *flow != Flow::default() {
                return refused("aws.cognito.flow", "password", "it is of use with aws.cognito.pool alone");
            }
            return Ok(());
        };
        let plain = |text: &str| {
            !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
        };
        if !pool.split_once('_').is_some_and(|(region, name)| plain(region) && plain(name)) {
            return refused(
                "aws.cognito.pool",
                pool,
                "the id of a user pool is expected: eu-central-1_AbCdEfGhI",
            );
        }
        if client.is_none() {
            return refused("aws.cognito.pool", pool, "aws.cognito.client is expected beside it");
        }
        if hosted.name.trim().is_empty() {
            return refused(
                "aws.cognito.hosted.name",
                &hosted.name,
                "the end of «Continue with …» is expected",
            );
        }
        // Codes and tokens go by these pages, and cookies of sign-ins.
        if let Some(domain) = &hosted.domain
            && !domain.starts_with("https://")
            && !media::is_local(domain)
        {
            return refused("aws.cognito.hosted.domain", domain, "https:// is expected");
        }
        if let Some(identity_pool) = identity_pool {
            if !identity_pool.split_once(':').is_some_and(|(region, name)| plain(region) && plain(name)) {
                let expected = "the id of an identity pool is expected: eu-central-1:…";
                return refused("aws.cognito.identity_pool", identity_pool, expected);
            }
            if self.bucket.is_none() {
                return refused(
                    "aws.cognito.identity_pool",
                    identity_pool,
                    "it is of use with aws.bucket alone",
                );
            }
        }
        let names = [instructors, support, admins];
        for (at, name) in names.iter().enumerate() {
            if name.is_empty() || names[..at].contains(name) {
                let key = ["aws.cognito.instructors", "aws.cognito.support", "aws.cognito.admins"][at];
                return refused(key, name, "the name of a group is expected, and for each role another");
            }
        }
        Ok(())
    }

    /// What one service needs of another.
    fn check_whole(&self) -> Result<(), ConfigError> {
        let Conversions { role, queue, template, endpoint } = &self.mediaconvert;
        if let Some(bucket) = &self.bucket {
            let missing = [("aws.mediaconvert.role", role), ("aws.queues", &self.queues)];
            if let Some((key, _)) = missing.iter().find(|(_, value)| value.is_none()) {
                let why = "MediaConvert converts what is in a bucket, and both tell by a queue how it goes";
                return refused("aws.bucket", bucket, &format!("{key} is expected beside it: {why}"));
            }
        }
        let of_the_bucket = [
            ("aws.prefix", Some(&self.prefix).filter(|prefix| !prefix.is_empty())),
            ("aws.mediaconvert.role", role.as_ref()),
            ("aws.mediaconvert.queue", queue.as_ref()),
            ("aws.mediaconvert.template", template.as_ref()),
            ("aws.mediaconvert.endpoint", endpoint.as_ref()),
        ];
        for (key, value) in of_the_bucket {
            if let (Some(value), None) = (value, &self.bucket) {
                return refused(key, value, "it is of use with aws.bucket alone");
            }
        }
        for (key, value) in [("aws.region", &self.region), ("aws.endpoint", &self.endpoint)] {
            if let (Some(value), false) = (value, self.is_chosen()) {
                return refused(
                    key,
                    value,
                    "it is of use with aws.bucket, aws.queues, aws.event_bus, aws.topic, aws.ses or aws.cognito.pool alone",
                );
            }
        }
        Ok(())
    }
}

fn refused(key: &str, value: &str, allowed: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Value { key: key.into(), value: quoted(value), allowed: allowed.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://stoa.example";

    fn whole() -> Aws {
        Aws {
            region: Some("eu-central-1".into()),
            bucket: Some("stoa-media".into()),
            prefix: "stoa/".into(),
            queues: Some("https://sqs.eu-central-1.amazonaws.com/123456789012/stoa-".into()),
            topic: Some("arn:aws:sns:eu-central-1:123456789012:operators".into()),
            mediaconvert: Conversions {
                role: Some("arn:aws:iam::123456789012:role/mediaconvert".into()),
                ..Conversions::default()
            },
            ..Aws::default()
        }
    }

    fn pool() -> People {
        People {
            pool: Some("eu-central-1_AbCdEfGhI".into()),
            client: Some("3n4b5urk1ft4fl3mg5e62d9ado".into()),
            ..People::default()
        }
    }

    fn with_pages(domain: &str, name: &str) -> People {
        People { hosted: HostedPages { domain: Some(domain.into()), name: name.into() }, ..pool() }
    }

    /// What is said of a configuration that is whole but for this.
    fn complaint(change: impl FnOnce(&mut Aws)) -> String {
        let mut aws = whole();
        change(&mut aws);
        aws.checked(SITE).unwrap_err().to_string()
    }

    #[test]
    fn services_are_chosen_one_by_one_where_they_do_not_need_each_other() {
        assert!(!Aws::default().checked(SITE).unwrap().is_chosen());
        assert_eq!(whole().checked(SITE).unwrap(), whole());
        let Aws { queues, topic, .. } = whole();
        let event_bus = Some("default".into());
        let cognito = pool();
        for alone in [
            Aws { queues, ..Aws::default() },
            Aws { event_bus, ..Aws::default() },
            Aws { topic, ..Aws::default() },
            Aws { ses: true, ..Aws::default() },
            Aws { cognito, ..Aws::default() },
        ] {
            assert!(alone.checked(SITE).unwrap().is_chosen());
        }
    }

    #[test]
    fn what_is_half_configured_is_refused_with_what_is_missing() {
        type Change = fn(&mut Aws);
        let cases: [(Change, &str, &str); 10] = [
            (
                |aws| aws.cognito = People { client: None, ..pool() },
                "`aws.cognito.pool`",
                "aws.cognito.client",
            ),
            (
                |aws| aws.cognito.client = Some("x".into()),
                "`aws.cognito.client`",
                "with aws.cognito.pool alone",
            ),
            (
                |aws| aws.cognito.secret = Some("hush".into()),
                "`aws.cognito.secret`",
                "with aws.cognito.pool alone",
            ),
            (
                |aws| {
                    let identity_pool = Some("eu-central-1:8a2c7f0e-5b1d".into());
                    *aws = Aws { cognito: People { identity_pool, ..pool() }, ..Aws::default() };
                },
                "`aws.cognito.identity_pool`",
                "with aws.bucket alone",
            ),
            (|aws| aws.queues = None, "`aws.bucket`", "aws.queues is expected"),
            (|aws| aws.mediaconvert.role = None, "`aws.bucket`", "aws.mediaconvert.role is expected"),
            (|aws| aws.bucket = None, "`aws.prefix`", "with aws.bucket alone"),
            (
                |aws| (aws.bucket, aws.prefix) = (None, String::new()),
                "`aws.mediaconvert.role`",
                "with aws.bucket alone",
            ),
            (
                |aws| *aws = Aws { region: aws.region.take(), ..Aws::default() },
                "`aws.region`",
                "aws.ses or aws.cognito.pool",
            ),
            (
                |aws| *aws = Aws { endpoint: Some("http://127.0.0.1:4566".into()), ..Aws::default() },
                "`aws.endpoint`",
                "aws.ses or aws.cognito.pool",
            ),
        ];
        for (change, key, why) in cases {
            let text = complaint(change);
            assert!(text.contains(key) && text.contains(why) && !text.contains("hush"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_is_named_with_its_key() {
        type Change = fn(&mut Aws);
        let cases: [(Change, &str); 16] = [
            (|aws| aws.cognito = People { pool: Some("AbCdEfGhI".into()), ..pool() }, "`aws.cognito.pool`"),
            (
                |aws| aws.cognito = People { identity_pool: Some("pool".into()), ..pool() },
                "`aws.cognito.identity_pool`",
            ),
            (|aws| aws.cognito = with_pages("auth.example.com", "us"), "`aws.cognito.hosted.domain`"),
            (|aws| aws.cognito = with_pages("http://auth.example.com", "us"), "`aws.cognito.hosted.domain`"),
            (|aws| aws.cognito = with_pages("https://auth.example.com", " "), "`aws.cognito.hosted.name`"),
            (|aws| aws.cognito = People { endpoint: Some("x".into()), ..pool() }, "`aws.cognito.endpoint`"),
            (|aws| aws.cognito = People { support: String::new(), ..pool() }, "`aws.cognito.support`"),
            (|aws| aws.cognito = People { admins: "support".into(), ..pool() }, "`aws.cognito.admins`"),
            (|aws| aws.endpoint = Some("127.0.0.1:4566".into()), "`aws.endpoint`"),
            (|aws| aws.mediaconvert.endpoint = Some("x".into()), "`aws.mediaconvert.endpoint`"),
            (|aws| aws.bucket = Some("s3://media".into()), "`aws.bucket`"),
            (|aws| aws.prefix = "stoa".into(), "`aws.prefix`"),
            (|aws| aws.prefix = "st o/".into(), "`aws.prefix`"),
            (|aws| aws.queues = Some("stoa-".into()), "`aws.queues`"),
            (|aws| aws.topic = Some("operators".into()), "`aws.topic`"),
            (|aws| aws.mediaconvert.role = Some("mediaconvert".into()), "`aws.mediaconvert.role`"),
        ];
        for (change, key) in cases {
            assert!(complaint(change).contains(key), "{key}");
        }
    }

    #[test]
    fn uploads_to_a_bucket_need_pages_on_which_browsers_tell_checksums() {
        let complaint = whole().checked("http://stoa.example").unwrap_err().to_string();
        assert!(complaint.contains("`aws.bucket`") && complaint.contains("https://"), "{complaint}");
        assert!(whole().checked("http://localhost:3000").is_ok());
    }
}
