//! What went wrong, as Stripe says it (API reference, "Errors").

use http::StatusCode;
use serde_json::{Value, json};

/// Why a request is not answered as it wished.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    /// For people.
    pub(crate) message: String,
    /// Whether the work had begun: what follows for an idempotency key is then kept with it.
    pub(crate) begun: bool,
}

impl Problem {
    /// A parameter is not as it must be.
    pub(crate) fn parameter(
        code: &'static str,
        param: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            code: Some(code),
            param: Some(param.into()),
            message: message.into(),
            begun: false,
        }
    }

    /// Something about a parameter for which Stripe has no code.
    pub(crate) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: None, ..Self::parameter("", param, message) }
    }

    /// The request as a whole cannot be served.
    pub(crate) fn request(status: StatusCode, message: impl Into<String>) -> Self {
        let (code, param) = (None, None);
        Self { status, kind: "invalid_request_error", code, param, message: message.into(), begun: false }
    }

    /// There is no such thing.
    pub(crate) fn missing(kind: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {kind}: '{id}'");
        let problem = Self::parameter("resource_missing", param, message);
        Self { status: StatusCode::NOT_FOUND, ..problem }
    }

    /// The request is right, but not as things are.
    pub(crate) fn refused(code: Option<&'static str>, message: impl Into<String>) -> Self {
        let mut problem = Self::request(StatusCode::BAD_REQUEST, message);
        problem.code = code;
        problem.after_begin()
    }

    /// The same, where the work had begun.
    pub(crate) fn after_begin(mut self) -> Self {
        self.begun = true;
        self
    }

    /// Too many at once.
    pub(crate) fn rate_limited() -> Self {
        let mut problem = Self::request(StatusCode::TOO_MANY_REQUESTS, "Request rate limit exceeded.");
        problem.code = Some("rate_limit");
        problem
    }

    /// What an idempotency key was used for does not match.
    pub(crate) fn idempotency(status: StatusCode, code: Option<&'static str>, message: String) -> Self {
        Self { status, kind: "idempotency_error", code, param: None, message, begun: false }
    }

    /// Nobody's fault but the server's.
    pub(crate) fn unavailable(message: &str) -> Self {
        let mut problem = Self::request(StatusCode::SERVICE_UNAVAILABLE, message);
        problem.kind = "api_error";
        problem
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind });
        if let Some(code) = self.code {
            error["code"] = code.into();
            error["doc_url"] =
                format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        json!({ "error": error })
    }
}

fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "the sandbox failed");
    let mut problem =
        Problem::request(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox failed; its log says why.");
    problem.kind = "api_error";
    problem
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        internal(&error)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        internal(&error)
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        internal(&error)
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        internal(&error)
    }
}
