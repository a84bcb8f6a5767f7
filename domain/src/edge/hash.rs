//! The hash that a signature was made with.

/// Developer guide, "Set signed cookies using a custom policy", `CloudFront-Hash-Algorithm`. RSA and ECDSA
/// keys are used with either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Hash {
    /// What holds where nothing is said.
    #[default]
    Sha1,
    /// What Stoa signs with.
    Sha256,
}

/// The text names no hash that CloudFront knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("SHA1 or SHA256 is expected")]
pub struct UnsupportedHash;

impl Hash {
    /// As cookies and addresses name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA1",
            Hash::Sha256 => "SHA256",
        }
    }
}

impl std::str::FromStr for Hash {
    type Err = UnsupportedHash;
    fn from_str(text: &str) -> Result<Self, UnsupportedHash> {
        [Hash::Sha1, Hash::Sha256].into_iter().find(|hash| hash.as_str() == text).ok_or(UnsupportedHash)
    }
}
