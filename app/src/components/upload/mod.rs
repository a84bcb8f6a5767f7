//! The video of a lesson, for its instructor: choosing a file, sending it, watching it being converted.

mod files;
mod pace;
mod transfer;

pub(crate) use files::AddFiles;

use super::{VideoStatusView, live, size};
use crate::api::videos;
use crate::routes;
use domain::id::{CourseId, LessonId};
use domain::text::Slug;
use domain::video::VideoStatus;
use domain::view::LessonVideo;
use leptos::html;
use leptos::prelude::*;
use pace::Pace;
pub(crate) use pace::time_left;
use transfer::{Report, Transfer};

/// How often a conversion is asked about, in milliseconds.
const POLL: u32 = 1_000;

const BROKEN: &str = "The connection was lost. Please check it, then upload again.";
const NOT_TAKEN: &str = "The server could not take the file. Please try again in a minute.";

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Idle,
    Sending { total: f64, sent: f64, pace: Pace },
    Failed(String),
}

impl State {
    /// A transfer of so many bytes that begins now.
    fn begin(total: f64) -> Self {
        Self::Sending { total, sent: 0.0, pace: Pace::new(js_sys::Date::now()) }
    }

    /// Takes note that so many bytes are through.
    fn sent(&mut self, bytes: f64) {
        if let State::Sending { sent, pace, .. } = self {
            *sent = bytes;
            pace.report(js_sys::Date::now(), bytes);
        }
    }
}

/// The video of a lesson.
#[component]
pub(crate) fn Upload(
    course: CourseId,
    /// The course's name in addresses.
    slug: Slug,
    lesson: LessonId,
    video: LessonVideo,
) -> impl IntoView {
    let video = RwSignal::new(video);
    let status = Memo::new(move |_| video.with(|video| video.status.clone()));
    let state = RwSignal::new(State::Idle);
    let transfer = StoredValue::new_local(None::<Transfer>);
    let file_input = NodeRef::<html::Input>::new();
    let in_progress = move || status.with(VideoStatus::in_progress);
    let followed =
        live(POLL, in_progress, move || videos::status(course, lesson), move |now| drop(video.try_set(now)));
    on_cleanup(move || transfer.set_value(None));

    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(file) = file_input.get().and_then(|input| input.files()?.get(0)) else {
            return state.set(State::Failed("Choose a file first.".into()));
        };
        state.set(State::begin(file.size()));
        let report = move |report| {
            if !matches!(report, Report::Sent(_)) {
                transfer.set_value(None);
            }
            match report {
                Report::Sent(bytes) => state.update(|state| state.sent(bytes)),
                Report::Done => {
                    state.set(State::Idle);
                    video.update(|video| video.status = VideoStatus::Waiting);
                }
                Report::Refused(message) => {
                    state.set(State::Failed(message.unwrap_or_else(|| NOT_TAKEN.into())))
                }
                Report::Broken => state.set(State::Failed(BROKEN.into())),
            }
        };
        match Transfer::start(&routes::upload(course, lesson, &file.name()), &file, report) {
            Some(started) => transfer.set_value(Some(started)),
            None => state.set(State::Failed(BROKEN.into())),
        }
    };
    let cancel = move |_| {
        transfer.set_value(None);
        state.set(State::Idle);
    };
    let sending = Memo::new(move |_| state.with(|state| matches!(state, State::Sending { .. })));
    let busy = move || sending.get() || status.with(VideoStatus::in_progress);
    let prompt = move || {
        status
            .with(|status| *status != VideoStatus::Missing)
            .then_some("A new file replaces the present video.")
    };

    view! {
        <section aria-labelledby="video">
            <h2 id="video" class="mb-4 text-xl font-semibold">"Video"</h2>
            <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                <Show when=move || !sending.get()>
                    <VideoStatusView course slug=slug.clone() lesson video followed />
                </Show>
                {move || sending.get().then(|| view! { <Sending state /> })}
                <Show when=move || sending.get()>
                    <div><button type="button" class="btn min-h-11" on:click=cancel>"Cancel"</button></div>
                </Show>
                <form class="needs-script flex flex-col gap-4" hidden=busy on:submit=send>
                    <div class="field">
                        <label for="video-file">"Video file"</label>
                        <input id="video-file" node_ref=file_input type="file" accept="video/*" class="file-input min-h-11 w-full" />
                        <p class="hint">"MP4, MOV, MKV, WebM and most others. " {prompt}</p>
                    </div>
                    {move || match state.get() {
                        State::Failed(message) => Some(view! { <p role="alert" class="alert alert-error alert-soft">{message}</p> }),
                        _ => None,
                    }}
                    <div><button type="submit" class="btn btn-primary min-h-11">"Upload"</button></div>
                </form>
                <p class="without-script">"Uploading a video needs JavaScript. Please turn it on for this page."</p>
            </div>
        </section>
    }
}

#[component]
fn Sending(state: RwSignal<State>) -> impl IntoView {
    let with = move |tell: fn(f64, f64, Pace) -> String| {
        move || {
            state.with(|state| match *state {
                State::Sending { total, sent, pace } => tell(total, sent, pace),
                _ => String::new(),
            })
        }
    };
    let percent =
        with(|total, sent, _| format!("{:.0}", if total > 0.0 { 100.0 * sent / total } else { 0.0 }));
    view! {
        <div>
            <p class="mb-2 flex flex-wrap justify-between gap-x-4">
                <span class="font-medium">"Uploading: " {percent} " %"</span>
                <span class="hint">{with(|total, _, pace| pace.left(total).map(time_left).unwrap_or_default())}</span>
            </p>
            <progress class="progress progress-primary w-full" max="100" value=percent aria-label="Upload"></progress>
            <p class="hint mt-2">
                {with(|total, sent, pace| {
                    let speed = pace.speed().map(|speed| format!(" at {} a second", size(speed))).unwrap_or_default();
                    format!("{} of {}{speed}", size(sent), size(total))
                })}
            </p>
        </div>
    }
}
