//! Which job is done where.

use crate::ports::{Event, EventError, Heard, NotifyError};
use crate::worker::{Job, Outcome, Task};
use crate::{Stoa, accounts, captions, downloads, mail, orders, videos};

/// Does a job of the worker.
pub async fn handle(stoa: Stoa, task: Task) -> Outcome {
    match &task.job {
        Job::ProcessVideo { asset, version } => videos::process(&stoa, *asset, *version, task.clone()).await,
        Job::AnnounceVideo { asset, version } => videos::announce(&stoa, *asset, *version).await,
        Job::SendMail { post } => mail::send(&stoa, post).await,
        Job::SendCode { email, purpose, from } => accounts::send_code(&stoa, email, *purpose, *from).await,
        Job::TellRole { account } => accounts::tell_role(&stoa, *account, task.last_attempt).await,
        Job::SettleOrder { order } => orders::settle_job(&stoa, *order).await,
        Job::HearPayment { event } => orders::hear_job(&stoa, event).await,
        Job::TellOperators { subject, text } => tell_operators(&stoa, subject, text).await,
        Job::PublishEvent { event } => publish(&stoa, event).await,
        Job::RemoveVideos { assets } => videos::remove_all(&stoa, assets).await,
        Job::CopyVideo { asset } => downloads::copy_video(&stoa, *asset, task.cancelled).await,
        Job::PlaceCaptions { asset } => captions::place(&stoa, *asset).await,
        Job::RemoveAttachments { attachments } => downloads::remove_all(&stoa, attachments).await,
        Job::RemoveLessonFiles { lessons, owner } => downloads::remove_all_of(&stoa, *owner, lessons).await,
    }
}

async fn tell_operators(stoa: &Stoa, subject: &str, text: &str) -> Outcome {
    match stoa.operators.tell(subject, text).await {
        Ok(()) => Outcome::Done,
        Err(error @ NotifyError::Unavailable(_)) => Outcome::Retry { reason: error.to_string(), after: None },
        Err(error) => Outcome::Fail { reason: error.to_string() },
    }
}

async fn publish(stoa: &Stoa, event: &Event) -> Outcome {
    match stoa.events.publish(event).await {
        Ok(()) => Outcome::Done,
        Err(error @ EventError::Unavailable(_)) => Outcome::Retry { reason: error.to_string(), after: None },
        Err(error @ EventError::Internal(_)) => Outcome::Fail { reason: error.to_string() },
    }
}

/// Acts upon what a message of a cloud's services tells.
pub async fn hear(stoa: Stoa, told: Vec<Heard>) -> Outcome {
    for heard in &told {
        tracing::debug!(?heard, "a service tells");
        if let Err(error) = videos::hear(&stoa, heard).await {
            return Outcome::Retry { reason: format!("{error} at {heard:?}"), after: None };
        }
    }
    Outcome::Done
}
