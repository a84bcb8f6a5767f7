//! [`Mailer`] and [`Operators`] for development: each message is a file that mail programs open (RFC 5322, `.eml`).

use async_trait::async_trait;
use domain::id::MessageId;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, Message};
use services::clock::{Clock, Random};
use services::ports::{Letter, Mailer, NotifyError, Operators};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Mail in a folder. The name of a file is a [`MessageId`], so that old ones come first.
pub struct MailFolder {
    folder: PathBuf,
    from: Address,
    operators: Address,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl MailFolder {
    /// Opens the folder, making it where it is not there. Operators are told at `operators@localhost`.
    pub fn open(
        folder: impl Into<PathBuf>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        let local = |user| Address::new(user, "localhost").map_err(io::Error::other);
        Ok(Self { folder, from: local("stoa")?, operators: local("operators")?, clock, random })
    }

    async fn write(&self, to: Address, subject: &str, text: &str) -> Result<(), NotifyError> {
        let now = self.clock.now();
        let id = MessageId::new(now, self.random.bits());
        let date =
            SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
        let mail = Message::builder()
            .from(Mailbox::new(Some("Stoa".into()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(one_line(subject))
            .date(date)
            .message_id(Some(format!("<{id}@localhost>")))
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|error| NotifyError::Internal(error.into()))?;
        // Under its name when it is whole.
        let (half, whole) = (self.folder.join(format!(".{id}")), self.folder.join(format!("{id}.eml")));
        let written = async {
            tokio::fs::write(&half, mail.formatted()).await?;
            tokio::fs::File::open(&half).await?.sync_all().await?;
            tokio::fs::rename(&half, &whole).await
        };
        written.await.map_err(|error: io::Error| NotifyError::Unavailable(error.into()))
    }
}

/// What breaks lines becomes a space: a header has one line.
fn one_line(subject: &str) -> String {
    subject.replace("\r\n", " ").replace(char::is_control, " ")
}

#[async_trait]
impl Mailer for MailFolder {
    async fn mail(&self, letter: &Letter) -> Result<(), NotifyError> {
        let to = letter.to.parse().map_err(|_| NotifyError::Address)?;
        self.write(to, &letter.subject, &letter.text).await
    }
}

#[async_trait]
impl Operators for MailFolder {
    async fn tell(&self, subject: &str, text: &str) -> Result<(), NotifyError> {
        self.write(self.operators.clone(), subject, text).await
    }
}
