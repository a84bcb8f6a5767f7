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

/// The least pause between two requests for the permission, in milliseconds.
const SOON: u32 = 1_000;

/// A button, and then a player of what is there.
#[component]
pub(super) fn Preview(course: CourseId, lesson: LessonId) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let wanted = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let player = Local::<Player>::empty();
    Effect::new(move || {
        let Some(video) = video.get() else { return };
        spawn_local(async move {
            let mut renew_after = match play(course, lesson, video.into()).await {
                Ok((playing, renew_after)) => {
                    player.set(playing);
                    renew_after
                }
                Err(message) => return drop(problem.try_set(Some(message))),
            };
            // Until the page is left or the conversion ends, which takes this component away.
            while player.with(|_| ()).is_some() {
                TimeoutFuture::new(renew_after.max(SOON)).await;
                match playback::preview(course, lesson).await {
                    Ok(Some(preview)) => renew_after = preview.renew_after,
                    Ok(None) => return,
                    Err(_) => renew_after = SOON,
                }
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

/// A player; it ends when this is dropped.
struct Player(Hls);

impl Drop for Player {
    fn drop(&mut self) {
        self.0.destroy();
    }
}

/// Begins to play, and tells when to ask for the permission again.
async fn play(course: CourseId, lesson: LessonId, video: HtmlMediaElement) -> Result<(Player, u32), String> {
    let preview = playback::preview(course, lesson).await.map_err(|error| error.to_string())?;
    let preview = preview.ok_or("There is nothing to show yet. Try again in a moment.")?;
    hls::load().await.map_err(|_| "The player could not be fetched. Please check your connection.")?;
    if !Hls::is_supported() {
        return Err("This browser cannot show a preview. The video can be watched once it is ready.".into());
    }
    let player = Player(Hls::new(&hls::config(0.0)));
    player.0.load_source(&preview.playlist);
    player.0.attach_media(&video);
    Ok((player, preview.renew_after))
}
