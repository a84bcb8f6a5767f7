//! Why an upload did not go on: for the program that sends, which acts upon the kind, and for the person.

use crate::Error;
use crate::ports::PartsError;
use domain::account::Actor;
use domain::upload::FailureKind;

/// The result of a step of an upload.
pub type UploadResult<T> = Result<T, UploadError>;

/// Why an upload did not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It is not there any more.
    #[error(
        "This upload is not there any more: it was finished, cancelled, or not continued for too long. Choose the file again."
    )]
    Gone,
    /// The part does not begin where the last one ended.
    #[error("The next part begins at byte {expected}.")]
    Offset {
        /// Bytes that are there.
        expected: u64,
    },
    /// The bytes changed on their way.
    #[error("A part of the file was damaged on its way. Send it again.")]
    Checksum,
    /// The connection broke.
    #[error("The connection was lost.")]
    Interrupted,
    /// Another connection continues the upload.
    #[error("This upload is continued in another window.")]
    TakenOver,
    /// The disk is full.
    #[error(
        "There is no room left on the server. What has arrived is kept: tell the operator, then press Resume."
    )]
    Full,
    /// It is not taken, with a sentence on why.
    #[error("{message}")]
    Refused {
        /// In one word.
        kind: FailureKind,
        /// For the person.
        message: String,
    },
    /// What any use case may say.
    #[error(transparent)]
    Other(#[from] Error),
}

impl UploadError {
    pub(super) fn refused(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::Refused { kind, message: message.into() }
    }

    /// In one word.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Gone | Self::Other(Error::NotFound) => FailureKind::Gone,
            Self::Offset { .. } => FailureKind::Offset,
            Self::Checksum => FailureKind::Checksum,
            Self::Interrupted => FailureKind::Network,
            Self::TakenOver => FailureKind::TakenOver,
            Self::Full => FailureKind::Full,
            Self::Refused { kind, .. } => *kind,
            Self::Other(Error::SignInNeeded | Error::ProofNeeded) => FailureKind::SignedOut,
            Self::Other(Error::Forbidden) => FailureKind::Forbidden,
            Self::Other(Error::Unavailable(_) | Error::Conflict) => FailureKind::Unavailable,
            Self::Other(Error::Invalid { .. } | Error::Refused(_) | Error::Internal(_)) => FailureKind::Other,
        }
    }
}

impl From<PartsError> for UploadError {
    fn from(error: PartsError) -> Self {
        match error {
            PartsError::NotFound => Self::Gone,
            PartsError::Offset { expected } => Self::Offset { expected },
            PartsError::Checksum => Self::Checksum,
            PartsError::ChecksumNeeded => Self::refused(
                FailureKind::Other,
                "This browser cannot check what it sends, because the page came without encryption. Open the site by \
                 https:// and choose the file again.",
            ),
            PartsError::Incomplete { received, size } => Self::refused(
                FailureKind::Size,
                format!("The file does not have the {size} bytes that were announced; {received} are there."),
            ),
            PartsError::Interrupted(_) => Self::Interrupted,
            PartsError::TakenOver => Self::TakenOver,
            PartsError::Full => Self::Full,
            PartsError::Unavailable(source) => Self::Other(Error::Unavailable(source)),
            PartsError::Internal(source) => Self::Other(Error::Internal(source)),
        }
    }
}

/// Who is not signed in is told so first.
pub(super) fn signed_in(actor: Actor) -> UploadResult<()> {
    match actor {
        Actor::Anonymous => Err(Error::SignInNeeded.into()),
        Actor::Account { .. } => Ok(()),
    }
}
