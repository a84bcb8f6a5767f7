//! What many people are shown alike.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A value that is made once and shown to many, with the markup that a page makes of it. Cheap to clone.
pub struct Shared<T>(Arc<Made<T>>);

struct Made<T> {
    value: T,
    markup: OnceLock<Box<str>>,
}

impl<T> Shared<T> {
    /// The markup of the one component that shows such a value; `make` renders it the first time.
    pub fn markup(&self, make: impl FnOnce() -> String) -> &str {
        self.0.markup.get_or_init(|| make().into_boxed_str())
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(Made { value, markup: OnceLock::new() }))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_as_the_value_itself() {
        let list = Shared::from(vec!["a \"quote\"".to_owned()]);
        let inside = serde_json::to_string(&Some((1, list.clone()))).unwrap();
        assert_eq!(inside, r#"[1,["a \"quote\""]]"#);
        let back: Option<(u8, Shared<Vec<String>>)> = serde_json::from_str(&inside).unwrap();
        assert_eq!(back, Some((1, list)));
    }

    #[test]
    fn all_who_share_it_see_the_markup_that_was_made_first() {
        let one = Shared::from(1);
        let other = one.clone();
        assert_eq!(one.markup(|| "<p>1</p>".into()), "<p>1</p>");
        assert_eq!(other.markup(|| unreachable!("it is there already")), "<p>1</p>");
    }
}
