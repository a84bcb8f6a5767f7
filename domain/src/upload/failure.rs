//! What went wrong with an upload, for the program that sends it: the sentence is for the person.

use serde::{Deserialize, Serialize};

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The connection broke. What came is kept.
    Network,
    /// The file is too large, or empty.
    Size,
    /// The file is of a kind that is not taken here.
    Type,
    /// The instructor has no room left.
    Quota,
    /// Whoever sends is not signed in any more.
    SignedOut,
    /// Whoever sends may not.
    Forbidden,
    /// The server's disk is full.
    Full,
    /// The upload is not there any more, or its lesson.
    Gone,
    /// The part does not begin where the last one ended.
    Offset,
    /// The bytes are not those that were sent.
    Checksum,
    /// Another window or connection continues the upload.
    TakenOver,
    /// The server does not answer now.
    Unavailable,
    /// Something else, which the sentence tells.
    Other,
}

impl FailureKind {
    /// Whether the same upload may go on later: it then has a button for that.
    pub fn can_go_on(self) -> bool {
        !matches!(self, Self::Size | Self::Type | Self::Quota | Self::Forbidden | Self::Gone)
    }

    /// Whether trying again after a while may help without anybody doing something.
    pub fn passes(self) -> bool {
        matches!(self, Self::Network | Self::Offset | Self::Checksum | Self::Unavailable)
    }
}
