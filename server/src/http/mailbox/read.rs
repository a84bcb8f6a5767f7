//! Mails as their files hold them.

use mail_parser::{Message, MessageParser};
use services::ports::Letter;
use std::path::Path;

/// A mail, as far as it is shown.
pub(super) struct Shown {
    /// Its file's name without the end; or the sample's.
    pub(super) id: String,
    pub(super) to: String,
    pub(super) subject: String,
    /// When it was sent; nothing for a sample.
    pub(super) date: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) unsubscribe: Option<String>,
}

impl Shown {
    pub(super) fn sample(name: &str, letter: Letter) -> Self {
        let Letter { to, subject, text, html, unsubscribe } = letter;
        Self { id: name.to_owned(), to, subject, date: String::new(), text, html, unsubscribe }
    }

    /// The links in its text.
    pub(super) fn links(&self) -> Vec<String> {
        let words = self.text.split_whitespace();
        let mut links: Vec<_> =
            words.filter(|word| word.starts_with("https://") || word.starts_with("http://")).collect();
        links.dedup();
        links.into_iter().map(str::to_owned).collect()
    }
}

/// The newest mails of a folder. The names of its files tell when they were written.
pub(super) fn newest(folder: &Path, most: usize) -> Vec<Shown> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut ids: Vec<_> = names.filter_map(|name| name.strip_suffix(".eml").map(str::to_owned)).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(most);
    let one = |id: &String| read(id, &std::fs::read(folder.join(format!("{id}.eml"))).ok()?);
    ids.iter().filter_map(one).collect()
}

/// A mail of a file.
pub(super) fn read(id: &str, bytes: &[u8]) -> Option<Shown> {
    let mail = MessageParser::default().parse(bytes)?;
    let to = mail.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned();
    Some(Shown {
        id: id.to_owned(),
        to,
        subject: mail.subject().unwrap_or_default().to_owned(),
        date: mail.date().map(|date| date.to_rfc822()).unwrap_or_default(),
        text: mail.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        // A mail of text alone has no other form.
        html: mail.parts.get(1).and_then(|_| mail.body_html(0)).map(Into::into),
        unsubscribe: line(&mail, "List-Unsubscribe"),
    })
}

fn line(mail: &Message, name: &str) -> Option<String> {
    Some(mail.header_raw(name)?.trim().trim_matches(['<', '>']).to_owned())
}
