//! Adding files to a lesson: choosing several, sending one after the other.

use super::transfer::{Report, Transfer};
use super::{BROKEN, NOT_TAKEN, Sending, State};
use crate::components::size;
use crate::routes;
use domain::download::{FileName, FileType};
use domain::id::{CourseId, LessonId};
use leptos::html;
use leptos::prelude::*;
use std::collections::VecDeque;
use web_sys::File;

/// Adds files to a lesson.
#[component]
pub(crate) fn AddFiles(
    course: CourseId,
    lesson: LessonId,
    /// The most bytes of a file.
    max_bytes: u64,
    /// Called whenever the server has one more.
    added: Callback<()>,
) -> impl IntoView {
    let file_input = NodeRef::<html::Input>::new();
    let adding = Adding {
        course,
        lesson,
        max_bytes,
        added,
        state: RwSignal::new(State::Idle),
        name: RwSignal::new(String::new()),
        problems: RwSignal::new(Vec::new()),
        waiting: StoredValue::new_local(VecDeque::new()),
        transfer: StoredValue::new_local(None),
    };
    on_cleanup(move || adding.transfer.set_value(None));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(input) = file_input.get() else { return };
        let chosen = input.files();
        let files = (0..).map_while(|at| chosen.as_ref()?.get(at)).collect::<VecDeque<_>>();
        let nothing = files.is_empty().then(|| "Choose files first.".to_owned());
        adding.problems.set(nothing.into_iter().collect());
        adding.waiting.set_value(files);
        adding.next();
        input.set_value("");
    };
    let sending = Memo::new(move |_| adding.state.with(|state| matches!(state, State::Sending { .. })));
    let problem = |message: String| view! { <p role="alert" class="alert alert-error alert-soft"><bdi>{message}</bdi></p> };
    view! {
        {move || sending.get().then(|| view! {
            <div>
                <p class="mb-2" dir="auto">{adding.name}</p>
                <Sending state=adding.state />
                <button type="button" class="btn mt-4 min-h-11" on:click=move |_| adding.cancel()>"Cancel"</button>
            </div>
        })}
        <form class="needs-script flex flex-col gap-4" hidden=sending on:submit=send>
            <div class="field">
                <label for="more-files">"Add files"</label>
                <input id="more-files" node_ref=file_input type="file" multiple class="file-input min-h-11 w-full" />
                <p class="hint">{format!("Documents, archives, images, subtitles and most others, up to {} each.", size(max_bytes as f64))}</p>
            </div>
            {move || adding.problems.get().into_iter().map(problem).collect::<Vec<_>>()}
            <div><button type="submit" class="btn min-h-11">"Add"</button></div>
        </form>
        <p class="without-script">"Adding files needs JavaScript. Please turn it on for this page."</p>
    }
}

/// The files that are being added.
#[derive(Clone, Copy)]
struct Adding {
    course: CourseId,
    lesson: LessonId,
    max_bytes: u64,
    added: Callback<()>,
    state: RwSignal<State>,
    /// Of the file that is on its way.
    name: RwSignal<String>,
    /// What was wrong with files, one sentence each.
    problems: RwSignal<Vec<String>>,
    waiting: StoredValue<VecDeque<File>, LocalStorage>,
    transfer: StoredValue<Option<Transfer>, LocalStorage>,
}

impl Adding {
    /// Sends the next file that can be taken.
    fn next(self) {
        while let Some(file) = self.waiting.try_update_value(VecDeque::pop_front).flatten() {
            self.name.set(file.name());
            if let Err(message) = check(&file, self.max_bytes) {
                self.refuse(&message);
                continue;
            }
            self.state.set(State::begin(file.size()));
            let address = routes::upload_file(self.course, self.lesson, &file.name());
            match Transfer::start(&address, &file, move |report| self.hear(report)) {
                Some(started) => return self.transfer.set_value(Some(started)),
                None => self.refuse(BROKEN),
            }
        }
        self.state.set(State::Idle);
    }

    fn hear(self, report: Report) {
        match report {
            Report::Sent(bytes) => return self.state.update(|state| state.sent(bytes)),
            Report::Done => self.added.run(()),
            Report::Refused(message) => self.refuse(message.as_deref().unwrap_or(NOT_TAKEN)),
            Report::Broken => {
                self.refuse(BROKEN);
                self.waiting.set_value(VecDeque::new());
            }
        }
        self.transfer.set_value(None);
        self.next();
    }

    fn refuse(self, message: &str) {
        let problem = format!("{}: {message}", self.name.get_untracked());
        self.problems.update(|problems| problems.push(problem));
    }

    fn cancel(self) {
        self.waiting.set_value(VecDeque::new());
        self.transfer.set_value(None);
        self.state.set(State::Idle);
    }
}

/// What the server would say too, before anything is sent.
fn check(file: &File, max_bytes: u64) -> Result<(), String> {
    if file.size() > max_bytes as f64 {
        return Err(format!("The file is larger than {}.", size(max_bytes as f64)));
    }
    let name = FileName::clean(&file.name()).map_err(|error| format!("The name {error}."))?;
    FileType::of(&name).map(drop).map_err(|error| format!("The file {error}."))
}
