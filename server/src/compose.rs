//! The composition root: which adapter stands behind which port. Nothing else knows both sides.

use crate::config::Config;
use crate::system::{SystemClock, SystemRandom};
use async_trait::async_trait;
use domain::video::Probe;
use embedded::{Database, Ffmpeg, FfmpegError, LocalBlobs, LocalIdentity, OpenError};
use services::Stoa;
use services::catalogue::KeptCatalogue;
use services::playback::PlaybackSettings;
use services::ports::{BlobKey, TranscodeError, TranscodeJob, Transcoded, Transcoder};
use services::revision::Revision;
use services::signing::{InvalidKey, Key, KeyGroup, KeyKind, MediaSigner, NoSigningKey, SignError};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Why the program cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The folder of all data, or the media key in it, cannot be used.
    #[error("{0} cannot be used: {1}")]
    File(PathBuf, #[source] std::io::Error),
    /// The records cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The media key is damaged.
    #[error(
        "{0} is damaged: {1}. Without it the program makes a new one; videos that play are then interrupted"
    )]
    Key(PathBuf, #[source] InvalidKey),
    /// The media key cannot be made.
    #[error("a media key cannot be made: {0}")]
    NewKey(#[from] SignError),
    /// There is no key to sign media with.
    #[error("no media can be signed: {0}")]
    NoKey(#[from] NoSigningKey),
    /// Videos cannot be processed.
    #[error(transparent)]
    Transcoder(#[from] FfmpegError),
}

/// The program on this machine alone: SQLite, local files, local accounts. `transcoder` is ffmpeg in the
/// server; a command that only reads and writes records runs beside it and has none.
pub fn embedded(config: &Config, transcoder: Arc<dyn Transcoder>) -> Result<Stoa, ComposeError> {
    let data = &config.data_dir;
    private_folder(data)?;
    let clock = Arc::new(SystemClock);
    let random = Arc::new(SystemRandom);
    let blobs = blobs(config);
    let database = Database::open(data.join("stoa.db"), clock.clone())?;
    let revision = Revision::default();
    let table = revision.watch(Arc::new(database.table()));
    Ok(Stoa {
        identity: Arc::new(LocalIdentity::new(table.clone(), random.clone())),
        table,
        queue: Arc::new(database.queue()),
        blobs: Arc::new(LocalBlobs::open(&blobs).map_err(|error| ComposeError::File(blobs, error))?),
        transcoder,
        clock: clock.clone(),
        random,
        wake: Arc::default(),
        kept: KeptCatalogue::new(&revision, clock.clone()),
        revision,
        media: Arc::new(media_signer(&data.join("media-key.pk8"))?),
        max_upload_bytes: config.upload.max_bytes,
        playback: PlaybackSettings {
            url_base: config.media_origin(),
            cookie_domain: config.media.cookie_domain.clone(),
            cookie_ttl: Duration::from_secs(config.playback.cookie_seconds),
        },
    })
}

/// ffmpeg, on the files of this machine.
pub fn ffmpeg(config: &Config) -> Result<Arc<dyn Transcoder>, ComposeError> {
    private_folder(&config.data_dir)?;
    Ok(Arc::new(Ffmpeg::open(&blobs(config))?))
}

/// Stands where no videos are processed: in commands that run beside the server.
pub struct NoTranscoder;

#[async_trait]
impl Transcoder for NoTranscoder {
    async fn probe(&self, _: &BlobKey) -> Result<Probe, TranscodeError> {
        Err(TranscodeError::Interrupted("no videos are processed here".into()))
    }

    async fn transcode(
        &self,
        _: &TranscodeJob,
        _: &(dyn Fn(u8) + Send + Sync),
        _: CancellationToken,
    ) -> Result<Transcoded, TranscodeError> {
        Err(TranscodeError::Interrupted("no videos are processed here".into()))
    }
}

/// Where blobs lie.
pub(crate) fn blobs(config: &Config) -> PathBuf {
    config.data_dir.join("blobs")
}

/// Makes the folder where it is not there; others may not look in.
fn private_folder(path: &Path) -> Result<(), ComposeError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| ComposeError::File(path.to_owned(), error))
}

/// The key that signs media: what the file holds, or a new one where there is none.
fn media_signer(path: &Path) -> Result<MediaSigner, ComposeError> {
    let failed = |error| ComposeError::File(path.to_owned(), error);
    let key = match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = Key::generate(KeyKind::Rsa)?.private_pem()?;
            keep_secret(path, key.as_bytes()).map_err(failed)?;
            // Another process may have been first: what the file holds counts.
            std::fs::read(path)
        }
        read => read,
    };
    let key = Key::parse(&key.map_err(failed)?);
    let group = KeyGroup::new(vec![key.map_err(|error| ComposeError::Key(path.to_owned(), error))?], None);
    Ok(MediaSigner::new(group?))
}

/// Writes a file that its owner alone may read: whole or not at all, and never over one that is there.
fn keep_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written =
        file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_media_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("media-key.pk8");
        let first = media_signer(&path).unwrap().group();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(media_signer(&path).unwrap().group().active().id(), first.active().id());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_media_key_stops_the_program_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("media-key.pk8");
        std::fs::write(&path, b"damaged").unwrap();
        assert!(media_signer(&path).unwrap_err().to_string().contains("media-key.pk8 is damaged"));
    }
}
