//! The ports on one machine, without any account: records and work in one SQLite file, blobs and keys in
//! folders, passwords hashed with argon2id.

mod blob;
mod events;
mod ffmpeg;
mod identity;
mod mail;
mod media_keys;
mod parts;
mod queue;
mod sqlite;
mod table;

pub use blob::LocalBlobs;
pub use events::LocalEvents;
pub use ffmpeg::{Ffmpeg, FfmpegError, FfmpegSettings};
pub use identity::LocalIdentity;
pub use mail::{Encryption, MailFolder, Smtp, SmtpError, SmtpSettings};
pub use media_keys::{MediaKeys, MediaKeysError, Stamp};
pub use parts::LocalParts;
pub use queue::SqliteQueue;
pub use sqlite::{Database, OpenError};
pub use table::SqliteTable;
