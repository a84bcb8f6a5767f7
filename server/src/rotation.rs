//! Rotation of media keys while the program runs: the folder of keys is looked at again and again.

use crate::compose::{self, ComposeError};
use crate::config::Config;
use embedded::{MediaKeys, Stamp};
use services::signing::MediaSigner;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How often the folder is looked at, SIGHUP apart. It is a list of a few names.
const EVERY: Duration = Duration::from_secs(10);

/// Keeps the signer at what is in the folder of keys.
pub struct Rotation {
    keys: MediaKeys,
    seen: Option<Stamp>,
    config: Arc<Config>,
    signer: Arc<MediaSigner>,
}

impl Rotation {
    /// Looks at the folder that the configuration names.
    pub fn new(config: Arc<Config>, signer: Arc<MediaSigner>) -> Result<Self, ComposeError> {
        Ok(Self { keys: MediaKeys::open(&config.data_dir)?, seen: None, config, signer })
    }

    /// Lets the keys count that are in the folder now; whether it had changed. Where they cannot be used
    /// those of before go on counting.
    pub fn look(&mut self) -> Result<bool, ComposeError> {
        // Taken before the keys are read: what changes meanwhile is seen the next time.
        let stamp = self.keys.stamp()?;
        if self.seen.as_ref() == Some(&stamp) {
            return Ok(false);
        }
        // Also what cannot be used is only complained about once.
        self.seen = Some(stamp);
        self.signer.replace(compose::media_keys(&self.config, &self.keys)?);
        Ok(true)
    }

    /// Looks every now and then, and at SIGHUP, until the program is told to stop.
    pub fn run(mut self, stop: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
        let mut hangup = signal(SignalKind::hangup())?;
        Ok(async move {
            loop {
                match self.look() {
                    Ok(true) => {
                        let group = self.signer.group();
                        tracing::info!(active = group.active().id(), keys = group.keys().len(), "media keys");
                    }
                    Ok(false) => {}
                    Err(error) => tracing::error!(%error, "new media keys cannot be used"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = hangup.recv() => {}
                    () = tokio::time::sleep(EVERY) => {}
                }
            }
        })
    }
}
