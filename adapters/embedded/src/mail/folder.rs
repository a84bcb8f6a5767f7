//! [`Mailer`] and [`Operators`] for development: each message is a file that mail programs open (RFC 5322, `.eml`).

use super::message::message;
use async_trait::async_trait;
use domain::id::MessageId;
use lettre::Address;
use lettre::message::Mailbox;
use services::clock::{Clock, Random};
use services::ports::{Letter, Mailer, NotifyError, Operators};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Mail in a folder. The name of a file is a [`MessageId`], so that old ones come first.
pub struct MailFolder {
    folder: PathBuf,
    from: Mailbox,
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
        let address = Address::new("stoa", "localhost").map_err(io::Error::other)?;
        Ok(Self { folder, from: Mailbox::new(Some("Stoa".into()), address), clock, random })
    }
}

#[async_trait]
impl Mailer for MailFolder {
    async fn mail(&self, letter: &Letter) -> Result<(), NotifyError> {
        let now = self.clock.now();
        let id = MessageId::new(now, self.random.bits());
        let mail = message(letter, &self.from, now, id)?;
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

#[async_trait]
impl Operators for MailFolder {
    async fn tell(&self, subject: &str, text: &str) -> Result<(), NotifyError> {
        self.mail(&Letter::plain("operators@localhost", subject, text)).await
    }
}
