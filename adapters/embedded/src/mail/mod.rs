//! Mail: by a mail server, or into a folder.

mod folder;
mod message;
mod smtp;

pub use folder::MailFolder;
pub use smtp::{Encryption, Smtp, SmtpError, SmtpSettings};
