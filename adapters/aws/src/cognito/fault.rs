//! What an error of Cognito means.

use crate::fault::{Fault, Kind};
use aws_sdk_cognitoidentityprovider::config::http::HttpResponse;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};

/// Why a user pool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum PoolError {
    /// Nobody with this address and password, or their session is over. Cognito tells neither which it was nor whether
    /// there is such an address, where its client is told to prevent errors about the existence of users.
    #[error("not authorized")]
    Wrong,
    /// The address is not confirmed yet.
    #[error("the address is not confirmed")]
    Unconfirmed,
    /// Somebody has asked for this person to choose a new password.
    #[error("the password has to be reset")]
    ResetNeeded,
    /// Somebody has the address already.
    #[error("the address is taken")]
    Taken,
    /// The code is not the one that was sent.
    #[error("the code is not right")]
    WrongCode,
    /// The code is too old.
    #[error("the code has expired")]
    OldCode,
    /// The pool's own rules ask more of a password.
    #[error("the password is refused: {0}")]
    Password(String),
    /// There is nothing to send or to confirm.
    #[error("nothing is awaited")]
    Nothing,
    /// Too often. Later it works again.
    #[error("too often")]
    TooOften,
    /// It does not answer now.
    #[error("the user pool is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is not set up as it has to be, or a defect.
    #[error("the user pool failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PoolError {
    /// Sorts an error.
    pub(super) fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let told = match &error {
            SdkError::ServiceError(told) => {
                named(told.err().code().unwrap_or_default(), told.err().message().unwrap_or_default())
            }
            _ => None,
        };
        told.unwrap_or_else(|| match Fault::of(error) {
            Fault { kind: Kind::Passing, source } => Self::Unavailable(source),
            Fault { source, .. } => Self::Internal(source),
        })
    }
}

/// An error by its name (API reference, "Errors" of each action).
fn named(code: &str, message: &str) -> Option<PoolError> {
    Some(match code {
        // Of its many meanings two are about us, and no person can do anything about them.
        "NotAuthorizedException" if message.contains("ecret") || message.contains("SECRET_HASH") => {
            return None;
        }
        "NotAuthorizedException" if message.contains("attempts exceeded") => PoolError::TooOften,
        "NotAuthorizedException" | "UserNotFoundException" => PoolError::Wrong,
        "UserNotConfirmedException" => PoolError::Unconfirmed,
        "PasswordResetRequiredException" => PoolError::ResetNeeded,
        "UsernameExistsException" | "AliasExistsException" => PoolError::Taken,
        "CodeMismatchException" | "EnableSoftwareTokenMFAException" => PoolError::WrongCode,
        "ExpiredCodeException" => PoolError::OldCode,
        "InvalidPasswordException" => PoolError::Password(rest(message)),
        "PasswordHistoryPolicyViolationException" => PoolError::Password("was used before".into()),
        // Blanks at its ends, or too long: what the API takes is a pattern.
        "InvalidParameterException" if message.to_lowercase().contains("password'") => {
            PoolError::Password("has blanks at its ends, or is too long".into())
        }
        "InvalidParameterException"
            if message.contains("already confirmed") || message.contains("Cannot reset") =>
        {
            PoolError::Nothing
        }
        // Too many attempts for one person, not too many requests of ours.
        "LimitExceededException" | "TooManyFailedAttemptsException" | "TooManyRequestsException" => {
            PoolError::TooOften
        }
        _ => return None,
    })
}

/// What the pool says of a password, as the rest of a sentence: «Password did not conform with policy: Password must have
/// symbol characters».
fn rest(message: &str) -> String {
    let why = message.rsplit(": ").next().unwrap_or_default();
    match why.strip_prefix("Password ") {
        Some(why) if why.starts_with("must") => why.to_owned(),
        Some(why) => format!("is {why}"),
        None => "is not allowed here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pool_says_of_a_password_is_the_rest_of_a_sentence() {
        let policy = "Password did not conform with policy: ";
        assert_eq!(
            rest(&format!("{policy}Password must have symbol characters")),
            "must have symbol characters"
        );
        assert_eq!(rest(&format!("{policy}Password not long enough")), "is not long enough");
        assert_eq!(rest("No."), "is not allowed here");
    }

    #[test]
    fn errors_are_told_apart_by_whom_they_concern() {
        let is_ours = |message| named("NotAuthorizedException", message).is_none();
        assert!(
            is_ours("Unable to verify secret hash for client x")
                && !is_ours("Incorrect username or password.")
        );
        assert!(matches!(
            named("NotAuthorizedException", "Password attempts exceeded"),
            Some(PoolError::TooOften)
        ));
        assert!(matches!(named("UserNotFoundException", ""), Some(PoolError::Wrong)));
        assert!(named("InternalErrorException", "").is_none());
        assert!(named("ResourceNotFoundException", "").is_none());
    }
}
