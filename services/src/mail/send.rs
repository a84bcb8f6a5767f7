//! The job that sends a mail.

use super::Post;
use crate::Stoa;
use crate::ports::NotifyError;
use crate::worker::Outcome;

/// Sends a mail. What may pass is tried again; an address that is none is no reason to keep the mail.
pub(crate) async fn send(stoa: &Stoa, post: &Post) -> Outcome {
    match stoa.mailer.mail(&post.letter(&stoa.origin)).await {
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
fn told(error: &NotifyError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
