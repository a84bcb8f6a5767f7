//! Captions of a stream: the browser's own controls list and show them.

use domain::view::CaptionTrack;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlMediaElement, HtmlTrackElement, TextTrack, TextTrackList, TextTrackMode};

/// Key of the browser's local storage; the value is the language that was shown last, or nothing.
const KEY: &str = "captions";

/// Captions in a video element, until this is dropped.
pub(super) struct Captions {
    list: TextTrackList,
    elements: Vec<HtmlTrackElement>,
    /// Takes note of what the person chooses.
    _remember: Closure<dyn FnMut()>,
}

impl Captions {
    /// Adds captions to an element, and shows those that the person chose the last time. The files are fetched once they
    /// are to be shown.
    pub(super) fn add(video: &HtmlMediaElement, captions: &[CaptionTrack]) -> Option<Self> {
        let list = video.text_tracks().filter(|_| !captions.is_empty())?;
        let wanted = remembered().filter(|language| !language.is_empty());
        let elements: Vec<_> =
            captions.iter().filter_map(|caption| element(video, caption, wanted.as_deref())).collect();
        let tracks: Vec<_> = elements.iter().filter_map(HtmlTrackElement::track).collect();
        let remember = Closure::new(move || remember(&tracks));
        list.set_onchange(Some(remember.as_ref().unchecked_ref()));
        Some(Self { list, elements, _remember: remember })
    }
}

impl Drop for Captions {
    fn drop(&mut self) {
        self.list.set_onchange(None);
        self.elements.iter().for_each(|element| element.remove());
    }
}

fn element(
    video: &HtmlMediaElement,
    caption: &CaptionTrack,
    wanted: Option<&str>,
) -> Option<HtmlTrackElement> {
    let element: HtmlTrackElement = document().create_element("track").ok()?.unchecked_into();
    element.set_kind("subtitles");
    element.set_label(&caption.label);
    let language = caption.language.as_ref().map(|language| language.as_str());
    element.set_srclang(language.unwrap_or_default());
    // Not by its mode: beside a track that a script shows, Chromium shows one that it chooses by itself.
    element.set_default(wanted.is_some() && language == wanted);
    element.set_src(&caption.address);
    video.append_child(&element).ok()?;
    Some(element)
}

fn remembered() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

fn remember(tracks: &[TextTrack]) {
    let shown = tracks.iter().find(|track| track.mode() == TextTrackMode::Showing);
    let language = shown.map(TextTrack::language).unwrap_or_default();
    if let Some(storage) = storage() {
        // Refused where the person allows no storage; they choose again the next time.
        let _ = storage.set_item(KEY, &language);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
