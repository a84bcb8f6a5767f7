//! How a mail looks.

use super::Post;
use super::content::{Block, Content};
use crate::ports::Letter;
use std::fmt::Write as _;

impl Post {
    /// The mail as it is sent, with links into the site at `origin`.
    pub(super) fn letter(&self, origin: &str) -> Letter {
        let Content { subject, blocks } = self.mail.content(&self.to);
        let mut text = match &self.to.name {
            Some(name) => format!("Hello {name},\n"),
            None => "Hello,\n".to_owned(),
        };
        for block in &blocks {
            text.push('\n');
            match block {
                Block::Text(paragraph) => text.push_str(paragraph),
                Block::Action { path, label } => _ = write!(text, "{label}: {origin}{path}"),
                Block::Facts(facts) => {
                    let lines: Vec<_> =
                        facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    text.push_str(&lines.join("\n"));
                }
            }
            text.push('\n');
        }
        Letter { to: self.to.email.to_string(), subject, text }
    }
}
