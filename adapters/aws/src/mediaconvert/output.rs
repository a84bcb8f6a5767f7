//! What a job wrote, measured on its files: what the multivariant playlist declares is what is there.

use super::{from_store, settings};
use crate::s3::S3Blobs;
use domain::video::{Bandwidth, MediaPlaylist, Segment, avc_codec, poster_file};
use futures::TryStreamExt;
use services::ports::{
    AudioRendition, BlobError, BlobKey, BlobStore, TranscodeError, TranscodeJob, Transcoded, VideoRendition,
};
use std::collections::HashMap;
use std::time::Duration;

/// More than any playlist or initialisation section has.
const MOST: usize = 8 << 20;

/// The output of a job that is whole: what a job wrote that was not seen to be complete has no poster.
pub(super) async fn whole(blobs: &S3Blobs, job: &TranscodeJob) -> Result<Option<Transcoded>, TranscodeError> {
    if blobs.size(&poster(job, 0)?).await.map_err(from_store)?.is_none() {
        return Ok(None);
    }
    let Some(mut made) = measure(blobs, job).await? else { return Ok(None) };
    made.posters = posters(blobs, job).await?;
    Ok(Some(made))
}

/// Finishes the output of a job that is complete.
pub(super) async fn finish(blobs: &S3Blobs, job: &TranscodeJob) -> Result<Transcoded, TranscodeError> {
    let missing = || TranscodeError::Internal("a job is complete and its output is not there".into());
    let mut made = measure(blobs, job).await?.ok_or_else(missing)?;
    let frames = below(&job.target, settings::FRAMES)?;
    let mut taken = blobs.list(&frames, None, 10).await.map_err(from_store)?;
    taken.retain(|frame| frame.size > 0);
    if taken.is_empty() {
        // Done before, or never.
        return whole(blobs, job).await?.ok_or_else(missing);
    }
    // The beginning is often black.
    if taken.len() > 1 {
        taken.remove(0);
    }
    // The one that tells that all is there comes last.
    for (number, frame) in taken.iter().enumerate().rev() {
        let picture = blobs.get(&frame.key, None).await.map_err(from_store)?;
        blobs.put(&poster(job, number as u32)?, picture.bytes).await.map_err(from_store)?;
    }
    made.posters = taken.len() as u32;
    blobs.delete(&frames).await.map_err(from_store)?;
    Ok(made)
}

fn poster(job: &TranscodeJob, number: u32) -> Result<BlobKey, TranscodeError> {
    below(&job.target, &poster_file(number))
}

/// How many posters there are.
async fn posters(blobs: &S3Blobs, job: &TranscodeJob) -> Result<u32, TranscodeError> {
    let mut count = 0;
    while blobs.size(&poster(job, count)?).await.map_err(from_store)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// `None` where a file of it is missing.
async fn measure(blobs: &S3Blobs, job: &TranscodeJob) -> Result<Option<Transcoded>, TranscodeError> {
    let mut video = Vec::with_capacity(job.ladder.rungs.len());
    let mut duration = Duration::ZERO;
    for rung in &job.ladder.rungs {
        let Some(found) = rendition(blobs, &below(&job.target, &rung.name)?).await? else { return Ok(None) };
        duration = duration.max(found.duration);
        video.push(VideoRendition {
            name: rung.name.clone(),
            width: rung.width,
            height: rung.height,
            codec: avc_codec(&found.init).ok_or_else(|| malformed("no H.264 parameters"))?,
            frame_rate: job.ladder.frame_rate,
            bandwidth: found.bandwidth,
        });
    }
    let mut audio = None;
    if job.ladder.audio.is_some() {
        let Some(found) = rendition(blobs, &below(&job.target, "audio")?).await? else { return Ok(None) };
        // AAC-LC (ISO/IEC 14496-3 object type 2): what the job asks for.
        audio = Some(AudioRendition {
            codec: "mp4a.40.2".to_owned(),
            channels: settings::channels(job),
            bandwidth: found.bandwidth,
        });
    }
    Ok(Some(Transcoded {
        duration,
        video,
        audio,
        warnings: Vec::new(),
        captions: Vec::new(),
        posters: 0,
        storyboard: false,
    }))
}

/// A rendition in a folder.
struct Rendition {
    duration: Duration,
    bandwidth: Bandwidth,
    init: Vec<u8>,
}

async fn rendition(blobs: &S3Blobs, folder: &BlobKey) -> Result<Option<Rendition>, TranscodeError> {
    let Some(playlist) = read(blobs, &below(folder, "index.m3u8")?).await? else { return Ok(None) };
    let playlist =
        MediaPlaylist::parse(&String::from_utf8_lossy(&playlist)).ok_or_else(|| malformed("no playlist"))?;
    let sizes = sizes(blobs, folder).await?;
    let size = |name: &str| sizes.get(name).copied();
    let segments = playlist
        .segments
        .iter()
        .map(|(name, duration)| Some(Segment { bytes: size(name)?, duration: *duration }));
    let Some(segments) = segments.collect::<Option<Vec<_>>>() else { return Ok(None) };
    let Some(init) = read(blobs, &below(folder, &playlist.init)?).await? else { return Ok(None) };
    let bandwidth = Bandwidth::measure(&segments, playlist.target).ok_or_else(|| malformed("no segments"))?;
    Ok(Some(Rendition { duration: playlist.duration(), bandwidth, init }))
}

/// The sizes of the files in a folder, by name.
async fn sizes(blobs: &S3Blobs, folder: &BlobKey) -> Result<HashMap<String, u64>, TranscodeError> {
    const PAGE: usize = 1000;
    let mut sizes = HashMap::new();
    let mut after: Option<BlobKey> = None;
    loop {
        let page = blobs.list(folder, after.as_ref(), PAGE).await.map_err(from_store)?;
        let last = page.len() < PAGE;
        after = page.last().map(|blob| blob.key.clone());
        let named = page.into_iter().filter_map(|blob| {
            let name = blob.key.as_str().strip_prefix(folder.as_str())?.strip_prefix('/')?.to_owned();
            Some((name, blob.size))
        });
        sizes.extend(named);
        if last {
            return Ok(sizes);
        }
    }
}

async fn read(blobs: &S3Blobs, key: &BlobKey) -> Result<Option<Vec<u8>>, TranscodeError> {
    let found = match blobs.get(key, Some(0..MOST as u64)).await {
        Ok(found) => found,
        Err(BlobError::NotFound) => return Ok(None),
        Err(error) => return Err(from_store(error)),
    };
    let bytes = found.bytes.try_fold(Vec::new(), |mut all, chunk| async move {
        all.extend_from_slice(&chunk);
        Ok(all)
    });
    bytes.await.map(Some).map_err(|error| TranscodeError::Interrupted(error.to_string()))
}

fn below(key: &BlobKey, rest: &str) -> Result<BlobKey, TranscodeError> {
    BlobKey::new(format!("{key}/{rest}")).ok_or_else(|| malformed("a file has a name that is no key"))
}

fn malformed(what: &'static str) -> TranscodeError {
    TranscodeError::Internal(what.into())
}
