//! All that was heard of an order, for people who want to know.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What was heard, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<HistoryLine>);

/// Something that was heard, perhaps again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Names what was heard: the same is not heard twice.
    pub id: String,
    /// A sentence.
    pub text: String,
    /// When it was heard first.
    pub at: Timestamp,
    /// When it was heard last.
    pub last: Timestamp,
    /// How often in a row, under whatever names.
    pub times: u32,
}

impl History {
    /// The most lines. Nothing but a defect makes more; the oldest go first then.
    const MOST: usize = 400;

    /// The lines, the oldest first.
    pub fn lines(&self) -> &[HistoryLine] {
        &self.0
    }

    /// Whether something of this name was heard.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.0.iter().any(|line| line.id == id)
    }

    /// Adds what was heard. What is heard once more, word for word, counts its line up: an outage of hours is a line.
    pub(super) fn add(&mut self, id: &str, text: String, at: Timestamp) {
        match self.0.last_mut() {
            Some(line) if line.text == text => {
                line.id = id.to_owned();
                line.last = at;
                line.times += 1;
            }
            _ => {
                if self.0.len() >= Self::MOST {
                    self.0.remove(0);
                }
                self.0.push(HistoryLine { id: id.to_owned(), text, at, last: at, times: 1 });
            }
        }
    }
}
