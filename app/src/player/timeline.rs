//! The film at a glance: a strip of small pictures below the video, to find a scene by.

use super::listing::listing;
use domain::time::Seconds;
use domain::video::{Storyboard, Tile};
use leptos::ev::{Event, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How many pictures stand side by side; on a phone every other one.
const PICTURES: u32 = 12;

/// The strip. Its pictures wait until the film can be played.
#[component]
pub(super) fn Timeline(
    video: NodeRef<html::Video>,
    /// Where the list of pictures is.
    list: String,
    /// Where playback is, in seconds.
    position: RwSignal<f64>,
    /// Whether it can go on from there.
    playable: RwSignal<bool>,
) -> impl IntoView {
    let folder = list.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    let board = RwSignal::new(Storyboard::default());
    let wanted = Memo::new(move |_| playable.get());
    Effect::new(move || {
        if !wanted.get() {
            return;
        }
        let list = list.clone();
        spawn_local(async move {
            // Without it there is the seek bar of the browser.
            if let Ok(text) = listing(&list).await {
                board.try_set(Storyboard::parse(&text));
            }
        });
    });
    let length = Memo::new(move |_| board.with(Storyboard::length).as_secs_f64());
    // Where the pointer is; where the person is about to go.
    let (hovered, chosen) = (RwSignal::new(None::<f64>), RwSignal::new(None::<f64>));
    let strip = {
        let folder = folder.clone();
        move || {
            let length = length.get();
            let middle = |n| (f64::from(n) + 0.5) / f64::from(PICTURES) * length;
            let tiles = (0..PICTURES).filter_map(|n| at(board, middle(n)));
            let class = "h-full min-w-0 flex-1 max-sm:even:hidden";
            tiles.map(|tile| picture(&folder, tile, class, "xMidYMid slice")).collect::<Vec<_>>()
        }
    };
    let bubble = move || {
        let moment = chosen.get().or(hovered.get())?;
        let tile = at(board, moment)?;
        let percent = moment / length.get() * 100.0;
        Some(view! {
            <div class="timeline-bubble" style:left=format!("clamp(5.5rem, {percent:.2}%, 100% - 5.5rem)")>
                {picture(&folder, tile, "max-h-40 w-full rounded-field bg-black", "xMidYMid")}
                <span>{clock(moment)}</span>
            </div>
        })
    };
    let pointed = move |event: PointerEvent| {
        let Some(bar) = event.current_target().and_then(|bar| bar.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let share = f64::from(event.offset_x()) / f64::from(bar.client_width().max(1));
        hovered.set(Some(share.clamp(0.0, 1.0) * length.get_untracked()));
    };
    let value = |event: &Event| event_target_value(event).parse::<f64>().ok();
    let go = move |event: Event| {
        if let (Some(video), Some(to)) = (video.get_untracked(), value(&event)) {
            video.set_current_time(to);
            position.set(to);
        }
        chosen.set(None);
    };
    let nothing = move || length.get() <= 0.0;
    view! {
        <div class="timeline" dir="ltr">
            <div class="timeline-strip" aria-hidden="true">{strip}</div>
            <input
                type="range"
                aria-label="Find a scene"
                min="0"
                step="1"
                max=move || length.get().floor()
                prop:value=move || chosen.get().unwrap_or(position.get()).min(length.get()).floor()
                aria-valuetext=move || format!("{} of {}", clock(chosen.get().unwrap_or(position.get())), clock(length.get()))
                aria-disabled=move || nothing().then_some("true")
                on:input=move |event| chosen.set(value(&event))
                on:change=go
                on:pointermove=pointed
                on:pointerleave=move |_| hovered.set(None)
            />
            {bubble}
        </div>
    }
}

fn at(board: RwSignal<Storyboard>, seconds: f64) -> Option<Tile> {
    board.with(|board| board.at(Duration::from_secs_f64(seconds.max(0.0))))
}

/// A part of a sheet.
fn picture(folder: &str, tile: Tile, class: &'static str, fit: &'static str) -> impl IntoView + use<> {
    let Tile { sheet, x, y, width, height } = tile;
    let (across, down) = tile.sheet_size();
    view! {
        <svg viewBox=format!("{x} {y} {width} {height}") preserveAspectRatio=fit class=class>
            <image href=format!("{folder}/{sheet}.jpg") width=across height=down />
        </svg>
    }
}

fn clock(seconds: f64) -> String {
    Seconds(seconds as u32).to_string()
}
