//! A custom policy: which resource, until when, and from when.

use super::pattern::ResourcePattern;
use crate::time::Timestamp;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

/// The text is not a policy that the edge understands. One that it half understands is refused: a
/// condition that is not checked would be a condition that is not kept.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPolicy {
    /// Not the JSON of a policy.
    #[error("not a policy: {0}")]
    Json(#[from] serde_json::Error),
    /// The resource is not acceptable.
    #[error(transparent)]
    Resource(#[from] super::InvalidPattern),
    /// CloudFront takes exactly one statement.
    #[error("a policy has one statement, not {0}")]
    Statements(usize),
}

/// What signed cookies allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    resource: ResourcePattern,
    /// Whole seconds.
    expires: Timestamp,
    /// Whole seconds.
    begins: Option<Timestamp>,
}

impl Policy {
    /// Allows the resource until a moment, which is rounded down to whole seconds.
    pub fn new(resource: ResourcePattern, expires: Timestamp) -> Self {
        Self { resource, expires: Timestamp::from_seconds(expires.seconds()), begins: None }
    }

    /// The same, but not before a moment has passed, which is rounded down to whole seconds.
    pub fn beginning(self, begins: Timestamp) -> Self {
        Self { begins: Some(Timestamp::from_seconds(begins.seconds())), ..self }
    }

    /// Which addresses are allowed.
    pub fn resource(&self) -> &ResourcePattern {
        &self.resource
    }

    /// Allowed before this moment (`DateLessThan`).
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Allowed after this moment (`DateGreaterThan`).
    pub fn begins(&self) -> Option<Timestamp> {
        self.begins
    }

    /// The text that is signed: JSON without white space, fields in the order of the developer guide.
    pub fn to_json(&self) -> String {
        let condition = Condition {
            date_greater_than: self.begins.map(|begins| Object(EpochTime { seconds: begins.seconds() })),
            date_less_than: Object(EpochTime { seconds: self.expires.seconds() }),
        };
        let statement =
            Statement { resource: self.resource.as_str().to_owned(), condition: Object(condition) };
        serde_json::to_string(&Document { statement: vec![Object(statement)] })
            .expect("strings and integers always become JSON")
    }

    /// Reads a policy. White space is fine: it is the signer's text that counts. Unknown or repeated fields
    /// are not, so neither is an `IpAddress`, which the edge does not check yet.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidPolicy> {
        let Object(document) = serde_json::from_slice::<Object<Document>>(text)?;
        let [Object(statement)] = <[_; 1]>::try_from(document.statement)
            .map_err(|statements: Vec<_>| InvalidPolicy::Statements(statements.len()))?;
        let condition = statement.condition.0;
        Ok(Self {
            resource: statement.resource.parse()?,
            expires: Timestamp::from_seconds(condition.date_less_than.0.seconds),
            begins: condition.date_greater_than.map(|begins| Timestamp::from_seconds(begins.0.seconds)),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Document {
    statement: Vec<Object<Statement>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Statement {
    resource: String,
    condition: Object<Condition>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Condition {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    date_greater_than: Option<Object<EpochTime>>,
    date_less_than: Object<EpochTime>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    seconds: i64,
}

/// A field that may be left out, but not `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A JSON object. A derived struct alone would also be read from an array of its values.
#[derive(Serialize)]
#[serde(transparent)]
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyMaps<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMaps<T> {
            type Value = T;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(OnlyMaps(std::marker::PhantomData)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_policy_comes_back_from_its_json(resource in "[!#-\\[\\]-~]{1,60}", expires: i32, begins: Option<i32>) {
            let policy = Policy::new(resource.parse().unwrap(), Timestamp::from_seconds(expires.into()));
            let policy = match begins {
                Some(begins) => policy.beginning(Timestamp::from_seconds(begins.into())),
                None => policy,
            };
            prop_assert_eq!(Policy::from_json(policy.to_json().as_bytes()).unwrap(), policy);
        }

        #[test]
        fn arbitrary_text_never_panics(text: Vec<u8>) {
            let _ = Policy::from_json(&text);
        }
    }

    #[test]
    fn the_json_is_the_developer_guides() {
        let resource = "https://media.example.com/media/ID/*".parse().unwrap();
        assert_eq!(
            Policy::new(resource, Timestamp::from_millis(1_893_456_000_999)).to_json(),
            r#"{"Statement":[{"Resource":"https://media.example.com/media/ID/*","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}"#
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let refused = [
            r#"{"Statement":[]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{}}]}"#,
            r#"{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":9}}},{"Resource":"b","Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":9,"AWS:EpochTime":99}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":"9"}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":9},"DateGreaterThan":null}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":9},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}"#,
            r#"{"Statement":[["a",{"DateLessThan":{"AWS:EpochTime":9}}]]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":[9]}}]}"#,
            r#"{"Statement":[{"Resource":"","Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]}"#,
            r#"{"Statement":[{"Resource":"a","Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]} x"#,
        ];
        for text in refused {
            assert!(Policy::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
