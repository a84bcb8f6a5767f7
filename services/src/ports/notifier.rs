//! Messages to people: to those who run the place, and to those who use it.

use async_trait::async_trait;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// There is no such address. Never try again.
    #[error("no such address")]
    Address,
    /// The service does not answer now. Trying again may help.
    #[error("messages cannot be sent now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect. Never try again.
    #[error("sending failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Those who run the place.
#[async_trait]
pub trait Operators: Send + Sync + 'static {
    /// Tells them something. Returns once the message is on its way, durably; told twice it may arrive twice.
    ///
    /// The subject is one line: what breaks lines in it becomes a space. A service that takes short subjects only
    /// gets the start of it there, and all of it in the text.
    async fn tell(&self, subject: &str, text: &str) -> Result<(), NotifyError>;
}

/// A mail to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whose it is: one address (RFC 5321 §4.1.2), without a name.
    pub to: String,
    /// One line: what breaks lines in it becomes a space.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML; none where there is text alone.
    pub html: Option<String>,
    /// The address that a mail program calls for its reader who wants no more such mails (RFC 8058): where that can be.
    pub unsubscribe: Option<String>,
}

impl Letter {
    /// A letter that is text alone.
    pub fn plain(to: &str, subject: &str, text: &str) -> Self {
        Self {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: None,
            unsubscribe: None,
        }
    }
}

/// The post.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Sends a mail. Returns once it is on its way, durably; sent twice it may arrive twice. Nothing in a letter can
    /// add a header or an address.
    async fn mail(&self, letter: &Letter) -> Result<(), NotifyError>;
}
