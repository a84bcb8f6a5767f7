//! The player of a lesson: signed streaming with hls.js, the choice of quality, the position.

mod captions;
mod elsewhere;
pub(crate) mod hls;
mod listing;
mod permit;
mod reporter;
mod stream;
mod timeline;

use crate::local::Local;
use domain::id::{LeaseId, LessonId};
use domain::text::{Slug, Title};
use domain::time::Seconds;
use domain::view::Elsewhere;
use elsewhere::ElsewherePanel;
use leptos::html;
use leptos::prelude::*;
use reporter::Reporter;
use stream::{Shown, Start, Stream};
use timeline::Timeline;

/// What the player is doing.
#[derive(Debug, Clone, PartialEq)]
enum State {
    /// Waiting for the permission, the library, the playlist.
    Preparing,
    /// Can be played; the heights are those that can be chosen between, and empty where the browser chooses.
    Ready { heights: Vec<u32> },
    /// Other devices of the account play.
    Elsewhere {
        /// Which.
        elsewhere: Elsewhere,
        /// Whether it was playing here until now.
        interrupted: bool,
    },
    /// Cannot be played: why, in a sentence.
    Failed(String),
}

/// The player of one lesson, for as long as it is shown.
#[component]
pub(crate) fn Player(course: Slug, lesson: LessonId, title: Title, resume_at: Seconds) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let state = RwSignal::new(State::Preparing);
    let shown = Shown::default();
    let (now, playable) = (RwSignal::new(f64::from(resume_at.0)), RwSignal::new(false));
    // How often the person asked to play here, and which other device they want to stop for it.
    let attempt = RwSignal::new((0_u32, None::<LeaseId>));
    let stream = Local::<Stream>::empty();
    let reporter = Local::<Reporter>::empty();
    let position = move || video.get_untracked().map(|video| video.current_time().max(0.0));
    let report = move |how: fn(&Reporter, u32)| {
        let playable = state.with_untracked(|state| matches!(state, State::Ready { .. }));
        if let Some(position) = position().filter(|_| playable) {
            reporter.with(|reporter| how(reporter, position as u32));
        }
    };

    // Effects run in the browser alone, after hydration.
    Effect::new(move || {
        let (attempts, stop) = attempt.get();
        let Some(video) = video.get() else { return };
        let left = stream.with(Stream::position);
        if reporter.with(|_| ()).is_none() {
            reporter.set(Reporter::new(course.clone(), lesson));
        }
        let start = Start { at: left.unwrap_or(f64::from(resume_at.0)), playing: attempts > 0, stop };
        state.set(State::Preparing);
        stream.clear();
        stream.set(Stream::start(video.into(), course.clone(), lesson, start, state, shown));
    });
    Effect::new(move || {
        let leaving = window_event_listener_untyped("pagehide", move |_| {
            report(Reporter::last_words);
            stream.with(Stream::release);
        });
        on_cleanup(move || leaving.remove());
        // Timers do not run while the device sleeps, or run late while the page is hidden.
        for (event, act) in [
            ("online", Stream::wake as fn(&Stream)),
            ("visibilitychange", Stream::wake),
            ("pageshow", Stream::come_back),
        ] {
            let waking = window_event_listener_untyped(event, move |_| {
                stream.with(act);
            });
            on_cleanup(move || waking.remove());
        }
    });
    on_cleanup(move || stream.clear());

    let play = Callback::new(move |stop| attempt.update(|attempt| *attempt = (attempt.0 + 1, stop)));
    let elsewhere = move || state.with(|state| matches!(state, State::Elsewhere { .. }));
    let choose = move |event| {
        if let Ok(level) = event_target_value(&event).parse() {
            stream.with(|stream| stream.choose(level));
        }
    };
    view! {
        <div class="player">
            <video
                node_ref=video
                controls
                playsinline
                preload="metadata"
                aria-label=format!("Video: {title}")
                class="needs-script aspect-video w-full rounded-box bg-black"
                hidden=elsewhere
                on:timeupdate=move |_| {
                    report(Reporter::playing);
                    if let Some(position) = position() {
                        now.set(position);
                    }
                }
                on:canplay=move |_| playable.set(true)
                on:pause=move |_| report(Reporter::now)
                on:seeked=move |_| report(Reporter::playing)
                on:ended=move |_| report(Reporter::now)
                on:error=move |_| {
                    stream.with(Stream::failed);
                }
            ></video>
            {move || {
                let list = shown.storyboard.get().filter(|_| !elsewhere())?;
                Some(view! { <Timeline video list position=now playable /> })
            }}
            <div class="needs-script mt-2 flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2">
                {move || match state.get() {
                    State::Preparing => view! { <p role="status" class="hint">"Preparing the video…"</p> }.into_any(),
                    State::Ready { heights } if heights.is_empty() => ().into_any(),
                    State::Ready { heights } => view! { <Quality heights shown=shown.height choose /> }.into_any(),
                    State::Elsewhere { elsewhere, interrupted } => view! { <ElsewherePanel elsewhere interrupted play /> }.into_any(),
                    State::Failed(message) => view! {
                        <p role="alert" class="alert alert-error alert-soft grow">
                            {message}
                            <button type="button" class="btn min-h-11" on:click=move |_| play.run(None)>"Retry"</button>
                        </p>
                    }
                    .into_any(),
                }}
            </div>
            <p class="without-script alert">"Playing the video needs JavaScript. Please turn it on for this page."</p>
        </div>
    }
}

#[component]
fn Quality(
    /// In the order of hls.js' levels.
    heights: Vec<u32>,
    shown: RwSignal<Option<u32>>,
    choose: impl Fn(leptos::ev::Event) + 'static,
) -> impl IntoView {
    let mut levels: Vec<_> = heights.into_iter().enumerate().collect();
    levels.sort_by_key(|&(_, height)| std::cmp::Reverse(height));
    let options: Vec<_> = levels
        .into_iter()
        .map(|(level, height)| view! { <option value=level.to_string()>{format!("{height}p")}</option> })
        .collect();
    view! {
        <label class="ms-auto flex items-center gap-2 text-sm">
            <span>"Quality"</span>
            <select class="select min-h-11 w-auto" on:change=choose>
                <option value=hls::AUTO.to_string()>"Auto"</option>
                {options}
            </select>
        </label>
        <span class="hint w-14 text-end" aria-hidden="true">{move || shown.get().map(|height| format!("{height}p"))}</span>
    }
}
