//! The picture that stands for a video before it plays: which of several.

use crate::api::playback;
use crate::api::videos::ChoosePoster;
use crate::components::{Outcome, PostForm, Problem};
use domain::id::{CourseId, LessonId};
use domain::view::LessonVideo;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

/// The poster, and the others to choose from. Like the video itself they can be fetched with signed cookies alone, so
/// they are asked for in the browser.
#[component]
pub(super) fn Posters(course: CourseId, lesson: LessonId, video: RwSignal<LessonVideo>) -> impl IntoView {
    let pictures = RwSignal::new(Vec::<String>::new());
    let choose = Outcome::of(ChoosePoster::PATH);
    Effect::new(move || {
        spawn_local(async move {
            if let Ok(addresses) = playback::posters(course, lesson).await {
                pictures.try_set(addresses);
            }
        });
    });
    let chosen = Memo::new(move |_| video.with(|video| video.poster));
    let shown = move || {
        let pictures = pictures.get();
        pictures.get(chosen.get() as usize).or(pictures.first()).cloned()
    };
    let choice = move |(at, src): (usize, String)| {
        let is_chosen = move || chosen.get() as usize == at;
        let class = move || match is_chosen() {
            true => {
                "aspect-video w-28 cursor-pointer overflow-hidden rounded-field bg-base-200 outline-2 outline-offset-2 outline-primary"
            }
            false => "aspect-video w-28 cursor-pointer overflow-hidden rounded-field bg-base-200",
        };
        view! {
            <PostForm to=ChoosePoster::PATH outcome=choose>
                <input type="hidden" name="course" value=course.to_string() />
                <input type="hidden" name="lesson" value=lesson.to_string() />
                <input type="hidden" name="poster" value=at.to_string() />
                <button
                    type="submit"
                    class=class
                    aria-label=format!("Use picture {}", at + 1)
                    aria-pressed=move || is_chosen().to_string()
                    on:click=move |_| video.update(|video| video.poster = at as u32)
                >
                    <img src=src alt="" class="size-full object-cover" />
                </button>
            </PostForm>
        }
    };
    view! {
        <div class="needs-script aspect-video w-48 max-w-full overflow-hidden rounded-field bg-base-200">
            {move || shown().map(|src| view! { <img src=src alt="" class="size-full object-cover" /> })}
        </div>
        {move || (pictures.with(Vec::len) > 1).then(|| view! {
            <details class="order-last w-full">
                <summary class="text-link inline-flex min-h-11 cursor-pointer items-center text-sm">"Choose another picture"</summary>
                <div class="mt-2 flex flex-wrap gap-3 p-1">
                    {pictures.get().into_iter().enumerate().map(choice).collect::<Vec<_>>()}
                </div>
                <Problem of=choose />
            </details>
        })}
    }
}
