//! What Stoa needs of the world. Each port has one contract suite, in [`crate::contract`].

mod blob;
mod identity;
mod queue;
pub mod request;
mod table;
mod transcoder;

pub use blob::{BlobError, BlobKey, BlobReader, BlobStore, ByteStream, ServedAs};
pub use identity::{Identity, IdentityError};
pub use queue::{DeadLetter, Delivery, NewMessage, Queue, QueueError, Receipt};
pub use table::{
    Condition, Cursor, Direction, Index, Item, Key, MAX_ITEM_BYTES, MAX_TRANSACT_ITEMS, Page, Query, Range,
    Table, TableError, Write,
};
pub use transcoder::{
    AudioRendition, CopyJob, TranscodeError, TranscodeJob, Transcoded, Transcoder, VideoRendition,
};
