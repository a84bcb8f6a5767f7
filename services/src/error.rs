//! Why a use case did not do what was asked.

use crate::ports::{BlobError, IdentityError, PaymentsError, QueueError, TableError, TranscodeError};

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case did not do what was asked. Everything but [`Error::Unavailable`] and [`Error::Internal`]
/// is for the person who asked; those two are for the log, the person hears only that it was not them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the actor may not know that there is.
    #[error("not found")]
    NotFound,
    /// One must sign in first.
    #[error("sign in first")]
    SignInNeeded,
    /// They may, once they have given their password again.
    #[error("give the password again first")]
    ProofNeeded,
    /// The permission table says no.
    #[error("not allowed")]
    Forbidden,
    /// An input is not acceptable: which one, and a sentence on what is wrong with it.
    #[error("{field} {message}")]
    Invalid {
        /// The field's label, as the person knows it.
        field: &'static str,
        /// The rest of the sentence.
        message: String,
    },
    /// What was asked is well-formed, but cannot be done as things are: a sentence for the person.
    #[error("{0}")]
    Refused(String),
    /// Somebody else changed the same thing in between.
    #[error("changed by somebody else in the meantime")]
    Conflict,
    /// A part of the system does not answer now; the same request may work later.
    #[error("temporarily unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect, or a damaged record.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An input that its domain type refused.
    pub fn invalid(field: &'static str, message: impl std::fmt::Display) -> Self {
        Self::Invalid { field, message: message.to_string() }
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Conflict { .. } => Error::Conflict,
            TableError::Unavailable(_) => Error::Unavailable(error.into()),
            TableError::TooLarge { .. } | TableError::Invalid(_) | TableError::Internal(_) => {
                Error::Internal(error.into())
            }
        }
    }
}

impl From<QueueError> for Error {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Unavailable(_) => Error::Unavailable(error.into()),
            QueueError::Gone | QueueError::Internal(_) => Error::Internal(error.into()),
        }
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound => Error::NotFound,
            BlobError::Full | BlobError::Unavailable(_) => Error::Unavailable(error.into()),
            BlobError::Interrupted(_) | BlobError::Internal(_) => Error::Internal(error.into()),
        }
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Code => Error::invalid("Code", "is not, or no longer, right"),
            IdentityError::Password(why) => Error::invalid("Password", why),
            IdentityError::Taken => Error::invalid("E-mail", "belongs to another account"),
            IdentityError::Unknown => Error::NotFound,
            IdentityError::TooMany => {
                Error::Refused("Too many attempts. Please wait some minutes, then try again.".into())
            }
            IdentityError::Unavailable(_) => Error::Unavailable(error.into()),
            IdentityError::Internal(_) => Error::Internal(error.into()),
        }
    }
}

impl From<PaymentsError> for Error {
    fn from(error: PaymentsError) -> Self {
        match error {
            PaymentsError::Unavailable(_) => Error::Unavailable(error.into()),
            PaymentsError::Refused { .. } | PaymentsError::Internal(_) => Error::Internal(error.into()),
        }
    }
}

impl From<TranscodeError> for Error {
    fn from(error: TranscodeError) -> Self {
        use TranscodeError::*;
        match error {
            Cancelled | Interrupted(_) | Full => Error::Unavailable(error.into()),
            SourceGone | NotAVideo | NoVideoTrack | Unsupported(_) | Damaged(_) | Internal(_) => {
                Error::Internal(error.into())
            }
        }
    }
}

impl From<domain::course::OutlineError> for Error {
    fn from(error: domain::course::OutlineError) -> Self {
        Error::Refused(error.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Internal(error.into())
    }
}
