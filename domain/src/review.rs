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
    /// With one more review of `stars`, or with one changed from `before`.
    pub fn with(self, before: Option<Stars>, stars: Stars) -> Rating {
        let count = self.count + u32::from(before.is_none());
        Rating { count, stars: self.stars - before.map_or(0, |s| u32::from(s.0)) + u32::from(stars.0) }
    }

    /// The mean in tenths of a star, rounded; `None` without reviews.
    pub fn tenths(self) -> Option<u32> {
        (self.count > 0).then(|| (self.stars * 10 + self.count / 2) / self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_rating_is_the_mean_of_the_latest_reviews(changes in proptest::collection::vec((0usize..5, 1u8..=5), 1..40)) {
            let mut latest = [None; 5];
            let mut rating = Rating::default();
            for (author, stars) in changes {
                let stars = Stars(stars);
                rating = rating.with(latest[author], stars);
                latest[author] = Some(stars);
            }
            let given: Vec<u32> = latest.iter().flatten().map(|s| u32::from(s.0)).collect();
            let mean = f64::from(given.iter().sum::<u32>()) / given.len() as f64;
            let shown = f64::from(rating.tenths().unwrap()) / 10.0;
            prop_assert!((mean - shown).abs() <= 0.05 + f64::EPSILON);
        }
    }
}
