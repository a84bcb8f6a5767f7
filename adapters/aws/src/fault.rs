//! What an error of the SDK means: whether asking again may help.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use std::error::Error;

/// An error of a service, sorted.
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) source: Box<dyn Error + Send + Sync>,
}

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The thing that was asked for is not there.
    Missing,
    /// Asking again may help.
    Passing,
    /// It will never work so.
    Defect,
}

/// What says that something is not there, whatever the service: `HEAD` has no body and so the bare `NotFound`.
const MISSING: [&str; 4] = ["NoSuchKey", "NotFound", "NoSuchUpload", "NotFoundException"];

/// What passes although its status is not 5xx.
const PASSING: [&str; 10] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "OperationAborted",
    "RequestThrottled",
    "RequestTimeout",
    "RequestTimeTooSkewed",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

impl std::fmt::Display for Fault {
    /// With all that led to it: the SDK's errors say little by themselves.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        DisplayErrorContext(&*self.source).fmt(f)
    }
}

impl Fault {
    /// Sorts an error.
    pub(crate) fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let kind = match &error {
            SdkError::ConstructionFailure(_) => Kind::Defect,
            SdkError::DispatchFailure(failure) if failure.is_user() => Kind::Defect,
            SdkError::ServiceError(told) => {
                kind(told.err().code().unwrap_or_default(), told.raw().status().as_u16())
            }
            _ => Kind::Passing,
        };
        Self { kind, source: error.into() }
    }
}

fn kind(code: &str, status: u16) -> Kind {
    if MISSING.contains(&code) {
        Kind::Missing
    } else if status >= 500 || status == 429 || PASSING.contains(&code) {
        Kind::Passing
    } else {
        Kind::Defect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_never_works() {
        assert_eq!(kind("NoSuchKey", 404), Kind::Missing);
        assert_eq!(kind("SlowDown", 503), Kind::Passing);
        assert_eq!(kind("RequestTimeout", 400), Kind::Passing);
        assert_eq!(kind("InternalError", 500), Kind::Passing);
        assert_eq!(kind("", 429), Kind::Passing);
        assert_eq!(kind("AccessDenied", 403), Kind::Defect);
        assert_eq!(kind("NoSuchBucket", 404), Kind::Defect, "somebody has to make it");
    }
}
