//! What Stoa does: use cases, the ports they need of the world, and one contract suite per port.
//!
//! Use cases are free functions over [`Stoa`], grouped by area. Each takes the [`domain::account::Actor`]
//! who asks. Nothing here knows SQLite, ffmpeg, axum or Leptos.

mod access;
pub mod accounts;
pub mod audit;
pub mod authoring;
pub mod captions;
pub mod catalogue;
pub mod clock;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod downloads;
pub mod error;
pub mod handover;
pub mod housekeeping;
pub mod import;
pub mod instructors;
mod intake;
pub mod invitations;
pub mod jobs;
pub mod kept;
pub mod learners;
pub mod learning;
pub mod leases;
pub mod mail;
pub mod orders;
pub mod outbox;
pub mod own_data;
pub mod people;
pub mod playback;
pub mod ports;
pub mod profile;
pub mod records;
mod retry;
pub mod revision;
pub mod shop;
pub mod signing;
pub mod uploads;
pub mod videos;
pub mod worker;

pub use error::{Error, Result};

use std::sync::Arc;

/// The running program: its ports, and the clock and randomness that nothing below takes from elsewhere.
/// Composed once, in the server; cheap to clone.
#[derive(Clone)]
pub struct Stoa {
    /// All records.
    pub table: Arc<dyn ports::Table>,
    /// Work to do.
    pub queue: Arc<dyn ports::Queue>,
    /// Uploads, renditions, posters.
    pub blobs: Arc<dyn ports::BlobStore>,
    /// Files on their way in.
    pub parts: Arc<dyn ports::PartStore>,
    /// Who people are.
    pub identity: Arc<dyn ports::Identity>,
    /// Things that happened, for whoever listens.
    pub events: Arc<dyn ports::EventBus>,
    /// Mail to people.
    pub mailer: Arc<dyn ports::Mailer>,
    /// Those who run the place.
    pub operators: Arc<dyn ports::Operators>,
    /// Takes money; nothing can be bought where there is none.
    pub payments: Option<Arc<dyn ports::Payments>>,
    /// Makes renditions of videos.
    pub transcoder: Arc<dyn ports::Transcoder>,
    /// The time.
    pub clock: Arc<dyn clock::Clock>,
    /// Random bits.
    pub random: Arc<dyn clock::Random>,
    /// Counts the changes of what every visitor sees.
    pub revision: revision::Revision,
    /// What is kept of the catalogue between changes.
    pub kept: catalogue::KeptCatalogue,
    /// Wakes the outbox relay when there is something to send.
    pub wake: Arc<tokio::sync::Notify>,
    /// Scheme, host and port under which browsers reach the site.
    pub origin: String,
    /// Signs the cookies that open media.
    pub media: Arc<signing::MediaSigner>,
    /// How media is reached.
    pub playback: playback::PlaybackSettings,
    /// What learners may keep.
    pub downloads: downloads::DownloadSettings,
    /// What is taken of uploads, and for how long it is kept.
    pub uploads: uploads::UploadSettings,
    /// The largest upload of a video, bytes.
    pub max_upload_bytes: u64,
}
