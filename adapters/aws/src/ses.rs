//! [`Mailer`] by SES.

use crate::account::Connection;
use crate::fault::{Fault, Kind};
use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader};
use domain::text::Email;
use services::ports::{Letter, Mailer, NotifyError};

/// Mail that leaves by SES, from an address that is verified there.
pub struct Ses {
    client: Client,
    from: String,
}

impl Ses {
    /// `from` is an address, perhaps with a name: `Stoa <mail@stoa.example>`.
    pub fn new(connection: &Connection, from: impl Into<String>) -> Self {
        Self { client: Client::new(&connection.config), from: from.into() }
    }
}

#[async_trait]
impl Mailer for Ses {
    async fn mail(&self, letter: &Letter) -> Result<(), NotifyError> {
        // SES takes lists and names where it asks for an address.
        if letter.to.parse::<Email>().is_err() {
            return Err(NotifyError::Address);
        }
        let content = message(letter).map_err(|error| NotifyError::Internal(error.into()))?;
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&letter.to).build())
            .content(EmailContent::builder().simple(content).build());
        request.send().await.map_err(|error| {
            let Fault { kind, source } = Fault::of(error);
            match kind {
                Kind::Passing => NotifyError::Unavailable(source),
                Kind::Missing | Kind::Defect => NotifyError::Internal(source),
            }
        })?;
        Ok(())
    }
}

fn message(letter: &Letter) -> Result<Message, BuildError> {
    let mut body = Body::builder().text(content(&letter.text)?);
    if let Some(html) = &letter.html {
        body = body.html(content(html)?);
    }
    let subject = letter.subject.replace("\r\n", " ").replace(char::is_control, " ");
    let mut message = Message::builder().subject(content(&subject)?).body(body.build());
    if let Some(address) = &letter.unsubscribe {
        // RFC 8058 §3.1.
        let header = |name: &str, value: String| MessageHeader::builder().name(name).value(value).build();
        message = message.headers(header("List-Unsubscribe", format!("<{address}>"))?);
        message = message.headers(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?);
    }
    Ok(message.build())
}

fn content(text: &str) -> Result<Content, BuildError> {
    Content::builder().data(text).charset("UTF-8").build()
}
