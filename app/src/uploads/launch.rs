//! From a chosen file to one that the server has.

use super::check::check;
use super::tus::{Report, Transfer, told};
use super::{AT_ONCE, Handle, Pace, Phase, Upload, Uploads};
use crate::api::{ApiError, uploads as api};
use domain::id::UploadId;
use domain::upload::{BegunUpload, Failure, FailureKind};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use web_sys::File;

/// How often finishing is asked for, and how long between, in milliseconds.
const FINISH_TRIES: u32 = 10;
const FINISH_PAUSE: u32 = 2_000;

impl Uploads {
    /// Begins with those that wait, as many as are sent at a time.
    pub(super) fn launch_waiting(self) {
        let list = self.list.get_untracked();
        let running = list
            .iter()
            .filter(|upload| upload.is_phase(|phase| matches!(phase, Phase::Sending | Phase::Trying)));
        let free = AT_ONCE.saturating_sub(running.count());
        let waiting = list.iter().filter(|upload| upload.is_phase(|phase| *phase == Phase::Waiting));
        for upload in waiting.take(free) {
            upload.phase.set(Phase::Sending);
            let upload = upload.clone();
            spawn_local(async move {
                if let Err(failure) = self.launch(&upload).await {
                    upload.phase.set(Phase::Failed(failure));
                    self.launch_waiting();
                }
            });
        }
    }

    async fn launch(self, upload: &Arc<Upload>) -> Result<(), Failure> {
        let has_transfer = |handle: &Handle| handle.transfer.is_some();
        let handle = |uploads: Uploads| {
            let found = uploads.handles.with(|handles| {
                handles.get(&upload.key).map(|handle| (handle.file.clone(), has_transfer(handle)))
            });
            found.flatten()
        };
        // Gone where somebody cancelled it in the meantime.
        let Some((file, has_begun)) = handle(self) else { return Ok(()) };
        if !has_begun {
            check(&file, upload.purpose).await?;
            let begun = begun(upload, &file).await?;
            if handle(self).is_none() {
                drop(api::abort(begun.id).await);
                return Ok(());
            }
            Transfer::load().await.map_err(|_| told(FailureKind::Network))?;
            let transfer = self.prepare(upload, &file, &begun);
            self.handles.update(|handles| {
                if let Some(handle) = handles.get_mut(&upload.key) {
                    handle.transfer = Some(transfer);
                }
            });
        }
        if upload.is_phase(|phase| *phase == Phase::Sending) {
            self.transfer(upload, Transfer::start);
        }
        Ok(())
    }

    fn prepare(self, upload: &Arc<Upload>, file: &File, begun: &BegunUpload) -> Transfer {
        let (upload, id) = (upload.clone(), begun.id);
        Transfer::new(file, begun, move |report| match report {
            Report::Sent(bytes) => {
                upload.pace.update(|pace| pace.report(js_sys::Date::now(), bytes));
                if upload.is_phase(|phase| *phase == Phase::Trying) {
                    upload.phase.set(Phase::Sending);
                }
            }
            Report::Trying => upload.phase.set(Phase::Trying),
            Report::Failed(failure) => {
                upload.phase.set(Phase::Failed(failure));
                self.launch_waiting();
            }
            Report::Whole => {
                let upload = upload.clone();
                spawn_local(async move {
                    match finish(id).await {
                        Ok(()) => upload.phase.set(Phase::Done),
                        Err(failure) => upload.phase.set(Phase::Failed(failure)),
                    }
                    self.launch_waiting();
                });
            }
        })
    }

    /// Gives an upload up, here and on the server.
    pub(crate) fn cancel(self, upload: &Upload) {
        self.forget(upload);
        if let Some(id) = upload.id.get_untracked() {
            // What cannot be told now, the server finds out after a while.
            spawn_local(async move { drop(api::abort(id).await) });
        }
        self.launch_waiting();
    }
}

/// Begins on the server, unless that was done.
async fn begun(upload: &Upload, file: &File) -> Result<BegunUpload, Failure> {
    let size = file.size() as u64;
    if let Some(id) = upload.id.get_untracked() {
        return api::continued(id).await.map_err(failure);
    }
    let (name, media_type, modified) = (file.name(), file.type_(), file.last_modified() as i64);
    let begun =
        api::begin(upload.course, upload.lesson, upload.purpose, name, media_type, size, modified).await;
    let begun = begun.map_err(failure)?;
    upload.id.set(Some(begun.id));
    upload.pace.set(Pace::new(js_sys::Date::now()));
    Ok(begun)
}

/// Has the server make of it what it was sent for. The bytes are there: it is worth some patience.
async fn finish(id: UploadId) -> Result<(), Failure> {
    for _ in 1..FINISH_TRIES {
        match api::finish(id).await {
            Err(ApiError::Unreachable | ApiError::Unavailable) => TimeoutFuture::new(FINISH_PAUSE).await,
            answer => return answer.map_err(failure),
        }
    }
    api::finish(id).await.map_err(failure)
}

/// What an answer means for an upload.
pub(super) fn failure(error: ApiError) -> Failure {
    let kind = match &error {
        ApiError::SignInNeeded | ApiError::ProofNeeded => return told(FailureKind::SignedOut),
        ApiError::Unreachable => return told(FailureKind::Network),
        ApiError::Forbidden => FailureKind::Forbidden,
        ApiError::NotFound => FailureKind::Gone,
        ApiError::Invalid { .. } | ApiError::Refused { .. } => FailureKind::Type,
        ApiError::Conflict | ApiError::Unavailable => FailureKind::Unavailable,
        ApiError::Internal { .. } => FailureKind::Other,
    };
    Failure { kind, message: error.to_string() }
}
