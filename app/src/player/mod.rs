//! The player of a lesson: signed streaming with hls.js, the choice of quality, the position.

mod hls;
mod reporter;
mod stream;

use domain::id::LessonId;
use domain::text::{Slug, Title};
use domain::time::Seconds;
use leptos::html;
use leptos::prelude::*;
use reporter::Reporter;
use stream::Stream;

/// What the player is doing.
#[derive(Debug, Clone, PartialEq)]
enum State {
    /// Waiting for the permission, the library, the playlist.
    Preparing,
    /// Can be played; the heights are those that can be chosen between, and empty where the browser chooses.
    Ready { heights: Vec<u32> },
    /// Cannot be played: why, in a sentence.
    Failed(String),
}

/// The player of one lesson, for as long as it is shown.
#[component]
pub(crate) fn Player(course: Slug, lesson: LessonId, title: Title, resume_at: Seconds) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let state = RwSignal::new(State::Preparing);
    let shown_height = RwSignal::new(None::<u32>);
    let attempt = RwSignal::new(0_u32);
    let stream = StoredValue::new_local(None::<Stream>);
    let reporter = StoredValue::new_local(Reporter::new(course.clone(), lesson));
    let position = move || video.get_untracked().map(|video| video.current_time().max(0.0));
    let report = move |how: fn(&Reporter, u32)| {
        if let Some(position) = position() {
            reporter.with_value(|reporter| how(reporter, position as u32));
        }
    };

    // Effects run in the browser alone, after hydration.
    Effect::new(move || {
        let attempts = attempt.get();
        let Some(video) = video.get() else { return };
        let start = if attempts == 0 { f64::from(resume_at.0) } else { video.current_time() };
        state.set(State::Preparing);
        stream.set_value(None);
        stream.set_value(Some(Stream::start(
            video.into(),
            course.clone(),
            lesson,
            start,
            state,
            shown_height,
        )));
    });
    Effect::new(move || {
        let leaving = window_event_listener_untyped("pagehide", move |_| report(Reporter::last_words));
        on_cleanup(move || leaving.remove());
    });
    on_cleanup(move || stream.set_value(None));

    let choose = move |event| {
        if let Ok(level) = event_target_value(&event).parse() {
            stream.with_value(|stream| stream.iter().for_each(|stream| stream.choose(level)));
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
                on:timeupdate=move |_| report(Reporter::playing)
                on:pause=move |_| report(Reporter::now)
                on:seeked=move |_| report(Reporter::playing)
                on:ended=move |_| report(Reporter::now)
            ></video>
            <div class="needs-script mt-2 flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2">
                {move || match state.get() {
                    State::Preparing => view! { <p role="status" class="hint">"Preparing the video…"</p> }.into_any(),
                    State::Ready { heights } if heights.is_empty() => ().into_any(),
                    State::Ready { heights } => view! { <Quality heights shown=shown_height choose /> }.into_any(),
                    State::Failed(message) => view! {
                        <p role="alert" class="alert alert-error alert-soft grow">
                            {message}
                            <button type="button" class="btn min-h-11" on:click=move |_| attempt.update(|n| *n += 1)>"Retry"</button>
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
