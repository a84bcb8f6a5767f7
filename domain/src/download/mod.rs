//! Files that learners keep: what comes with a lesson, under which name, and as what it is served.
//!
//! A browser is told to save each of them and never to show it: the name travels in the disposition, the type
//! is one of a short list, and what is on no list is bytes and nothing else.

mod disposition;
mod file_name;
mod file_type;
mod lesson_files;

pub use disposition::attachment;
pub use file_name::{FileName, SafeName};
pub use file_type::{Contradiction, FileType, HEAD_BYTES, Startable};
pub use lesson_files::{Attachment, FilesError, LessonFiles};
