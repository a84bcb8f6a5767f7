//! Why a request is refused, and what CloudFront says then.

use super::presented::{Carrier, Part};

/// Why a request is refused: for logs, metrics and the explainer. The client learns its [`Refusal`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// The path leads to nothing that is served, or is not spelled as it was signed.
    #[error("no file is published under this path")]
    Unpublished,
    /// The address or a cookie is longer than any real one.
    #[error("the address or a cookie is too long")]
    Oversize,
    /// A part is there twice.
    #[error("{} is there twice", .0.name(*.1))]
    Repeated(Part, Carrier),
    /// A part is not there, or empty. For a missing policy and expiry, the policy.
    #[error("{} is missing", .0.name(*.1))]
    Missing(Part, Carrier),
    /// The key is not among the trusted ones.
    #[error("the key is not a trusted one")]
    UnknownKey,
    /// The signature was made with a hash that CloudFront does not know.
    #[error("the hash algorithm is not supported")]
    UnsupportedHash,
    /// A part is not in CloudFront's base64.
    #[error("{} is not encoded as it must be", .0.parameter())]
    BadEncoding(Part),
    /// The expiry of a canned policy is not a number of seconds.
    #[error("the expiry is not a number of seconds")]
    BadExpires,
    /// The signature is not the key's over this policy.
    #[error("the signature does not fit the policy")]
    BadSignature,
    /// The policy is genuine but not one that the edge understands.
    #[error("the policy is not understood")]
    BadPolicy,
    /// The policy is for other addresses.
    #[error("the policy is for another resource")]
    ResourceMismatch,
    /// The policy is not valid any more.
    #[error("the policy has expired")]
    Expired,
    /// The policy is not valid yet.
    #[error("the policy is not valid yet")]
    NotYet,
    /// The policy is for clients at other addresses.
    #[error("the policy is for another client address")]
    AddressMismatch,
}

/// How CloudFront words a refusal: a status, and a code and a message in XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `<Code>`.
    pub code: &'static str,
    /// `<Message>`.
    pub message: &'static str,
}

impl Refusal {
    const fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self { status: 403, code, message }
    }

    /// What holds for everything that has no words of its own.
    pub const ACCESS_DENIED: Self = Self::forbidden("AccessDenied", "Access denied");
    /// The key pair id is missing or empty.
    pub const MISSING_KEY: Self =
        Self::forbidden("MissingKey", "Missing Key-Pair-Id query parameter or cookie value");
    /// The key pair id names no trusted key.
    pub const INVALID_KEY: Self = Self::forbidden("InvalidKey", "Unknown Key");
    /// The policy cannot be read.
    pub const MALFORMED_POLICY: Self = Self::forbidden("MalformedPolicy", "Malformed Policy");
    /// The signature cannot be read.
    pub const MALFORMED_SIGNATURE: Self =
        Self::forbidden("MalformedSignature", "Could not unencode Signature");
    /// Developer guide, "Request and response behavior", "Maximum length of a request and maximum length of a
    /// URL".
    pub const TOO_LARGE: Self =
        Self { status: 413, code: "RequestEntityTooLarge", message: "Request Entity Too Large" };
}

impl Denied {
    /// What the client is told. The codes are those of the knowledge article "How do I troubleshoot issues
    /// related to a signed URL or signed cookies in CloudFront?" and of reports; which of them are our reading
    /// is in docs/decisions/0013.
    pub fn refusal(self) -> Refusal {
        match self {
            Denied::Oversize => Refusal::TOO_LARGE,
            Denied::Missing(Part::KeyPairId, _) => Refusal::MISSING_KEY,
            Denied::UnknownKey => Refusal::INVALID_KEY,
            Denied::Missing(Part::Signature, _) | Denied::BadEncoding(Part::Signature) => {
                Refusal::MALFORMED_SIGNATURE
            }
            Denied::Missing(..) | Denied::BadEncoding(_) | Denied::BadExpires | Denied::BadPolicy => {
                Refusal::MALFORMED_POLICY
            }
            Denied::Unpublished
            | Denied::Repeated(..)
            | Denied::UnsupportedHash
            | Denied::BadSignature
            | Denied::ResourceMismatch
            | Denied::Expired
            | Denied::NotYet
            | Denied::AddressMismatch => Refusal::ACCESS_DENIED,
        }
    }

    /// The rule that failed, in a word: for metrics.
    pub fn label(self) -> &'static str {
        match self {
            Denied::Unpublished => "unpublished",
            Denied::Oversize => "oversize",
            Denied::Repeated(..) => "repeated",
            Denied::Missing(..) => "missing",
            Denied::UnknownKey => "unknown-key",
            Denied::UnsupportedHash => "unsupported-hash",
            Denied::BadEncoding(_) => "bad-encoding",
            Denied::BadExpires => "bad-expires",
            Denied::BadSignature => "bad-signature",
            Denied::BadPolicy => "bad-policy",
            Denied::ResourceMismatch => "resource-mismatch",
            Denied::Expired => "expired",
            Denied::NotYet => "not-yet",
            Denied::AddressMismatch => "address-mismatch",
        }
    }
}
