//! One stream into one video element: permission, library, playlist, renewal, recovery.

use super::State;
use super::hls::{self, Hls};
use crate::api::{ApiError, playback};
use domain::id::LessonId;
use domain::text::Slug;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::HtmlMediaElement;

/// Type of playlists, as the browser's own HLS players know it.
const HLS_TYPE: &str = "application/vnd.apple.mpegurl";
/// Seconds before the first repetition of a failed renewal; doubles up to [`MAX_PAUSE`].
const FIRST_PAUSE: u32 = 2;
const MAX_PAUSE: u32 = 60;

/// A stream on its way into a video element. Dropping it ends everything it started.
pub(super) struct Stream(Rc<Inner>);

struct Inner {
    video: HtmlMediaElement,
    course: Slug,
    lesson: LessonId,
    state: RwSignal<State>,
    shown_height: RwSignal<Option<u32>>,
    ended: Cell<bool>,
    /// Whether a media error was answered already since playback last went well.
    recovered: Cell<bool>,
    hls: RefCell<Option<Hls>>,
    listeners: RefCell<Vec<Listener>>,
}

/// Takes the name of an event and its data.
type Listener = Closure<dyn FnMut(JsValue, JsValue)>;

impl Stream {
    /// Begins at `start` seconds; what comes of it is told by `state`.
    pub(super) fn start(
        video: HtmlMediaElement,
        course: Slug,
        lesson: LessonId,
        start: f64,
        state: RwSignal<State>,
        shown_height: RwSignal<Option<u32>>,
    ) -> Self {
        let inner = Rc::new(Inner {
            video,
            course,
            lesson,
            state,
            shown_height,
            ended: Cell::new(false),
            recovered: Cell::new(false),
            hls: RefCell::new(None),
            listeners: RefCell::default(),
        });
        spawn_local(inner.clone().run(start));
        Self(inner)
    }

    /// Chooses a level, from the next segment on; [`hls::AUTO`] leaves it to the bandwidth.
    pub(super) fn choose(&self, level: i32) {
        if let Some(hls) = &*self.0.hls.borrow() {
            hls.set_next_level(level);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.ended.set(true);
        match self.0.hls.borrow_mut().take() {
            Some(hls) => hls.destroy(),
            // The browser's own player stops fetching when its source is gone.
            None => drop(self.0.video.remove_attribute("src")),
        }
        self.0.listeners.borrow_mut().clear();
    }
}

impl Inner {
    async fn run(self: Rc<Self>, start: f64) {
        let opened = playback::open(self.course.clone(), self.lesson).await;
        if self.ended.get() {
            return;
        }
        let playback = match opened {
            Ok(playback) => playback,
            Err(error) => return self.fail(&error.to_string()),
        };
        self.video.set_attribute("poster", &playback.poster).ok();
        let loaded = hls::load().await;
        if self.ended.get() {
            return;
        }
        if loaded.is_ok() && Hls::is_supported() {
            self.clone().play_with_hls(&playback.playlist, start);
        } else if !self.video.can_play_type(HLS_TYPE).is_empty() {
            self.play_natively(&playback.playlist, start);
        } else if loaded.is_err() {
            return self.fail("The player could not be fetched. Please check your connection.");
        } else {
            return self.fail("This browser cannot play streamed video. Please use a newer one.");
        }
        self.renew(playback.renew_after).await;
    }

    fn play_with_hls(self: Rc<Self>, playlist: &str, start: f64) {
        let hls = Hls::new(&hls::config(start));
        let this = self.clone();
        self.listen(&hls, hls::MANIFEST_PARSED, move |hls, _| {
            this.state.set(State::Ready { heights: hls::heights(hls) })
        });
        let this = self.clone();
        self.listen(&hls, hls::LEVEL_SWITCHED, move |hls, data| {
            let level = js_sys::Reflect::get(&data, &"level".into()).ok().and_then(|level| level.as_f64());
            this.shown_height.set(level.and_then(|level| hls::heights(hls).get(level as usize).copied()));
            this.recovered.set(false);
        });
        let this = self.clone();
        self.listen(&hls, hls::ERROR, move |hls, data| this.handle(hls, data.unchecked_ref()));
        hls.load_source(playlist);
        hls.attach_media(&self.video);
        *self.hls.borrow_mut() = Some(hls);
    }

    fn listen(&self, hls: &Hls, event: &str, mut listener: impl FnMut(&Hls, JsValue) + 'static) {
        let handle = hls.clone();
        let listener = Closure::new(move |_: JsValue, data: JsValue| listener(&handle, data));
        hls.on(event, listener.as_ref().unchecked_ref());
        self.listeners.borrow_mut().push(listener);
    }

    /// The library repeats what may pass by itself; a fatal error is one that it gave up on.
    fn handle(self: &Rc<Self>, hls: &Hls, error: &hls::ErrorData) {
        if !error.fatal() || self.ended.get() {
            return;
        }
        match error.kind().as_str() {
            "mediaError" if !self.recovered.replace(true) => hls.recover_media_error(),
            // The cookies may have run out while the device slept: new ones, and on.
            "networkError" if !self.recovered.replace(true) => {
                let (this, hls) = (self.clone(), hls.clone());
                spawn_local(async move {
                    let opened = playback::open(this.course.clone(), this.lesson).await;
                    match opened {
                        _ if this.ended.get() => {}
                        Ok(_) => hls.start_load(),
                        Err(error) => this.fail(&error.to_string()),
                    }
                });
            }
            "networkError" => self.fail("The video could not be fetched. Please check your connection."),
            _ => self.fail("The video cannot be played in this browser."),
        }
    }

    fn play_natively(&self, playlist: &str, start: f64) {
        if playlist.starts_with("https:") {
            // On a host of its own: the element asks with cookies, as hls.js does.
            self.video.set_cross_origin(Some("use-credentials"));
        }
        // A media fragment (W3C Media Fragments §4.2.1) starts it there without waiting for its metadata.
        self.video.set_src(&format!("{playlist}#t={start}"));
        self.state.set(State::Ready { heights: Vec::new() });
    }

    /// Asks for new cookies before the old ones run out, until the stream is dropped.
    async fn renew(&self, after: u32) {
        let (mut after, mut pause) = (after, FIRST_PAUSE);
        while !self.ended.get() {
            TimeoutFuture::new(after.saturating_mul(1_000)).await;
            if self.ended.get() {
                return;
            }
            match playback::open(self.course.clone(), self.lesson).await {
                Ok(playback) => (after, pause) = (playback.renew_after, FIRST_PAUSE),
                Err(ApiError::SignInNeeded | ApiError::Forbidden | ApiError::NotFound) => return,
                Err(_) => (after, pause) = (pause, (pause * 2).min(MAX_PAUSE)),
            }
        }
    }

    fn fail(&self, message: &str) {
        if !self.ended.get() {
            self.state.set(State::Failed(message.to_owned()));
        }
    }
}
