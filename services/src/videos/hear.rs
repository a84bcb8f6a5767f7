//! What a cloud's services tell by themselves. All of it is a hint that somebody should look: a doubled, late, reordered
//! or lost one changes nothing for good, because the transcoder is asked for the truth, and the sweeper asks where
//! nobody hears anything.

use super::{commit, job, processing};
use crate::ports::{Fate, Heard};
use crate::{Result, Stoa, uploads};

/// Acts upon what was heard. After an error it is to be heard again.
pub async fn hear(stoa: &Stoa, heard: &Heard) -> Result<()> {
    match heard {
        Heard::Stored { key, .. } => uploads::arrived(stoa, key).await,
        Heard::Job { asset, version, attempt, what: Fate::Progress(percent), .. } => {
            processing::progress(stoa, *asset, *version, *attempt, *percent).await
        }
        Heard::Job { asset, version, .. } => commit(stoa, vec![job(stoa, *asset, *version)?]).await,
        Heard::Other => Ok(()),
    }
}
