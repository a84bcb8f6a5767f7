//! The job that sends a mail.

use super::Post;
use super::reader::Reader;
use crate::ports::NotifyError;
use crate::worker::Outcome;
use crate::{Error, Stoa};

/// Sends a mail. What may pass is tried again; an address that is none is no reason to keep the mail.
pub(crate) async fn send(stoa: &Stoa, post: &Post) -> Outcome {
    let written = async {
        let reader = Reader::of(stoa, post).await?;
        Ok(if reader.wants { Some(post.letter(&stoa.origin, &reader)?) } else { None })
    };
    let letter = match written.await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Outcome::Done,
        Err(error @ Error::Internal(_)) => return Outcome::Fail { reason: told(&error) },
        Err(error) => return Outcome::Retry { reason: told(&error), after: None },
    };
    match stoa.mailer.mail(&letter).await {
        Ok(()) => Outcome::Done,
        Err(NotifyError::Address) => {
            tracing::warn!(?post, "a mail cannot be delivered: there is no such address");
            Outcome::Done
        }
        Err(error @ NotifyError::Unavailable(_)) => Outcome::Retry { reason: told(&error), after: None },
        Err(error @ NotifyError::Internal(_)) => Outcome::Fail { reason: told(&error) },
    }
}

/// The error and what caused it.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
