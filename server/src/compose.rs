//! The composition root: which adapter stands behind which port. Nothing else knows both sides.

#[cfg(feature = "aws")]
mod aws;
pub(crate) mod payments;

pub use payments::{Till, till};

use crate::config::{Config, Security};
use crate::system::{SystemClock, SystemRandom};
use async_trait::async_trait;
use domain::video::Probe;
use embedded::{
    Database, Encryption, Ffmpeg, FfmpegError, FfmpegSettings, LocalBlobs, LocalEvents, LocalIdentity,
    LocalParts, MailFolder, MediaKeys, MediaKeysError, OpenError, Smtp, SmtpError, SmtpSettings,
};
use services::Stoa;
use services::catalogue::KeptCatalogue;
use services::downloads::DownloadSettings;
use services::playback::PlaybackSettings;
use services::ports::{
    BlobKey, CopyJob, Heard, Mailer, Operators, TranscodeError, TranscodeJob, Transcoder, Work,
};
use services::revision::Revision;
use services::signing::{KeyGroup, MediaSigner, NoSigningKey};
use services::uploads::UploadSettings;
use std::fs::DirBuilder;
use std::num::NonZeroUsize;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Why the program cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The folder of all data cannot be used.
    #[error("{0} cannot be used: {1}")]
    File(PathBuf, #[source] std::io::Error),
    /// The records cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The media keys cannot be used.
    #[error(transparent)]
    MediaKeys(#[from] MediaKeysError),
    /// There is no key to sign media with.
    #[error("no media can be signed: {0}")]
    NoKey(#[from] NoSigningKey),
    /// Videos cannot be processed.
    #[error(transparent)]
    Transcoder(#[from] FfmpegError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// What proves us to the payment service cannot be read.
    #[error("payments cannot be set up: {0}")]
    PaymentSecrets(#[source] std::io::Error),
    /// The payment service cannot be asked.
    #[error(transparent)]
    Stripe(#[from] stripe::InvalidSettings),
    /// The sandbox cannot be opened.
    #[error(transparent)]
    Sandbox(#[from] sandbox::OpenError),
    /// Services of AWS are configured.
    #[cfg(not(feature = "aws"))]
    #[error(
        "[aws] is configured, and this program was built without it: build it with \
         `cargo build --release --package stoa --features aws`"
    )]
    WithoutAws,
    /// Services of AWS cannot be used.
    #[cfg(feature = "aws")]
    #[error("AWS cannot be used: {0}")]
    Aws(String),
}

/// The program as the server runs it.
pub struct Program {
    /// The use cases.
    pub stoa: Stoa,
    /// Where browsers send uploads, where that is not to us: scheme, host and port.
    pub uploads: Option<String>,
    /// Reads what a cloud's services tell by the queue [`services::worker::EVENTS`].
    pub hears: Option<Hears>,
    /// Where money comes in; nothing can be paid where there is none.
    pub till: Option<Till>,
}

/// What a message tells.
pub type Hears = Arc<dyn Fn(&str) -> Vec<Heard> + Send + Sync>;

/// The program with all that a server needs, by what is configured.
pub async fn server(config: &Config) -> Result<Program, ComposeError> {
    let mut program = without_payments(config).await?;
    let stoa = &mut program.stoa;
    program.till = payments::till(config, &stoa.clock, &stoa.random)?;
    stoa.payments = program.till.as_ref().map(|till| till.payments.clone());
    Ok(program)
}

async fn without_payments(config: &Config) -> Result<Program, ComposeError> {
    if config.aws.is_chosen() {
        #[cfg(feature = "aws")]
        return aws::server(config).await;
        #[cfg(not(feature = "aws"))]
        return Err(ComposeError::WithoutAws);
    }
    let stoa = embedded(config, ffmpeg(config)?)?;
    Ok(Program { stoa, uploads: None, hears: None, till: None })
}

/// The same records, for a command that runs beside the server.
pub async fn beside(config: &Config) -> Result<Stoa, ComposeError> {
    if config.aws.is_chosen() {
        #[cfg(feature = "aws")]
        return aws::beside(config).await;
        #[cfg(not(feature = "aws"))]
        return Err(ComposeError::WithoutAws);
    }
    embedded(config, Arc::new(NoTranscoder))
}

/// The program on this machine alone: SQLite, local files, local accounts. `transcoder` is ffmpeg in the
/// server; a command that only reads and writes records runs beside it and has none.
pub fn embedded(config: &Config, transcoder: Arc<dyn Transcoder>) -> Result<Stoa, ComposeError> {
    let data = &config.data_dir;
    private_folder(data)?;
    let clock = Arc::new(SystemClock);
    let random = Arc::new(SystemRandom);
    let blobs = blobs(config);
    let database = Database::open(records(config), clock.clone())?;
    let (mailer, operators) = mail(config, &clock, &random)?;
    let revision = Revision::default();
    let table = revision.watch(Arc::new(database.table()));
    let queue = Arc::new(database.queue());
    Ok(Stoa {
        identity: Arc::new(LocalIdentity::new(table.clone(), clock.clone(), random.clone())),
        table,
        // Nobody on this machine has to be told more than they read and get by mail.
        events: Arc::new(LocalEvents::new(queue.clone(), Vec::new())),
        queue,
        parts: Arc::new(
            LocalParts::open(&blobs, random.clone())
                .map_err(|error| ComposeError::File(blobs.clone(), error))?,
        ),
        blobs: Arc::new(LocalBlobs::open(&blobs).map_err(|error| ComposeError::File(blobs, error))?),
        payments: None,
        transcoder,
        mailer,
        operators,
        clock: clock.clone(),
        random,
        wake: Arc::default(),
        kept: KeptCatalogue::new(&revision, clock.clone()),
        revision,
        origin: config.origin(),
        media: Arc::new(MediaSigner::new(media_keys(config, &MediaKeys::open(data)?)?)),
        max_upload_bytes: config.upload.max_bytes,
        uploads: UploadSettings {
            quota_bytes: config.upload.quota_bytes,
            kept: Duration::from_secs(config.upload.kept_hours * 3600),
        },
        downloads: DownloadSettings {
            max_bytes: config.downloads.max_bytes,
            max_per_lesson: config.downloads.max_per_lesson,
            link_ttl: Duration::from_secs(config.downloads.link_seconds),
        },
        playback: PlaybackSettings {
            url_base: config.media_origin(),
            cookie_domain: config.media.cookie_domain.clone(),
            cookie_ttl: Duration::from_secs(config.playback.cookie_seconds),
            max_devices: config.playback.max_devices,
        },
    })
}

/// Mail to people, and to operators.
type Post = (Arc<dyn Mailer>, Arc<dyn Operators>);

/// The mail server, or else the folder of mails.
fn mail(config: &Config, clock: &Arc<SystemClock>, random: &Arc<SystemRandom>) -> Result<Post, ComposeError> {
    let Some(host) = config.mail.smtp.host.clone() else {
        let folder = mails(config);
        let folder = MailFolder::open(&folder, clock.clone(), random.clone())
            .map_err(|error| ComposeError::File(folder, error))?;
        let folder = Arc::new(folder);
        return Ok((folder.clone(), folder));
    };
    let smtp = &config.mail.smtp;
    let password = match &smtp.password_file {
        None => smtp.password.clone(),
        Some(file) => {
            let text =
                std::fs::read_to_string(file).map_err(|error| ComposeError::File(file.clone(), error))?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
    };
    let settings = SmtpSettings {
        host,
        port: smtp.port(),
        encryption: match smtp.security {
            Security::Tls => Encryption::Tls,
            Security::StartTls => Encryption::StartTls,
            Security::None => Encryption::None,
        },
        login: smtp.user.clone().zip(password),
        from: config.mail.from.clone().unwrap_or_default(),
        operators: config.mail.operators.clone(),
    };
    let smtp = Arc::new(Smtp::new(settings, clock.clone(), random.clone())?);
    Ok((smtp.clone(), smtp))
}

/// Whether a server works on the data now.
pub fn is_in_use(config: &Config) -> Result<bool, ComposeError> {
    private_folder(&config.data_dir)?;
    Ok(Database::is_in_use(records(config))?)
}

/// ffmpeg, on the files of this machine.
pub fn ffmpeg(config: &Config) -> Result<Arc<dyn Transcoder>, ComposeError> {
    private_folder(&config.data_dir)?;
    let cores = config.conversion.cores.and_then(NonZeroUsize::new);
    let settings = FfmpegSettings { cores, ..FfmpegSettings::default() };
    Ok(Arc::new(Ffmpeg::open(&blobs(config), settings)?))
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
    ) -> Result<Work, TranscodeError> {
        Err(TranscodeError::Interrupted("no videos are processed here".into()))
    }

    async fn copy(&self, _: &CopyJob, _: CancellationToken) -> Result<u64, TranscodeError> {
        Err(TranscodeError::Interrupted("no videos are processed here".into()))
    }
}

/// Where records lie.
fn records(config: &Config) -> PathBuf {
    config.data_dir.join("stoa.db")
}

/// Where mails lie that go nowhere else.
pub(crate) fn mails(config: &Config) -> PathBuf {
    config.data_dir.join("mail")
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

/// The keys that verify media, and which of them signs.
pub(crate) fn media_keys(config: &Config, keys: &MediaKeys) -> Result<KeyGroup, ComposeError> {
    Ok(KeyGroup::new(keys.load()?, config.playback.signing_key.as_deref())?)
}

#[cfg(all(test, not(feature = "aws")))]
mod tests {
    use super::*;
    use crate::config::Aws;

    #[tokio::test]
    async fn a_program_without_aws_says_how_to_build_one_that_has_it() {
        let topic = Some("arn:aws:sns:eu-central-1:123456789012:operators".into());
        let config = Config { aws: Aws { topic, ..Aws::default() }, ..Config::default() };
        for error in [server(&config).await.err(), beside(&config).await.err()] {
            assert!(error.unwrap().to_string().contains("--package stoa --features aws"));
        }
    }
}
