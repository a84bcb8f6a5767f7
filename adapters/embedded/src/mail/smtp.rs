//! [`Mailer`] and [`Operators`] by a mail server (RFC 5321).

use super::message::message;
use async_trait::async_trait;
use domain::id::MessageId;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error as TransportError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use services::clock::{Clock, Random};
use services::ports::{Letter, Mailer, NotifyError, Operators};
use std::sync::Arc;
use std::time::Duration;

/// How long a step of the conversation may take. The server may look at a mail before it takes it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most connections: as many as mails are sent at a time.
const MOST_CONNECTIONS: u32 = 4;

/// Which server, and who we are there.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is said there is kept secret.
    pub encryption: Encryption,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Whom mails are from: an address, perhaps with a name, as `Stoa <mail@stoa.example>`.
    pub from: String,
    /// Where operators are told; where nowhere, what they should know is in the log alone.
    pub operators: Option<String>,
}

/// How what is said to the server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the start (RFC 8314 §3.3).
    Tls,
    /// TLS before anything is said that matters (RFC 3207).
    StartTls,
    /// Not at all: on this machine.
    None,
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The sender is no address.
    #[error("mails cannot be from {0:?}: an address is expected, as Stoa <mail@stoa.example>")]
    From(String),
    /// There is no TLS.
    #[error("no TLS for mail: {0}")]
    Tls(#[source] TransportError),
}

/// A mail server that takes our mail.
pub struct Smtp {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    operators: Option<String>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Smtp {
    /// Connects when there is a mail.
    pub fn new(
        settings: SmtpSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SmtpError> {
        let SmtpSettings { host, port, encryption, login, from, operators } = settings;
        let from = from.parse().map_err(|_| SmtpError::From(from))?;
        let parameters = || TlsParameters::new(host.clone()).map_err(SmtpError::Tls);
        let tls = match encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(MOST_CONNECTIONS));
        if let Some((user, password)) = login {
            server = server.credentials(Credentials::new(user, password));
        }
        Ok(Self { server: server.build(), from, operators, clock, random })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn mail(&self, letter: &Letter) -> Result<(), NotifyError> {
        let now = self.clock.now();
        let mail = message(letter, &self.from, now, MessageId::new(now, self.random.bits()))?;
        self.server.send(mail).await.map(drop).map_err(refused)
    }
}

#[async_trait]
impl Operators for Smtp {
    async fn tell(&self, subject: &str, text: &str) -> Result<(), NotifyError> {
        match &self.operators {
            Some(to) => self.mail(&Letter::plain(to, subject, text)).await,
            None => {
                tracing::error!(subject, text, "operators should know, and mail.operators names nobody");
                Ok(())
            }
        }
    }
}

/// What a server's answer means (RFC 5321 §4.2.3, RFC 3463 §3). That it refuses our password is for the operator to
/// mend: the mail waits.
fn refused(error: TransportError) -> NotifyError {
    let status = error.status().map(u16::from);
    match status {
        // Not the address: what it thinks of us, or of the mail.
        Some(550..=553) if error.to_string().contains(" 5.7.") => NotifyError::Internal(error.into()),
        Some(550 | 551 | 553 | 556) => NotifyError::Address,
        Some(530 | 534 | 535 | 538) => NotifyError::Unavailable(error.into()),
        Some(500..) => NotifyError::Internal(error.into()),
        _ => NotifyError::Unavailable(error.into()),
    }
}
