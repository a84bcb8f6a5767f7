//! A letter as RFC 5322 has it. lettre encodes whatever stands in a header, so nothing in a letter becomes one.

use domain::id::MessageId;
use domain::time::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use services::ports::{Letter, NotifyError};
use std::time::{Duration, SystemTime};

/// A letter that leaves at `now`, under the name `id`.
pub(super) fn message(
    letter: &Letter,
    from: &Mailbox,
    now: Timestamp,
    id: MessageId,
) -> Result<Message, NotifyError> {
    let to: Address = letter.to.parse().map_err(|_| NotifyError::Address)?;
    let date =
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.subject))
        .date(date)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())));
    if let Some(address) = &letter.unsubscribe {
        // RFC 8058 §3.1.
        message = message.raw_header(header("List-Unsubscribe", format!("<{address}>")));
        message =
            message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let message = match &letter.html {
        None => message.header(ContentType::TEXT_PLAIN).body(letter.text.clone()),
        Some(html) => message.multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(letter.text.clone()))
                .singlepart(SinglePart::html(html.clone())),
        ),
    };
    message.map_err(|error| NotifyError::Internal(error.into()))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// What breaks lines becomes a space: a header has one line.
fn one_line(subject: &str) -> String {
    subject.replace("\r\n", " ").replace(char::is_control, " ")
}
