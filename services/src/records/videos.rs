//! Videos: the newest upload of each, and the version that learners watch.

use super::{Stored, item, keys, load, parse};
use crate::Result;
use crate::ports::{BlobKey, Condition, Cursor, Direction, Index, Key, Query, Range, Table, Write};
use domain::caption::{Caption, Track, joined};
use domain::download::FileName;
use domain::id::{AssetId, CaptionId, CourseId, LessonId, VersionId};
use domain::time::{Seconds, Timestamp};
use domain::video::{Log, Package, Processing, State, VideoStatus, poster_file};
use domain::view::{VersionFate, VideoVersion};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The video of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Video {
    pub(crate) asset: AssetId,
    pub(crate) course: CourseId,
    pub(crate) lesson: LessonId,
    /// What learners watch: the newest version that became ready, whatever happens to later ones.
    pub(crate) current: Option<Watchable>,
    /// The newest upload. Once it is ready it is the current version too.
    pub(crate) upload: Upload,
    /// What learners may keep of it, where they may.
    #[serde(default)]
    pub(crate) copy: Option<OfflineCopy>,
    /// Uploads before the newest, newest first.
    #[serde(default)]
    pub(crate) past: Vec<Past>,
    /// What was uploaded to be shown with it, whatever its version: at most one in a language, by their names.
    #[serde(default)]
    pub(crate) captions: Vec<Caption>,
    /// Which of them learners can fetch.
    #[serde(default)]
    pub(crate) placed: Option<Placed>,
}

/// Captions that lie beside a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub(crate) version: VersionId,
    /// In order.
    pub(crate) captions: Vec<CaptionId>,
}

impl Placed {
    pub(crate) fn none(version: VersionId) -> Self {
        Self { version, captions: Vec::new() }
    }
}

/// An upload that a newer one took the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    pub(crate) version: VersionId,
    pub(crate) file_name: String,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) uploaded: Timestamp,
    /// Whether learners ever watched it.
    pub(crate) watched: bool,
    /// Whether it could not be made watchable.
    #[serde(default)]
    pub(crate) failed: bool,
    /// Since when learners watch a newer one; `None` while they watch this one, or never did.
    pub(crate) until: Option<Timestamp>,
}

/// A version that can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watchable {
    pub(crate) version: VersionId,
    pub(crate) package: Package,
    /// Which of its posters was chosen.
    #[serde(default)]
    pub(crate) poster: u32,
}

impl Watchable {
    /// The name of its poster, within what players may fetch of it.
    pub(crate) fn poster(&self) -> String {
        poster_file(self.poster)
    }
}

/// A file of a version, for learners to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfflineCopy {
    pub(crate) version: VersionId,
    /// Under which name it is saved.
    pub(crate) name: FileName,
    /// Bytes.
    pub(crate) size: u64,
}

/// An upload, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) version: VersionId,
    /// As its instructor named the file, for the log.
    pub(crate) file_name: String,
    /// Bytes.
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) uploaded: Timestamp,
    /// When its record was written last: whoever is at work on it writes often.
    #[serde(default)]
    pub(crate) changed: Timestamp,
    /// When renditions began to be made.
    #[serde(default)]
    pub(crate) began: Option<Timestamp>,
    /// How often a worker took it up since it came further the last time.
    #[serde(default)]
    pub(crate) runs: u32,
    /// How often the sweeper asked for it since it came further the last time.
    #[serde(default)]
    pub(crate) sweeps: u32,
    /// Whether the disk was full when it was tried to come further.
    #[serde(default)]
    pub(crate) no_room: bool,
    #[serde(default)]
    pub(crate) log: Log,
    pub(crate) processing: Processing,
}

impl Upload {
    /// A file that has just been stored.
    pub(crate) fn new(version: VersionId, file_name: &str, size: u64, now: Timestamp) -> Self {
        let file_name = kept_name(file_name);
        let mut log = Log::default();
        log.add(now, format_args!("uploaded: {file_name}, {size} bytes"));
        Self {
            version,
            file_name,
            size,
            uploaded: now,
            changed: now,
            began: None,
            runs: 0,
            sweeps: 0,
            no_room: false,
            log,
            processing: Processing::default(),
        }
    }

    /// Takes note of what became of it.
    pub(crate) fn advance(&mut self, processing: Processing, now: Timestamp) {
        self.changed = now;
        if processing == self.processing {
            return;
        }
        (self.runs, self.sweeps, self.no_room) = (0, 0, false);
        let is_transcoding = |state: &State| matches!(state, State::Transcoding { .. });
        if is_transcoding(&processing.state) && !is_transcoding(&self.processing.state) {
            self.began = Some(now);
        }
        self.processing = processing;
    }

    /// In how long its renditions should be there, as fast as they were made so far.
    pub(crate) fn left(&self, now: Timestamp) -> Option<Seconds> {
        let State::Transcoding { percent: percent @ 2..=99, .. } = self.processing.state else { return None };
        let passed = now.since(self.began?).as_secs_f64();
        Some(Seconds((passed * f64::from(100 - percent) / f64::from(percent)) as u32))
    }
}

impl Video {
    /// With its first upload.
    pub(crate) fn new(asset: AssetId, course: CourseId, lesson: LessonId, upload: Upload) -> Self {
        let (current, copy, past) = (None, None, Vec::new());
        let (captions, placed) = (Vec::new(), None);
        Self { asset, course, lesson, current, upload, copy, past, captions, placed }
    }

    /// A new upload takes the place of the newest so far.
    pub(crate) fn replace(&mut self, upload: Upload) {
        let before = std::mem::replace(&mut self.upload, upload);
        let watched = self.current.as_ref().is_some_and(|current| current.version == before.version);
        let failed = matches!(before.processing.state, State::Failed { .. });
        let Upload { version, file_name, size, uploaded, .. } = before;
        self.past.insert(0, Past { version, file_name, size, uploaded, watched, failed, until: None });
        self.past.truncate(MAX_PAST);
    }

    /// Learners watch the newest upload from now on.
    pub(crate) fn publish(&mut self, package: Package, now: Timestamp) {
        let newest = Watchable { version: self.upload.version, package, poster: 0 };
        let before = self.current.replace(newest);
        let past = |past: &&mut Past| before.as_ref().is_some_and(|before| before.version == past.version);
        if let Some(past) = self.past.iter_mut().find(past) {
            past.until = Some(now);
        }
    }

    /// Whether anything of a version is still needed: it is watched or the newest, or was watched until lately.
    pub(crate) fn needs(&self, version: VersionId, now: Timestamp, grace: Duration) -> bool {
        let lately = |past: &Past| past.until.is_some_and(|until| until.plus(grace) > now);
        self.upload.version == version
            || self.current.as_ref().is_some_and(|current| current.version == version)
            || self.past.iter().any(|past| past.version == version && lately(past))
    }

    /// How it is doing, for its instructor.
    pub(crate) fn status(&self) -> VideoStatus {
        match &self.upload.processing.state {
            State::Uploaded | State::Probed { .. } => VideoStatus::Waiting,
            State::Transcoding { percent, .. } => VideoStatus::Processing { percent: *percent },
            State::Packaged { .. } => VideoStatus::Processing { percent: 100 },
            State::Ready { package } => {
                let poster = self.current.as_ref().map_or_else(|| poster_file(0), Watchable::poster);
                ready(self.asset, self.upload.version, package, &poster)
            }
            State::Failed { reason, .. } => {
                VideoStatus::Failed { message: reason.to_string(), retryable: reason.retryable() }
            }
        }
    }

    /// What its instructor should know of the newest upload, in sentences.
    pub(crate) fn warnings(&self) -> Vec<String> {
        match &self.upload.processing.state {
            State::Ready { package } => package.warnings.iter().map(ToString::to_string).collect(),
            State::Failed { .. } => Vec::new(),
            _ if self.upload.no_room => vec![NO_ROOM.to_owned()],
            _ => Vec::new(),
        }
    }

    /// Every upload that is remembered, newest first.
    pub(crate) fn versions(&self) -> Vec<VideoVersion> {
        let Upload { version, file_name, size, uploaded, processing, .. } = &self.upload;
        let fate = match processing.state {
            State::Ready { .. } => VersionFate::Watched,
            State::Failed { .. } => VersionFate::Failed,
            _ => VersionFate::InProgress,
        };
        let newest = VideoVersion {
            version: *version,
            file_name: file_name.clone(),
            size: *size,
            uploaded: *uploaded,
            fate,
        };
        let past = self.past.iter().map(|past| VideoVersion {
            version: past.version,
            file_name: past.file_name.clone(),
            size: past.size,
            uploaded: past.uploaded,
            fate: match (past.watched, past.until) {
                (true, None) => VersionFate::Watched,
                (true, Some(_)) => VersionFate::Replaced,
                (false, _) if past.failed => VersionFate::Failed,
                (false, _) => VersionFate::Skipped,
            },
        });
        std::iter::once(newest).chain(past).collect()
    }

    /// All its captions, those too that learners cannot fetch yet.
    pub(crate) fn all_tracks(&self) -> Vec<Track> {
        joined(&self.captions, self.current.iter().flat_map(|current| embedded(&current.package)))
    }

    /// The captions that lie beside the version that learners watch.
    pub(crate) fn tracks(&self) -> Vec<Track> {
        let Some(current) = &self.current else { return Vec::new() };
        let placed = self.placed.as_ref().filter(|placed| placed.version == current.version);
        let is_there = |id: &CaptionId| placed.is_some_and(|placed| placed.captions.contains(id));
        self.all_tracks().into_iter().filter(|track| track.id.as_ref().is_none_or(is_there)).collect()
    }

    /// How it is doing, for its learners, who have nothing to do with failures.
    pub(crate) fn watchable(&self) -> VideoStatus {
        match &self.current {
            Some(current) => ready(self.asset, current.version, &current.package, &current.poster()),
            None if self.status().in_progress() => self.status(),
            None => VideoStatus::Missing,
        }
    }
}

const NO_ROOM: &str = "There is no room left on the server: the conversion waits. Your file is kept. Tell the operator; once there \
    is room, it goes on by itself.";
/// How many quiet videos are looked at together.
const QUIET_PAGE: usize = 200;
/// How many past uploads are remembered.
const MAX_PAST: usize = 20;

/// What is kept of the name that an instructor's file has.
pub(crate) fn kept_name(name: &str) -> String {
    name.chars().take(200).collect()
}

fn ready(asset: AssetId, version: VersionId, package: &Package, poster: &str) -> VideoStatus {
    VideoStatus::Ready {
        length: package.length,
        heights: package.heights.clone(),
        poster: format!("/{}/{poster}", media(asset, version)),
    }
}

/// The blob of an upload as it came.
pub(crate) fn source(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("{}/source", upload(asset, version)))
}

/// Prefix of all blobs of an upload.
pub(crate) fn upload(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("uploads/{asset}/{version}"))
}

/// Prefix of all blobs that players may fetch of a version.
pub(crate) fn media(asset: AssetId, version: VersionId) -> BlobKey {
    key(format!("media/{asset}/{version}"))
}

/// Where captions lie beside a version: those that came with its file, by number, and copies of those that were
/// uploaded.
pub(crate) fn captions_beside(asset: AssetId, version: VersionId) -> BlobKey {
    below(&media(asset, version), "captions")
}

/// Captions that were uploaded, in a folder.
pub(crate) fn caption_in(folder: &BlobKey, id: CaptionId) -> BlobKey {
    below(folder, &format!("{id}.vtt"))
}

/// Which captions a blob holds, where they were uploaded.
pub(crate) fn caption_id(key: &BlobKey) -> Option<CaptionId> {
    key.as_str().rsplit('/').next()?.strip_suffix(".vtt")?.parse().ok()
}

/// The blob of captions as they were uploaded.
pub(crate) fn caption(asset: AssetId, id: CaptionId) -> BlobKey {
    caption_in(&key(format!("captions/{asset}")), id)
}

/// The captions that came with a version's file.
fn embedded(package: &Package) -> impl Iterator<Item = Track> {
    package.captions.iter().map(|track| {
        let language = track.language.as_ref().and_then(|tag| tag.parse().ok());
        Track { id: None, file: track.file.clone(), language, label: track.label.clone() }
    })
}

/// Prefixes of all blobs of all versions.
pub(crate) fn all_blobs(asset: AssetId) -> [BlobKey; 4] {
    [
        key(format!("media/{asset}")),
        key(format!("uploads/{asset}")),
        key(format!("captions/{asset}")),
        super::files::copies(asset),
    ]
}

/// A blob below a prefix.
pub(crate) fn below(prefix: &BlobKey, name: &str) -> BlobKey {
    key(format!("{prefix}/{name}"))
}

fn key(text: String) -> BlobKey {
    BlobKey::new(text).expect("identifiers and names of renditions are letters and digits")
}

pub(crate) async fn video(table: &dyn Table, asset: AssetId) -> Result<Option<Stored<Video>>> {
    load(table, &keys::video(asset)).await
}

/// Videos by id; those that are gone are left out.
pub(crate) async fn videos(table: &dyn Table, assets: &[AssetId]) -> Result<Vec<Video>> {
    let keys: Vec<Key> = assets.iter().map(|asset| keys::video(*asset)).collect();
    let mut found = Vec::with_capacity(assets.len());
    for some in keys.chunks(100) {
        for item in table.batch_get(some).await? {
            found.push(parse::<Video>(&item)?.value);
        }
    }
    Ok(found)
}

pub(crate) fn put(video: &Video, condition: Condition) -> Result<Write> {
    let mut item = item(keys::video(video.asset), video)?;
    let stage = Stage::of(&video.upload.processing.state);
    item.first = Some(keys::in_pipeline(stage.name(), video.upload.changed, video.asset));
    Ok(Write::Put(item, condition))
}

pub(crate) fn delete(asset: AssetId, condition: Condition) -> Write {
    Write::Delete(keys::video(asset), condition)
}

/// Where in the pipeline a video is, as far as it is looked up by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Something is to be done.
    Active,
    /// Nothing is done any more.
    Failed,
    /// Learners can watch it.
    Ready,
}

impl Stage {
    fn of(state: &State) -> Self {
        match state {
            State::Ready { .. } => Stage::Ready,
            State::Failed { .. } => Stage::Failed,
            State::Uploaded | State::Probed { .. } | State::Transcoding { .. } | State::Packaged { .. } => {
                Stage::Active
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Stage::Active => "ACTIVE",
            Stage::Failed => "FAILED",
            Stage::Ready => "READY",
        }
    }
}

/// A page of the active videos that have been quiet since a moment or longer, those that have been for longest first; and
/// where the next page begins.
pub(crate) async fn quiet(
    table: &dyn Table,
    since: Timestamp,
    after: Option<Cursor>,
) -> Result<(Vec<Stored<Video>>, Option<Cursor>)> {
    let range = Range::Between("0".to_owned(), keys::changed_until(since));
    let query = Query {
        index: Index::First,
        range,
        after,
        ..Query::partition(keys::pipeline_partition(Stage::Active.name()), QUIET_PAGE)
    };
    let page = table.query(query).await?;
    Ok((page.items.iter().map(parse).collect::<Result<_>>()?, page.next))
}

/// Up to `most` videos at a stage, by the time of their last change: those that have been quiet for longest first, or last.
pub(crate) async fn at_stage(
    table: &dyn Table,
    stage: Stage,
    direction: Direction,
    most: usize,
) -> Result<Vec<Stored<Video>>> {
    let mut query = Query::partition(keys::pipeline_partition(stage.name()), most);
    (query.index, query.direction) = (Index::First, direction);
    table.query(query).await?.items.iter().map(parse).collect()
}
