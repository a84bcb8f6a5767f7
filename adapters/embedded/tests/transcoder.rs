//! ffmpeg keeps the contract.

#![allow(clippy::unwrap_used, reason = "a test")]

mod media;

use services::contract::transcoder::Bench;
use services::ports::BlobKey;
use std::sync::Arc;
use stoa_embedded::{Ffmpeg, FfmpegSettings, LocalBlobs};

fn fresh() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let key = |name: &str| BlobKey::new(format!("uploads/asset/{name}/source")).unwrap();
    let file = |key: &BlobKey| folder.path().join(key.as_str());
    let (film, song, text) = (key("film"), key("song"), key("text"));
    media::film(&file(&film), "854x480", "24", 10, 6);
    media::make(&file(&song), "-f lavfi -i sine=d=2 -c:a aac -f mp4");
    std::fs::create_dir_all(file(&text).parent().unwrap()).unwrap();
    std::fs::write(file(&text), "Dear diary, this is no film.").unwrap();
    Bench {
        transcoder: Arc::new(Ffmpeg::open(folder.path(), FfmpegSettings::default()).unwrap()),
        blobs: Arc::new(LocalBlobs::open(folder.path()).unwrap()),
        film,
        song,
        text,
        keep: Box::new(folder),
    }
}

services::transcoder_contract!(fresh);
