//! By which server mail leaves.

use super::{ConfigError, media, quoted};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Mail. Without a server it is put into a folder of `data_dir`, for development.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// Whom mails are from: an address, perhaps with a name, as `Stoa <mail@stoa.example>`.
    pub from: Option<String>,
    /// The address that tells operators; without it they find it in the log.
    pub operators: Option<String>,
    /// The mail server.
    pub smtp: Smtp,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smtp {
    /// Its name.
    pub host: Option<String>,
    /// Its port; without it the usual one: 465 for `tls`, 587 for `starttls`, 25 for `none`.
    pub port: Option<u16>,
    /// How what is said there is kept secret.
    pub security: Security,
    /// Who we are there.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// A file that holds the password.
    pub password_file: Option<PathBuf>,
}

/// How what is said to a mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Security {
    /// TLS from the start.
    #[default]
    Tls,
    /// TLS before anything is said that matters.
    StartTls,
    /// Not at all: to a server on this machine.
    None,
}

impl TryFrom<String> for Security {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "tls" => Ok(Security::Tls),
            "starttls" => Ok(Security::StartTls),
            "none" => Ok(Security::None),
            _ => Err("tls, starttls or none is allowed"),
        }
    }
}

impl Smtp {
    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        })
    }
}

impl Mail {
    /// The same, if it is whole. `by_ses` says that mail leaves by SES.
    pub(super) fn checked(self, by_ses: bool) -> Result<Self, ConfigError> {
        let Smtp { host, port, security, user, password, password_file } = &self.smtp;
        let set = [
            ("mail.smtp.port", port.is_some()),
            ("mail.smtp.user", user.is_some()),
            ("mail.smtp.password", password.is_some()),
            ("mail.smtp.password_file", password_file.is_some()),
        ];
        if let (None, Some((key, _))) = (host, set.iter().find(|(_, set)| *set)) {
            return refused(key, "set", "mail.smtp.host is expected beside it");
        }
        if let (Some(host), true) = (host, by_ses) {
            return refused("mail.smtp.host", &quoted(host), "mail leaves by it or by aws.ses, not by both");
        }
        if (host.is_some() || by_ses) && self.from.is_none() {
            return refused("mail.from", "not set", "the address that mails are from is expected");
        }
        if password.is_some() && password_file.is_some() {
            return refused("mail.smtp.password", "set", "mail.smtp.password_file is set, too");
        }
        if user.is_some() != (password.is_some() || password_file.is_some()) {
            let allowed = "both are expected, or neither: mail.smtp.user and its password";
            return refused("mail.smtp.user", &format!("{user:?}"), allowed);
        }
        if let (Some(host), Security::None) = (host, security)
            && !media::is_local(&format!("http://{host}"))
        {
            let allowed = "tls or starttls is expected: mails hold codes that open accounts";
            return refused("mail.smtp.security", "\"none\"", allowed);
        }
        Ok(self)
    }
}

fn refused<T>(key: &str, value: &str, allowed: &str) -> Result<T, ConfigError> {
    Err(ConfigError::Value { key: key.into(), value: value.into(), allowed: allowed.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Mail {
        let smtp = Smtp {
            host: Some("mail.stoa.example".into()),
            user: Some("stoa".into()),
            password: Some("secret".into()),
            ..Smtp::default()
        };
        Mail { from: Some("Stoa <mail@stoa.example>".into()), operators: None, smtp }
    }

    #[test]
    fn mail_leaves_by_a_server_that_is_configured_as_a_whole() {
        assert_eq!(Mail::default().checked(false).unwrap(), Mail::default());
        assert_eq!(whole().checked(false).unwrap().smtp.port(), 465);
        type Change = fn(&mut Mail);
        let cases: [(Change, &str); 6] = [
            (|mail| mail.from = None, "`mail.from`"),
            (|mail| mail.smtp.host = None, "`mail.smtp.user`"),
            (|mail| mail.smtp.password = None, "`mail.smtp.user`"),
            (|mail| mail.smtp.user = None, "`mail.smtp.user`"),
            (|mail| mail.smtp.password_file = Some("p".into()), "`mail.smtp.password`"),
            (|mail| mail.smtp.security = Security::None, "`mail.smtp.security`"),
        ];
        for (change, key) in cases {
            let mut mail = whole();
            change(&mut mail);
            let text = mail.checked(false).unwrap_err().to_string();
            assert!(text.contains(key) && !text.contains("secret"), "{text}");
        }
        assert!(whole().checked(true).unwrap_err().to_string().contains("aws.ses"));
    }

    #[test]
    fn what_is_said_to_a_server_on_this_machine_needs_no_tls() {
        let mut mail = whole();
        mail.smtp.security = Security::None;
        for (host, port) in [("localhost", None), ("127.0.0.1", Some(1025))] {
            (mail.smtp.host, mail.smtp.port) = (Some(host.into()), port);
            assert_eq!(mail.clone().checked(false).unwrap().smtp.port(), port.unwrap_or(25));
        }
    }
}
