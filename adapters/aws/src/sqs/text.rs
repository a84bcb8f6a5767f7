//! What SQS takes as text: XML 1.0's characters (SQS API reference, SendMessage). A body with others travels as
//! base64, marked so; in reasons they are replaced.

use aws_sdk_sqs::types::{Message, MessageAttributeValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use services::ports::QueueError;
use std::borrow::Cow;

/// Marks a body that is base64.
pub(super) const ENCODING: &str = "encoding";

/// Whether SQS takes a character.
fn fits(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A body as it is sent, and the attribute [`ENCODING`] where it needs one.
pub(super) fn pack(body: &str) -> Result<(String, Option<MessageAttributeValue>), QueueError> {
    if !body.is_empty() && body.chars().all(fits) {
        Ok((body.to_owned(), None))
    } else {
        // SQS takes no empty body either: the mark tells a blank that stands for none.
        let encoded = if body.is_empty() { " ".to_owned() } else { BASE64.encode(body) };
        Ok((encoded, Some(attribute("base64")?)))
    }
}

/// The body of a message. One that is marked and cannot be read is left as it is: whoever gets it gives it up, with
/// its text in the dead letter.
pub(super) fn unpack(message: &Message) -> String {
    let body = message.body().unwrap_or_default();
    if value(message, ENCODING) != Some("base64") {
        return body.to_owned();
    }
    let bytes = BASE64.decode(body.trim()).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| body.to_owned())
}

/// The text of an attribute.
pub(super) fn value<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.message_attributes()?.get(name)?.string_value()
}

/// An attribute of that text, which must not be empty.
pub(super) fn attribute(text: &str) -> Result<MessageAttributeValue, QueueError> {
    let built = MessageAttributeValue::builder().data_type("String").string_value(text).build();
    built.map_err(|error| QueueError::Internal(error.into()))
}

/// Text as an attribute can have it: not empty, not too long.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 2000;
    if text.is_empty() {
        Cow::Borrowed("no reason was given")
    } else if text.len() <= LONGEST && text.chars().all(fits) {
        Cow::Borrowed(text)
    } else {
        let readable = |char| if fits(char) { char } else { '\u{fffd}' };
        Cow::Owned(text.chars().map(readable).take(LONGEST).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_body_comes_back_and_travels_as_what_sqs_takes(body: String) {
            let (packed, mark) = pack(&body).unwrap();
            prop_assert!(!packed.is_empty() && packed.chars().all(fits));
            let marks = mark.into_iter().map(|mark| (ENCODING.to_owned(), mark)).collect();
            let message = Message::builder().body(packed).set_message_attributes(Some(marks)).build();
            prop_assert_eq!(unpack(&message), body);
        }

        #[test]
        fn every_reason_is_readable(reason: String) {
            let readable = readable(&reason);
            prop_assert!(!readable.is_empty() && readable.chars().all(fits));
        }
    }
}
