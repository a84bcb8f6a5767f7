//! Files on their way in, and what each instructor has stored.

use super::{Stored, files, item, keys, load, parse, videos};
use crate::Result;
use crate::ports::{BlobKey, Condition, Direction, Index, Key, PartsId, Query, Range, Table, Write};
use domain::download::{Attachment, FileName};
use domain::id::{AccountId, AssetId, AttachmentId, CourseId, LessonId, UploadId, VersionId};
use domain::time::Timestamp;
use domain::upload::Purpose;
use serde::{Deserialize, Serialize};

/// A file on its way in; for a while after its end, that it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) id: UploadId,
    pub(crate) course: CourseId,
    pub(crate) lesson: LessonId,
    /// Whose room it takes: the course's instructor's.
    pub(crate) owner: AccountId,
    /// What it is to become.
    pub(crate) target: Target,
    /// As it is named where it comes from.
    pub(crate) file_name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// When the file was changed last, in milliseconds, by the clock of where it comes from; 0 for not known. With
    /// name and size it tells whether somebody chose the same file again.
    pub(crate) modified: i64,
    /// Its name in the part store.
    pub(crate) parts: String,
    /// How much of it was there when it was looked at last, bytes.
    pub(crate) received: u64,
    /// When somebody sent of it, or asked how far it is, for the last time.
    pub(crate) touched: Timestamp,
    /// Whether it has become what it was to become.
    pub(crate) finished: bool,
}

/// What an upload is to become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "becomes", rename_all = "kebab-case")]
pub(crate) enum Target {
    /// A version of a lesson's video.
    Video { asset: AssetId, version: VersionId },
    /// A file that comes with a lesson.
    Attachment { attachment: AttachmentId, name: FileName },
}

impl Target {
    pub(crate) fn purpose(&self) -> Purpose {
        match self {
            Target::Video { .. } => Purpose::Video,
            Target::Attachment { .. } => Purpose::Attachment,
        }
    }
}

impl Upload {
    /// The blob that it becomes.
    pub(crate) fn key(&self) -> BlobKey {
        match &self.target {
            Target::Video { asset, version } => videos::source(*asset, *version),
            Target::Attachment { attachment, name } => files::attachment(&self.attachment(*attachment, name)),
        }
    }

    /// The attachment that it becomes.
    pub(crate) fn attachment(&self, id: AttachmentId, name: &FileName) -> Attachment {
        Attachment { id, stored_as: name.safe(), name: name.clone(), size: self.size }
    }

    pub(crate) fn parts(&self) -> PartsId {
        PartsId(self.parts.clone())
    }
}

pub(crate) async fn upload(table: &dyn Table, id: UploadId) -> Result<Option<Stored<Upload>>> {
    load(table, &keys::upload(id)).await
}

/// The uploads of a lesson that are not finished, oldest first.
pub(crate) async fn unfinished(table: &dyn Table, lesson: LessonId) -> Result<Vec<Upload>> {
    let partition = keys::uploads_partition(lesson);
    let query = Query { index: Index::First, ..Query::partition(partition, MOST_OF_A_LESSON) };
    table.query(query).await?.items.iter().map(|item| Ok(parse(item)?.value)).collect()
}

/// The most items of a page.
const PAGE: usize = 1_000;

/// More nobody continues.
const MOST_OF_A_LESSON: usize = 100;

/// Unfinished uploads that nobody touched since a moment, longest first; of all of them for `None`.
pub(crate) async fn untouched(
    table: &dyn Table,
    since: Option<Timestamp>,
    limit: usize,
) -> Result<Vec<Stored<Upload>>> {
    let range = since.map_or(Range::All, |since| Range::Between("0".to_owned(), keys::touched(since)));
    let mut query = Query {
        index: Index::Second,
        partition: keys::UPLOADS.to_owned(),
        range,
        direction: Direction::Ascending,
        limit: limit.min(PAGE),
        after: None,
    };
    let mut found = Vec::new();
    loop {
        let page = table.query(query.clone()).await?;
        for item in &page.items {
            found.push(parse(item)?);
        }
        match page.next {
            Some(next) if found.len() < limit => query.after = Some(next),
            _ => return Ok(found),
        }
    }
}

/// Writes an upload; one that has finished is kept until `forgotten`, in no list.
pub(crate) fn put(upload: &Upload, condition: Condition, forgotten: Option<Timestamp>) -> Result<Write> {
    let mut item = item(keys::upload(upload.id), upload)?;
    item.expires = forgotten;
    if !upload.finished {
        item.first = Some(keys::upload_of_lesson(upload.lesson, upload.id));
        item.second = Some(keys::upload_by_time(upload.touched, upload.id));
    }
    Ok(Write::Put(item, condition))
}

pub(crate) fn delete(id: UploadId, condition: Condition) -> Write {
    Write::Delete(keys::upload(id), condition)
}

/// What is stored in the courses of an account, with what is on its way there: bytes.
pub(crate) async fn stored(table: &dyn Table, owner: AccountId) -> Result<u64> {
    let item = table.get(&keys::storage(owner)).await?;
    Ok(item.map_or(0, |item| u64::try_from(item.counter).unwrap_or(0)))
}

/// The write that counts more bytes, or fewer. It belongs into the transaction of the record that they are of.
pub(crate) fn count(owner: AccountId, bytes: i64) -> Option<Write> {
    let key: Key = keys::storage(owner);
    (bytes != 0).then_some(Write::Add(key, bytes))
}
