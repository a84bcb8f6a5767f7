//! Files on their way to the server: kept above the pages, so that they go on whichever page is shown.

mod check;
mod direct;
mod launch;
mod pace;
mod tus;

pub(crate) use pace::{Pace, time_left};

use crate::local::Local;
use domain::id::{CourseId, LessonId, UploadId};
use domain::upload::{Failure, Purpose, UnfinishedUpload};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use tus::Transfer;
use web_sys::File;

/// How many files are sent at a time; more wait.
const AT_ONCE: usize = 3;

/// The files that are on their way.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    list: RwSignal<Vec<Arc<Upload>>>,
    /// What belongs to each in this browser.
    handles: Local<HashMap<u32, Handle>>,
    next: StoredValue<u32>,
}

/// A file on its way.
pub(crate) struct Upload {
    /// Tells it from others in this window.
    pub(crate) key: u32,
    pub(crate) course: CourseId,
    pub(crate) lesson: LessonId,
    pub(crate) purpose: Purpose,
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: f64,
    /// Its name on the server, once it has one.
    id: ArcRwSignal<Option<UploadId>>,
    phase: ArcRwSignal<Phase>,
    pace: ArcRwSignal<Pace>,
}

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phase {
    /// Others are sent first.
    Waiting,
    /// On its way.
    Sending,
    /// The connection is lost; it goes on by itself.
    Trying,
    /// Somebody stopped it for a while.
    Paused,
    /// It stopped.
    Failed(Failure),
    /// The server has it.
    Done,
}

impl Phase {
    /// Whether leaving would interrupt it.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Phase::Waiting | Phase::Sending | Phase::Trying)
    }
}

/// What belongs to an upload in this browser.
struct Handle {
    file: File,
    /// Once it was begun.
    transfer: Option<Transfer>,
}

impl Upload {
    /// Where it stands; tracked.
    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// How fast it is, and how far; tracked.
    pub(crate) fn pace(&self) -> Pace {
        self.pace.get()
    }

    /// Its name on the server; tracked.
    pub(crate) fn id(&self) -> Option<UploadId> {
        self.id.get()
    }

    /// Whether it cannot go on: another file may be chosen in its place; tracked.
    pub(crate) fn has_ended(&self) -> bool {
        self.phase.with(|phase| match phase {
            Phase::Done => true,
            Phase::Failed(failure) => !failure.kind.can_go_on(),
            _ => false,
        })
    }

    fn is_phase(&self, is: impl Fn(&Phase) -> bool) -> bool {
        self.phase.with_untracked(is)
    }
}

/// Makes the uploads known to everything below.
pub(crate) fn provide() {
    let uploads =
        Uploads { list: RwSignal::new(Vec::new()), handles: Local::empty(), next: StoredValue::new(0) };
    provide_context(uploads);
    Effect::new(move || {
        // What was sent is kept, but somebody has to choose the file again.
        let guard = window_event_listener(leptos::ev::beforeunload, move |event| {
            if uploads
                .list
                .with_untracked(|list| list.iter().any(|upload| upload.is_phase(Phase::is_running)))
            {
                event.prevent_default();
            }
        });
        let online = window_event_listener(leptos::ev::online, move |_| uploads.go_on());
        on_cleanup(move || {
            guard.remove();
            online.remove();
        });
    });
}

/// The uploads.
pub(crate) fn use_uploads() -> Uploads {
    expect_context()
}

impl Uploads {
    /// Those of a lesson, in the order they were chosen; tracked.
    pub(crate) fn of(self, lesson: LessonId, purpose: Purpose) -> Vec<Arc<Upload>> {
        let is_of = |upload: &&Arc<Upload>| upload.lesson == lesson && upload.purpose == purpose;
        self.list.with(|list| list.iter().filter(is_of).cloned().collect())
    }

    /// Whether this upload is continued in this window; tracked.
    pub(crate) fn has(self, id: UploadId) -> bool {
        self.list.with(|list| list.iter().any(|upload| upload.id() == Some(id)))
    }

    /// Sends a file; where it is one of those that were begun, it is continued.
    pub(crate) fn add(
        self,
        course: CourseId,
        lesson: LessonId,
        purpose: Purpose,
        file: File,
        unfinished: &[UnfinishedUpload],
    ) {
        let begun = unfinished.iter().find(|begun| begun.purpose == purpose && is_same(&file, begun));
        let begun = begun.filter(|begun| {
            !self
                .list
                .with_untracked(|list| list.iter().any(|upload| upload.id.get_untracked() == Some(begun.id)))
        });
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let upload = Arc::new(Upload {
            key,
            course,
            lesson,
            purpose,
            name: file.name(),
            size: file.size(),
            id: ArcRwSignal::new(begun.map(|begun| begun.id)),
            phase: ArcRwSignal::new(Phase::Waiting),
            pace: ArcRwSignal::new(Pace::new(js_sys::Date::now())),
        });
        self.handles.update(|handles| drop(handles.insert(key, Handle { file, transfer: None })));
        self.list.update(|list| list.push(upload));
        self.launch_waiting();
    }

    /// Stops an upload for a while.
    pub(crate) fn pause(self, upload: &Upload) {
        self.transfer(upload, Transfer::pause);
        upload.phase.set(Phase::Paused);
        self.launch_waiting();
    }

    /// Goes on with one that stopped.
    pub(crate) fn resume(self, upload: &Upload) {
        upload.phase.set(Phase::Waiting);
        self.launch_waiting();
    }

    /// Takes one out of the list. What it is on the server stays.
    pub(crate) fn forget(self, upload: &Upload) {
        self.transfer(upload, Transfer::pause);
        drop(self.handles.update(|handles| handles.remove(&upload.key)));
        self.list.update(|list| list.retain(|other| other.key != upload.key));
    }

    /// Takes those of a lesson out of the list that the server has, and says whether there were any; tracked.
    pub(crate) fn take_done(self, lesson: LessonId, purpose: Purpose) -> bool {
        let done: Vec<_> =
            self.of(lesson, purpose).into_iter().filter(|upload| upload.phase() == Phase::Done).collect();
        done.iter().for_each(|upload| untrack(|| self.forget(upload)));
        !done.is_empty()
    }

    /// The connection is back: what it stopped goes on at once.
    fn go_on(self) {
        for upload in self.list.get_untracked() {
            if upload.is_phase(|phase| {
                *phase == Phase::Trying || matches!(phase, Phase::Failed(failure) if failure.kind.passes())
            }) {
                upload.phase.set(Phase::Sending);
                self.transfer(&upload, Transfer::start);
            }
        }
    }

    fn transfer(self, upload: &Upload, act: impl FnOnce(&Transfer)) {
        self.handles.with(|handles| {
            if let Some(transfer) = handles.get(&upload.key).and_then(|handle| handle.transfer.as_ref()) {
                act(transfer);
            }
        });
    }
}

/// Whether somebody chose the file of an upload that was begun.
pub(crate) fn is_same(file: &File, begun: &UnfinishedUpload) -> bool {
    file.name() == begun.name
        && file.size() == begun.size as f64
        && (begun.modified == 0 || file.last_modified() == begun.modified as f64)
}
