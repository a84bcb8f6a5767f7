//! How a mail looks: text and HTML of one content, by the templates in `services/templates`.

use super::Post;
use super::content::{Block, Content};
use super::reader::Reader;
use crate::ports::Letter;
use crate::{Error, Result};
use askama::Template;

impl Post {
    /// The mail as it is sent to its reader, with links into the site at `origin`.
    pub(super) fn letter(&self, origin: &str, reader: &Reader) -> Result<Letter> {
        let Content { subject, blocks } = self.mail.content(&self.to, &reader.zone);
        let greeting = match &self.to.name {
            Some(name) => format!("Hello {name},"),
            None => "Hello,".to_owned(),
        };
        let unsubscribe = reader.unsubscribe.as_ref().map(|path| format!("{origin}{path}"));
        let mail = Parts {
            subject: &subject,
            greeting: &greeting,
            blocks: &blocks,
            origin,
            unsubscribe: unsubscribe.as_deref(),
        };
        let rendered = |result: askama::Result<String>| result.map_err(|error| Error::Internal(error.into()));
        let text = rendered(AsText { mail }.render())?;
        let html = rendered(AsHtml { mail }.render())?;
        Ok(Letter { to: self.to.email.to_string(), subject, text, html: Some(html), unsubscribe })
    }
}

#[derive(Clone, Copy)]
struct Parts<'a> {
    subject: &'a str,
    greeting: &'a str,
    blocks: &'a [Block],
    origin: &'a str,
    unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct AsText<'a> {
    mail: Parts<'a>,
}

/// Escaped, because of the template's name.
#[derive(Template)]
#[template(path = "mail.html")]
struct AsHtml<'a> {
    mail: Parts<'a>,
}
