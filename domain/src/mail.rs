//! Mails that people may do without.

use serde::{Deserialize, Serialize};

/// What a mail is about that somebody may do without. All others are about the account itself, and always sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// What becomes of one's uploads.
    Videos,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 1] = [Topic::Videos];

    /// In one word, as addresses and forms hold it.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Videos => "videos",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Topic::Videos => "My videos are ready, or could not be converted",
        }
    }
}

impl std::str::FromStr for Topic {
    type Err = NoSuchTopic;
    fn from_str(text: &str) -> Result<Self, NoSuchTopic> {
        Topic::ALL.into_iter().find(|topic| topic.name() == text).ok_or(NoSuchTopic)
    }
}

/// There are no mails about that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no mails about that")]
pub struct NoSuchTopic;
