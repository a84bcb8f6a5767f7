//! What happened to an upload, for whoever has to find out why.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to an upload, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Log(Vec<LogLine>);

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// What. For operators: it may name internals.
    pub text: String,
}

impl Log {
    /// The most lines: the log lies in its video's record.
    const MOST: usize = 24;
    /// The most characters of a line.
    const LONGEST: usize = 300;

    /// Adds a line. Of too many, the oldest but the first goes: how it began stays.
    pub fn add(&mut self, at: Timestamp, text: impl std::fmt::Display) {
        let text: String = text.to_string().chars().take(Self::LONGEST).collect();
        if self.0.len() >= Self::MOST {
            self.0.remove(1);
        }
        self.0.push(LogLine { at, text });
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[LogLine] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_stays_small_and_keeps_its_beginning_and_its_end() {
        let mut log = Log::default();
        for n in 0..1_000 {
            log.add(Timestamp::from_millis(n), "ä".repeat(n as usize));
        }
        let lines = log.lines();
        assert_eq!(lines.len(), 24);
        assert_eq!((lines[0].at.millis(), lines[1].at.millis(), lines[23].at.millis()), (0, 977, 999));
        assert_eq!(lines[23].text.chars().count(), 300);
    }
}
