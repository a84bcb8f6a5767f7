//! What a server function answers when it cannot do what was asked.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// Why it was not done, in terms that a page can show. Nothing internal is in it: causes go to the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum ApiError {
    /// There is no such thing, or the viewer may not know that there is.
    #[error("There is nothing here.")]
    NotFound,
    /// One must sign in first.
    #[error("Please sign in first.")]
    SignInNeeded,
    /// The viewer must give the password again first.
    #[error("Please confirm your password first.")]
    ProofNeeded,
    /// The viewer may not do this.
    #[error("Your account is not allowed to do this.")]
    Forbidden,
    /// An input is not acceptable.
    #[error("{field} {message}.")]
    Invalid {
        /// The label of the field.
        field: String,
        /// The rest of the sentence.
        message: String,
    },
    /// It cannot be done as things are: a sentence that says why.
    #[error("{message}")]
    Refused {
        /// The sentence.
        message: String,
    },
    /// Somebody else changed the same thing in between.
    #[error("This was changed elsewhere in the meantime. Please look at it again, then repeat your change.")]
    Conflict,
    /// A part of the system does not answer now.
    #[error("This does not work at the moment. Please try again in a minute.")]
    Unavailable,
    /// The server could not be reached at all.
    #[error("The server could not be reached. Please check your connection and try again.")]
    Unreachable,
    /// A defect.
    #[error("Something went wrong on our side. If you report it, please mention {reference}.")]
    Internal {
        /// Finds the cause in the log: the id of the request.
        reference: String,
    },
}

impl ApiError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            ApiError::NotFound => 404,
            ApiError::SignInNeeded => 401,
            ApiError::Forbidden | ApiError::ProofNeeded => 403,
            ApiError::Invalid { .. } | ApiError::Refused { .. } => 422,
            ApiError::Conflict => 409,
            ApiError::Unavailable | ApiError::Unreachable => 503,
            ApiError::Internal { .. } => 500,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let answer = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => incomplete(),
            // Here it is the request that could not be read.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => incomplete(),
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Request(_) => ApiError::Unreachable,
            // What is no answer of ours came from something between: a proxy, a server that is starting.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => ApiError::Unavailable,
            ServerFnErrorErr::Response(_) => ApiError::Unavailable,
            _ => ApiError::Internal { reference: "the time it happened".into() },
        };
        #[cfg(feature = "ssr")]
        super::request::mark(&answer);
        answer
    }
}

fn incomplete() -> ApiError {
    ApiError::Refused { message: "This request is incomplete. Please reload the page and try again.".into() }
}

#[cfg(feature = "ssr")]
impl From<services::Error> for ApiError {
    /// Logs what is for the log alone, and marks the answer of a direct call with the right status.
    fn from(error: services::Error) -> Self {
        use services::Error;
        let answer = match error {
            Error::NotFound => ApiError::NotFound,
            Error::SignInNeeded => ApiError::SignInNeeded,
            Error::ProofNeeded => ApiError::ProofNeeded,
            Error::Forbidden => ApiError::Forbidden,
            Error::Invalid { field, message } => ApiError::Invalid { field: field.into(), message },
            Error::Refused(message) => ApiError::Refused { message },
            Error::Conflict => ApiError::Conflict,
            Error::Unavailable(cause) => {
                tracing::error!(error = &*cause as &dyn std::error::Error, "unavailable");
                ApiError::Unavailable
            }
            Error::Internal(cause) => {
                tracing::error!(error = &*cause as &dyn std::error::Error, "internal error");
                ApiError::Internal { reference: super::request::id() }
            }
        };
        super::request::mark(&answer);
        answer
    }
}

#[cfg(feature = "ssr")]
impl From<services::uploads::UploadError> for ApiError {
    fn from(error: services::uploads::UploadError) -> Self {
        use domain::upload::FailureKind;
        use services::uploads::UploadError;
        if let UploadError::Other(error) = error {
            return error.into();
        }
        let answer = match error.kind() {
            FailureKind::Gone => ApiError::NotFound,
            FailureKind::Unavailable | FailureKind::Network | FailureKind::TakenOver => ApiError::Unavailable,
            _ => ApiError::Refused { message: error.to_string() },
        };
        super::request::mark(&answer);
        answer
    }
}
