//! The files of a lesson, in order.

use super::{FileName, SafeName};
use crate::course::{Move, neighbour};
use crate::id::AttachmentId;
use crate::text::TextError;
use serde::{Deserialize, Serialize};

/// What learners may keep of a lesson. One aggregate beside the outline: it is read and written whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LessonFiles {
    /// In the order learners see.
    pub attachments: Vec<Attachment>,
    /// Whether learners may download the video.
    #[serde(default)]
    pub video: bool,
}

/// A file that comes with a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its identifier. The bytes under it never change.
    pub id: AttachmentId,
    /// As learners see it.
    pub name: FileName,
    /// The last part of its address: what its first name came to.
    pub stored_as: SafeName,
    /// Bytes.
    pub size: u64,
}

/// Why the files of a lesson cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// The file is not, or no longer, there.
    #[error("this file is no longer there")]
    NoSuchFile,
    /// There are as many as are allowed.
    #[error("a lesson can have at most {most} files: put several into one ZIP file")]
    TooMany {
        /// How many are allowed.
        most: u32,
    },
    /// The name is not one.
    #[error("the name {0}")]
    Name(#[from] TextError),
}

impl LessonFiles {
    /// More files than this no setting allows, so that the document stays far below the 400 KB of a record.
    pub const MOST: u32 = 200;

    /// One file.
    pub fn attachment(&self, id: AttachmentId) -> Option<&Attachment> {
        self.attachments.iter().find(|attachment| attachment.id == id)
    }

    /// How much they are together, bytes.
    pub fn bytes(&self) -> u64 {
        self.attachments.iter().map(|attachment| attachment.size).sum()
    }

    /// Whether there is room for one more.
    pub fn check_room(&self, most: u32) -> Result<(), FilesError> {
        let room = u32::try_from(self.attachments.len()).is_ok_and(|count| count < most);
        if room { Ok(()) } else { Err(FilesError::TooMany { most }) }
    }

    /// Adds a file at the end.
    pub fn add(&mut self, attachment: Attachment, most: u32) -> Result<(), FilesError> {
        self.check_room(most)?;
        self.attachments.push(attachment);
        Ok(())
    }

    /// Takes a file away.
    pub fn remove(&mut self, id: AttachmentId) -> Result<Attachment, FilesError> {
        let at = self.place(id)?;
        Ok(self.attachments.remove(at))
    }

    /// Gives a file another name; its extension stays.
    pub fn rename(&mut self, id: AttachmentId, name: &str) -> Result<&Attachment, FilesError> {
        let at = self.place(id)?;
        let attachment = &mut self.attachments[at];
        attachment.name = attachment.name.renamed(name)?;
        Ok(attachment)
    }

    /// Moves a file by one place; at the edge it stays.
    pub fn shift(&mut self, id: AttachmentId, direction: Move) -> Result<(), FilesError> {
        let at = self.place(id)?;
        if let Some(to) = neighbour(at, direction, self.attachments.len()) {
            self.attachments.swap(at, to);
        }
        Ok(())
    }

    fn place(&self, id: AttachmentId) -> Result<usize, FilesError> {
        self.attachments.iter().position(|attachment| attachment.id == id).ok_or(FilesError::NoSuchFile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn files(names: &[&str]) -> LessonFiles {
        let mut files = LessonFiles::default();
        for (n, name) in names.iter().enumerate() {
            let name = FileName::clean(name).unwrap();
            let id = AttachmentId::new(Timestamp::default(), n as u128);
            files.attachments.push(Attachment { id, stored_as: name.safe(), name, size: 1 });
        }
        files
    }

    fn names(files: &LessonFiles) -> Vec<&str> {
        files.attachments.iter().map(|attachment| attachment.name.as_str()).collect()
    }

    #[test]
    fn files_keep_the_order_they_are_given() {
        let mut files = files(&["a", "b", "c"]);
        let [a, b, c] = [0, 1, 2].map(|n| files.attachments[n].id);
        files.shift(c, Move::Up).unwrap();
        files.shift(a, Move::Up).unwrap();
        assert_eq!(names(&files), ["a", "c", "b"]);
        files.remove(c).unwrap();
        assert_eq!(names(&files), ["a", "b"]);
        assert_eq!(files.shift(c, Move::Down), Err(FilesError::NoSuchFile));
        files.shift(b, Move::Down).unwrap();
        assert_eq!(names(&files), ["a", "b"]);
    }

    #[test]
    fn a_lesson_takes_no_more_files_than_allowed() {
        let mut files = files(&["a", "b"]);
        let another =
            Attachment { id: AttachmentId::new(Timestamp::default(), 9), ..files.attachments[0].clone() };
        assert_eq!(files.add(another.clone(), 2), Err(FilesError::TooMany { most: 2 }));
        assert_eq!(files.add(another, 3), Ok(()));
    }

    #[test]
    fn the_largest_record_fits_far_below_the_limit_of_an_item() {
        let longest = "\u{1F3AC}".repeat(FileName::MAX_CHARS - 4) + ".pdf";
        let many: Vec<&str> = std::iter::repeat_n(longest.as_str(), LessonFiles::MOST as usize).collect();
        assert!(serde_json::to_string(&files(&many)).unwrap().len() < 200_000);
    }
}
