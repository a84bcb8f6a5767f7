//! Watching what a conversion has made so far.

use crate::api::playback;
use crate::local::Local;
use crate::player::hls::{self, Hls};
use domain::id::{CourseId, LessonId};
use gloo_timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::HtmlMediaElement;

/// How often the permission is renewed, in milliseconds: well within the life of its cookies.
const RENEW: u32 = 60_000;

/// A button, and then a player of what is there.
#[component]
pub(super) fn Preview(course: CourseId, lesson: LessonId) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let wanted = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let player = Local::<Hls>::empty();
    let end = move || {
        player.with(Hls::destroy);
        player.clear();
    };
    on_cleanup(end);
    Effect::new(move || {
        let Some(video) = video.get().filter(|_| wanted.get()) else { return };
        spawn_local(async move {
            match play(course, lesson, video.into()).await {
                Ok(playing) => player.set(playing),
                Err(message) => return drop(problem.try_set(Some(message))),
            }
            // Until the page is left or the conversion ends, which takes this component away.
            while wanted.try_get_untracked() == Some(true) {
                TimeoutFuture::new(RENEW).await;
                let _ = playback::preview(course, lesson).await;
            }
        });
    });
    view! {
        <div class="needs-script mt-4">
            {move || match wanted.get() {
                false => view! {
                    <button type="button" class="btn min-h-11" on:click=move |_| wanted.set(true)>"Preview what is there"</button>
                }
                .into_any(),
                true => view! {
                    <video node_ref=video controls playsinline aria-label="Preview" class="aspect-video w-full max-w-xl rounded-box bg-black"></video>
                    <p class="hint mt-2">"The smallest size, and only as far as it is converted. Only you see it."</p>
                }
                .into_any(),
            }}
            {move || problem.get().map(|message| view! { <p role="alert" class="alert alert-error alert-soft mt-2">{message}</p> })}
        </div>
    }
}

async fn play(course: CourseId, lesson: LessonId, video: HtmlMediaElement) -> Result<Hls, String> {
    let address = playback::preview(course, lesson).await.map_err(|error| error.to_string())?;
    let address = address.ok_or("There is nothing to show yet. Try again in a moment.")?;
    hls::load().await.map_err(|_| "The player could not be fetched. Please check your connection.")?;
    if !Hls::is_supported() {
        return Err("This browser cannot show a preview. The video can be watched once it is ready.".into());
    }
    let hls = Hls::new(&hls::config(0.0));
    hls.load_source(&address);
    hls.attach_media(&video);
    Ok(hls)
}
