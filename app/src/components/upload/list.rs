//! What is on its way to a lesson, each with what can be done about it.

use crate::components::size;
use crate::uploads::{Phase, Upload, is_same, time_left, use_uploads};
use domain::id::{CourseId, LessonId};
use domain::upload::{Purpose, UnfinishedUpload};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// The uploads of a lesson: those of this window, and those that were begun before and can be continued.
#[component]
pub(crate) fn UploadList(
    course: CourseId,
    lesson: LessonId,
    purpose: Purpose,
    /// Those that were begun before.
    unfinished: RwSignal<Vec<UnfinishedUpload>>,
) -> impl IntoView {
    let uploads = use_uploads();
    let running = move || uploads.of(lesson, purpose);
    let left = move || {
        let is_left = |begun: &UnfinishedUpload| begun.purpose == purpose && !uploads.has(begun.id);
        unfinished.get().into_iter().filter(is_left).collect::<Vec<_>>()
    };
    // What goes on here is not to be continued, neither now nor when it has ended.
    Effect::new(move || {
        let here: Vec<_> = running().iter().filter_map(|upload| upload.id()).collect();
        if unfinished.with_untracked(|list| list.iter().any(|begun| here.contains(&begun.id))) {
            unfinished.update(|list| list.retain(|begun| !here.contains(&begun.id)));
        }
    });
    let empty = move || running().is_empty() && left().is_empty();
    view! {
        <ul class="flex flex-col gap-6" hidden=empty>
            <For each=running key=|upload| upload.key let:upload>
                <Running upload />
            </For>
            <For each=left key=|begun| (begun.id, begun.received) let:begun>
                <Unfinished course lesson begun unfinished />
            </For>
        </ul>
    }
}

/// A file on its way.
#[component]
fn Running(upload: Arc<Upload>) -> impl IntoView {
    let uploads = use_uploads();
    let name = upload.name.clone();
    let total = upload.size;
    let of = |upload: &Arc<Upload>| upload.clone();
    let percent = {
        let upload = of(&upload);
        Memo::new(move |_| percent(upload.pace().sent(), total))
    };
    let phase = {
        let upload = of(&upload);
        Memo::new(move |_| upload.phase())
    };
    let state = move || match phase.get() {
        Phase::Waiting => "Waiting for others".to_owned(),
        Phase::Sending => format!("Uploading: {:.0} %", percent.get()),
        Phase::Trying => "The connection was lost. It goes on by itself.".to_owned(),
        Phase::Paused => format!("Paused at {:.0} %", percent.get()),
        Phase::Failed(_) => format!("Stopped at {:.0} %", percent.get()),
        Phase::Done => "Uploaded".to_owned(),
    };
    let pace = {
        let upload = of(&upload);
        move || {
            let pace = upload.pace();
            let sending = phase.get() == Phase::Sending;
            let speed = pace.speed().filter(|_| sending);
            let speed = speed.map(|speed| format!(" at {} a second", size(speed))).unwrap_or_default();
            let left = pace.left(total).filter(|_| sending);
            let left = left.map(|left| format!(", {}", time_left(left))).unwrap_or_default();
            format!("{} of {}{speed}{left}", size(pace.sent()), size(total))
        }
    };
    let act = |act: fn(crate::uploads::Uploads, &Upload)| {
        let upload = of(&upload);
        move |_| act(uploads, &upload)
    };
    let (pause, resume, cancel) = (
        act(|uploads, upload| uploads.pause(upload)),
        act(|uploads, upload| uploads.resume(upload)),
        act(|uploads, upload| uploads.cancel(upload)),
    );
    let can_pause = move || phase.get().is_running();
    let can_resume = move || match phase.get() {
        Phase::Paused => true,
        Phase::Failed(failure) => failure.kind.can_go_on(),
        _ => false,
    };
    let problem = move || match phase.get() {
        Phase::Failed(failure) => Some(
            view! { <p role="alert" class="alert alert-error alert-soft mt-2"><bdi>{failure.message}</bdi></p> },
        ),
        _ => None,
    };
    let label = |what: &str| format!("{what} {name}");
    view! {
        <li>
            <p class="mb-2 flex flex-wrap justify-between gap-x-4">
                <bdi class="font-medium">{name.clone()}</bdi>
                <span role="status">{state}</span>
            </p>
            <progress class="progress progress-primary w-full" max="100" value=move || format!("{:.1}", percent.get()) aria-label=label("Upload of")></progress>
            <p class="hint mt-1">{pace}</p>
            {problem}
            <div class="mt-3 flex flex-wrap gap-2">
                <button type="button" class="btn min-h-11" hidden=move || !can_pause() aria-label=label("Pause") on:click=pause>"Pause"</button>
                <button type="button" class="btn btn-primary min-h-11" hidden=move || !can_resume() aria-label=label("Resume") on:click=resume>"Resume"</button>
                <button type="button" class="btn min-h-11" aria-label=label("Cancel") on:click=cancel>"Cancel"</button>
            </div>
        </li>
    }
}

/// An upload that was begun before: in another window, or before this one was closed.
#[component]
fn Unfinished(
    course: CourseId,
    lesson: LessonId,
    begun: UnfinishedUpload,
    unfinished: RwSignal<Vec<UnfinishedUpload>>,
) -> impl IntoView {
    let uploads = use_uploads();
    let problem = RwSignal::new(None::<String>);
    let file_input = NodeRef::<html::Input>::new();
    let UnfinishedUpload { id, purpose, name, size: bytes, received, .. } = begun.clone();
    let percent = percent(received as f64, bytes as f64);
    let input_id = format!("continue-{id}");
    let choose = move |_| {
        let Some(input) = file_input.get() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        input.set_value("");
        if is_same(&file, &begun) {
            uploads.add(course, lesson, purpose, file, std::slice::from_ref(&begun));
        } else {
            let message = format!(
                "This is another file, or it has changed. {} with {} is expected.",
                begun.name,
                size(begun.size as f64)
            );
            problem.set(Some(message));
        }
    };
    let give_up = move |_| {
        unfinished.update(|list| list.retain(|begun| begun.id != id));
        spawn_local(async move { drop(crate::api::uploads::abort(id).await) });
    };
    view! {
        <li class="needs-script">
            <p>
                <bdi class="font-medium">{name.clone()}</bdi>
                {format!(": {percent:.0} % is here. Choose the same file to continue.")}
            </p>
            <progress class="progress w-full" max="100" value=format!("{percent:.1}") aria-label=format!("What is here of {name}")></progress>
            {move || problem.get().map(|message| view! { <p role="alert" class="alert alert-error alert-soft mt-2"><bdi>{message}</bdi></p> })}
            <div class="mt-3 flex flex-wrap items-center gap-2">
                <label class="sr-only" for=input_id.clone()>{format!("Continue {name}")}</label>
                <input id=input_id node_ref=file_input type="file" class="file-input min-h-11 min-w-0 flex-1 basis-56" on:change=choose />
                <button type="button" class="btn min-h-11" aria-label=format!("Discard {name}") on:click=give_up>"Discard"</button>
            </div>
        </li>
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { 100.0 * part / whole } else { 0.0 }
}
