//! [`Operators`] at a topic of SNS, which sends on to whoever subscribed: addresses, chats, pagers.

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use async_trait::async_trait;
use aws_sdk_sns::Client;
use services::ports::{NotifyError, Operators};

/// The longest subject of SNS, characters (API reference, Publish: "less than 100").
const LONGEST: usize = 99;

/// The operators who subscribed to a topic.
pub struct SnsOperators {
    client: Client,
    topic: String,
}

impl SnsOperators {
    /// The topic of that ARN.
    pub fn new(connection: &Connection, topic: impl Into<String>) -> Self {
        Self { client: Client::new(&connection.config), topic: topic.into() }
    }
}

#[async_trait]
impl Operators for SnsOperators {
    async fn tell(&self, subject: &str, text: &str) -> Result<(), NotifyError> {
        let (short, fits) = short(subject);
        let text = if fits { text.to_owned() } else { format!("{}\n\n{text}", one_line(subject)) };
        let request = self.client.publish().topic_arn(&self.topic).subject(short).message(text);
        request.send().await.map_err(|error| {
            let Fault { kind, source } = Fault::of(error);
            match kind {
                Kind::Passing => NotifyError::Unavailable(source),
                Kind::Missing => NotifyError::Address,
                Kind::Defect => NotifyError::Internal(source),
            }
        })?;
        Ok(())
    }
}

fn one_line(subject: &str) -> String {
    subject.replace("\r\n", " ").replace(char::is_control, " ").trim().to_owned()
}

/// A subject as SNS takes it: printable ASCII that begins with neither a blank nor nothing. And whether it says all.
fn short(subject: &str) -> (String, bool) {
    let line = one_line(subject);
    let ascii = line.chars().map(|char| if char.is_ascii() { char } else { '?' });
    let short: String = ascii.take(LONGEST).collect();
    let fits = short == line;
    if short.is_empty() { ("Stoa".to_owned(), true) } else { (short, fits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_subject_becomes_one_that_sns_takes(subject: String) {
            let (short, fits) = short(&subject);
            prop_assert!((1..100).contains(&short.len()) && !short.starts_with(' '));
            prop_assert!(short.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert!(!fits || short == "Stoa" || short == one_line(&subject));
        }
    }
}
