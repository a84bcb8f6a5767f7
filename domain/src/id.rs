//! Identifiers: one newtype per kind of thing, so that a lesson's id cannot be passed for a course's.
//!
//! Each is a ULID: 48 bits of milliseconds, then 80 random bits, written as 26 characters of Crockford's
//! base 32. They sort by creation time, as numbers and as text.

use crate::time::Timestamp;

/// The text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 26 characters of Crockford's base 32 are expected")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(ulid::Ulid);

        impl $name {
            /// Makes an identifier from the time of creation and random bits (80 of them are used).
            pub fn new(now: Timestamp, random: u128) -> Self {
                Self(ulid::Ulid::from_parts(now.millis().max(0) as u64, random))
            }

            /// When the identifier was made.
            pub fn created(self) -> Timestamp {
                Timestamp::from_millis(self.0.timestamp_ms() as i64)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = ulid::Ulid::from_string(text).map_err(|_| InvalidId)?;
                // Only the one canonical spelling: a key must not have two texts.
                if id.to_string() == text { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id! {
    /// A person's account.
    AccountId
}
id! {
    /// A course.
    CourseId
}
id! {
    /// A section of a course's outline.
    SectionId
}
id! {
    /// A lesson.
    LessonId
}
id! {
    /// A video as the instructor sees it. Each upload of it is a [`VersionId`].
    AssetId
}
id! {
    /// One immutable upload of an asset and what was made from it.
    VersionId
}
id! {
    /// A browser, as a cookie of ours tells it from others.
    DeviceId
}
id! {
    /// The permission of one device to play.
    LeaseId
}
id! {
    /// A file that comes with a lesson. What is stored under it never changes.
    AttachmentId
}
id! {
    /// Captions of a video in one language. What is stored under it never changes.
    CaptionId
}
id! {
    /// A file that is on its way in.
    UploadId
}
id! {
    /// An entry of the outbox, and the message it becomes.
    MessageId
}
id! {
    /// Something that happened, told to whom it may concern.
    EventId
}
id! {
    /// A line of the audit log.
    AuditEntryId
}
id! {
    /// What somebody buys at once.
    OrderId
}
id! {
    /// Money that is to be given back for an order.
    RefundId
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_back_is_the_same_id(millis in 0i64..1 << 47, random: u128) {
            let id = LessonId::new(Timestamp::from_millis(millis), random);
            prop_assert_eq!(id.to_string().parse::<LessonId>(), Ok(id));
            prop_assert_eq!(id.created().millis(), millis);
        }

        #[test]
        fn ids_sort_by_time_as_text_too(a in 0i64..1 << 47, b in 0i64..1 << 47, r: u128, s: u128) {
            let (x, y) = (LessonId::new(Timestamp::from_millis(a), r), LessonId::new(Timestamp::from_millis(b), s));
            prop_assert_eq!(x.cmp(&y), x.to_string().cmp(&y.to_string()));
            if a < b { prop_assert!(x < y); }
        }

        #[test]
        fn arbitrary_text_is_refused_or_canonical(text in ".{0,40}") {
            if let Ok(id) = text.parse::<CourseId>() { prop_assert_eq!(id.to_string(), text); }
        }
    }
}
