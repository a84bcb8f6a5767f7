//! A policy: which resource, until when, from when, and for whom.

use super::denied::Denied;
use super::pattern::ResourcePattern;
use super::source_range::SourceRange;
use crate::time::Timestamp;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::net::IpAddr;

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
    /// The clients' addresses are not acceptable.
    #[error(transparent)]
    Source(#[from] super::InvalidRange),
    /// "You can include only one statement."
    #[error("a policy has one statement, not {0}")]
    Statements(usize),
}

/// What a signature allows: developer guide, "Set signed cookies using a custom policy".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    resource: ResourcePattern,
    /// Whole seconds.
    expires: Timestamp,
    /// Whole seconds.
    begins: Option<Timestamp>,
    source: Option<SourceRange>,
}

impl Policy {
    /// Allows the resource until a moment, which is rounded down to whole seconds.
    pub fn new(resource: ResourcePattern, expires: Timestamp) -> Self {
        Self { resource, expires: Timestamp::from_seconds(expires.seconds()), begins: None, source: None }
    }

    /// Allows one address, to the letter, until a moment.
    pub(super) fn canned(url: &str, expires: Timestamp) -> Self {
        Self::new(ResourcePattern::exactly(url), expires)
    }

    /// The same, but not before a moment has passed, which is rounded down to whole seconds.
    pub fn beginning(self, begins: Timestamp) -> Self {
        Self { begins: Some(Timestamp::from_seconds(begins.seconds())), ..self }
    }

    /// The same, but for these clients only.
    pub fn from_source(self, source: SourceRange) -> Self {
        Self { source: Some(source), ..self }
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

    /// Allowed for these clients (`IpAddress`); for all where there is none.
    pub fn source(&self) -> Option<SourceRange> {
        self.source
    }

    /// Whether a client may have an address now: the rules in the order in which they are told apart.
    pub fn allows(&self, url: &str, client: IpAddr, now: Timestamp) -> Result<(), Denied> {
        if !self.resource.matches(url) {
            return Err(Denied::ResourceMismatch);
        }
        if now >= self.expires {
            return Err(Denied::Expired);
        }
        // "Not on or before the specified date and time": not within that second.
        if self.begins.is_some_and(|begins| now.seconds() <= begins.seconds()) {
            return Err(Denied::NotYet);
        }
        if self.source.is_some_and(|source| !source.contains(client)) {
            return Err(Denied::AddressMismatch);
        }
        Ok(())
    }

    /// The text that is signed: JSON without white space, fields in the order of AWS's own library.
    pub fn to_json(&self) -> String {
        let condition = Condition {
            date_less_than: Object(EpochTime { seconds: self.expires.seconds() }),
            date_greater_than: self.begins.map(|begins| Object(EpochTime { seconds: begins.seconds() })),
            ip_address: self.source.map(|source| Object(SourceIp { range: source.to_string() })),
        };
        let resource = Some(self.resource.as_str().to_owned());
        let statement = Statement { resource, condition: Object(condition) };
        serde_json::to_string(&Document { statement: vec![Object(statement)] })
            .expect("strings and integers always become JSON")
    }

    /// Reads a custom policy. White space is fine: it is the signer's text that counts. Unknown or repeated
    /// fields are not. A resource that is left out is any, as the guide warns.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidPolicy> {
        let Object(document) = serde_json::from_slice::<Object<Document>>(text)?;
        let [Object(statement)] = <[_; 1]>::try_from(document.statement)
            .map_err(|statements: Vec<_>| InvalidPolicy::Statements(statements.len()))?;
        let condition = statement.condition.0;
        Ok(Self {
            resource: statement.resource.map_or_else(|| Ok(ResourcePattern::any()), |text| text.parse())?,
            expires: Timestamp::from_seconds(condition.date_less_than.0.seconds),
            begins: condition.date_greater_than.map(|begins| Timestamp::from_seconds(begins.0.seconds)),
            source: condition.ip_address.map(|source| source.0.range.parse()).transpose()?,
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
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    resource: Option<String>,
    condition: Object<Condition>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Condition {
    date_less_than: Object<EpochTime>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    date_greater_than: Option<Object<EpochTime>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    ip_address: Option<Object<SourceIp>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochTime {
    #[serde(rename = "AWS:EpochTime")]
    seconds: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceIp {
    #[serde(rename = "AWS:SourceIp")]
    range: String,
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

    const RESOURCE: &str = "https://media.example.com/media/ID/*";

    fn policy() -> Policy {
        Policy::new(RESOURCE.parse().unwrap(), Timestamp::from_seconds(1_893_456_000))
    }

    proptest! {
        #[test]
        fn a_policy_comes_back_from_its_json(
            path in "[!#-\\[\\]-~]{0,60}", expires: i32, begins: Option<i32>, source: Option<(u32, u8)>,
        ) {
            let resource = format!("https://h/{path}").parse().unwrap();
            let mut policy = Policy::new(resource, Timestamp::from_seconds(expires.into()));
            if let Some(begins) = begins {
                policy = policy.beginning(Timestamp::from_seconds(begins.into()));
            }
            if let Some((address, prefix)) = source {
                let address = std::net::Ipv4Addr::from_bits(address);
                policy = policy.from_source(format!("{address}/{}", prefix % 33).parse().unwrap());
            }
            prop_assert_eq!(Policy::from_json(policy.to_json().as_bytes()).unwrap(), policy);
        }

        #[test]
        fn arbitrary_text_never_panics(text: Vec<u8>) {
            let _ = Policy::from_json(&text);
        }

        #[test]
        fn a_policy_with_any_part_left_out_is_refused(from in 0..90usize, length in 1..20usize) {
            let json = policy().to_json();
            let to = (from + length).min(json.len());
            let cut = format!("{}{}", &json[..from], &json[to..]);
            let read = Policy::from_json(cut.as_bytes());
            // What is left may be a policy for another resource or another time, never one without a time.
            prop_assert!(read.is_err() || read.is_ok_and(|read| read != policy()));
        }
    }

    #[test]
    fn the_json_is_what_awss_library_signs() {
        assert_eq!(
            policy().to_json(),
            r#"{"Statement":[{"Resource":"https://media.example.com/media/ID/*","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}"#
        );
        let policy =
            policy().beginning(Timestamp::from_millis(1_999)).from_source("192.0.2.0/24".parse().unwrap());
        assert_eq!(
            policy.to_json(),
            r#"{"Statement":[{"Resource":"https://media.example.com/media/ID/*","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000},"DateGreaterThan":{"AWS:EpochTime":1},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}"#
        );
    }

    #[test]
    fn white_space_and_the_order_of_conditions_do_not_matter() {
        let text = r#"
            { "Statement": [ { "Condition": {
                "IpAddress": { "AWS:SourceIp": "192.0.2.10/32" },
                "DateGreaterThan": { "AWS:EpochTime": 1357034400 },
                "DateLessThan": { "AWS:EpochTime": 1357120800 } },
            "Resource": "https://*" } ] }
        "#;
        let expected = Policy::new("https://*".parse().unwrap(), Timestamp::from_seconds(1_357_120_800))
            .beginning(Timestamp::from_seconds(1_357_034_400))
            .from_source("192.0.2.10".parse().unwrap());
        assert_eq!(Policy::from_json(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_resource_that_is_left_out_is_any() {
        let text = br#"{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9}}}]}"#;
        assert_eq!(Policy::from_json(text).unwrap().resource(), &ResourcePattern::any());
    }

    #[test]
    fn each_condition_is_kept() {
        const URL: &str = "https://media.example.com/media/ID/0.m4s";
        let at = |address: &str| address.parse::<IpAddr>().unwrap();
        let policy = Policy::new(RESOURCE.parse().unwrap(), Timestamp::from_seconds(1000))
            .beginning(Timestamp::from_seconds(500))
            .from_source("192.0.2.0/24".parse().unwrap());
        let inside = at("192.0.2.1");
        let cases = [
            (URL, inside, 501_000, Ok(())),
            (URL, inside, 999_999, Ok(())),
            (URL, inside, 1_000_000, Err(Denied::Expired)),
            (URL, inside, 500_999, Err(Denied::NotYet)),
            (URL, at("192.0.3.1"), 501_000, Err(Denied::AddressMismatch)),
            (URL, at("2001:db8::1"), 501_000, Err(Denied::AddressMismatch)),
            (URL, at("::ffff:192.0.2.1"), 501_000, Ok(())),
            ("https://media.example.com/media/ID2/0.m4s", inside, 501_000, Err(Denied::ResourceMismatch)),
        ];
        for (url, client, now, expected) in cases {
            assert_eq!(
                policy.allows(url, client, Timestamp::from_millis(now)),
                expected,
                "{url} {client} {now}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let until = r#""DateLessThan":{"AWS:EpochTime":9}"#;
        let statement = format!(r#"{{"Resource":"https://h/a","Condition":{{{until}}}}}"#);
        assert!(Policy::from_json(format!(r#"{{"Statement":[{statement}]}}"#).as_bytes()).is_ok());
        let refused = [
            r#"{"Statement":[]}"#.to_owned(),
            format!(r#"{{"Statement":[{statement},{statement}]}}"#),
            format!(r#"{{"Statement":{statement}}}"#),
            format!(r#"{{"Statement":[{statement}]}} x"#),
            format!(r#"{{"Statement":[{statement}],"Version":"2012-10-17"}}"#),
            format!(r#"{{"statement":[{statement}]}}"#),
            format!(r#"{{"Statement":[["https://h/a",{{{until}}}]]}}"#),
            format!(
                r#"{{"Statement":[{{"Resource":"https://h/a","Resource":"*","Condition":{{{until}}}}}]}}"#
            ),
            format!(r#"{{"Statement":[{{"Resource":["https://h/a"],"Condition":{{{until}}}}}]}}"#),
            format!(r#"{{"Statement":[{{"Resource":null,"Condition":{{{until}}}}}]}}"#),
            format!(r#"{{"Statement":[{{"Resource":"","Condition":{{{until}}}}}]}}"#),
            format!(r#"{{"Statement":[{{"Resource":"/a","Condition":{{{until}}}}}]}}"#),
            format!(r#"{{"Statement":[{{"Resource":"*","Effect":"Allow","Condition":{{{until}}}}}]}}"#),
        ];
        let conditions = [
            String::new(),
            r#""DateLessThan":{}"#.to_owned(),
            r#""DateLessThan":[9]"#.to_owned(),
            r#""DateLessThan":9"#.to_owned(),
            r#""DateLessThan":{"AWS:EpochTime":"9"}"#.to_owned(),
            r#""DateLessThan":{"AWS:EpochTime":9.5}"#.to_owned(),
            r#""DateLessThan":{"AWS:EpochTime":9,"AWS:EpochTime":99}"#.to_owned(),
            r#""DateLessThan":{"AWS:EpochTime":99999999999999999999}"#.to_owned(),
            r#""DateGreaterThan":{"AWS:EpochTime":9}"#.to_owned(),
            format!(r#"{until},"DateGreaterThan":null"#),
            format!(r#"{until},"DateEquals":{{"AWS:EpochTime":9}}"#),
            format!(r#"{until},{until}"#),
            format!(r#"{until},"IpAddress":{{}}"#),
            format!(r#"{until},"IpAddress":{{"AWS:SourceIp":["192.0.2.0/24"]}}"#),
            format!(r#"{until},"IpAddress":{{"AWS:SourceIp":"2001:db8::/32"}}"#),
            format!(r#"{until},"NotIpAddress":{{"AWS:SourceIp":"192.0.2.0/24"}}"#),
        ]
        .map(|condition| {
            format!(r#"{{"Statement":[{{"Resource":"https://h/a","Condition":{{{condition}}}}}]}}"#)
        });
        for text in refused.iter().chain(&conditions) {
            assert!(Policy::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
