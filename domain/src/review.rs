//! What learners say of a course.

use crate::text::{DisplayName, Prose};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A number of stars: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Stars(u8);

impl TryFrom<u8> for Stars {
    type Error = &'static str;
    fn try_from(stars: u8) -> Result<Self, Self::Error> {
        if (1..=5).contains(&stars) { Ok(Self(stars)) } else { Err("must be 1 to 5 stars") }
    }
}

impl From<Stars> for u8 {
    fn from(stars: Stars) -> u8 {
        stars.0
    }
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who wrote it.
    pub author: DisplayName,
    /// The verdict.
    pub stars: Stars,
    /// The reasons.
    pub body: Prose,
    /// When it was written.
    pub written: Timestamp,
}

/// All reviews of a course in two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rating {
    /// How many reviews.
    pub count: u32,
    /// The sum of their stars.
    pub stars: u32,
}

impl Rating {
    /// The mean in tenths of a star, rounded; `None` without reviews.
    pub fn tenths(self) -> Option<u32> {
        (self.count > 0).then(|| (self.stars * 10 + self.count / 2) / self.count)
    }
}
