//! One stream into one video element: permission, library, playlist, renewal, recovery.

use super::State;
use super::captions::Captions;
use super::hls::{self, Hls};
use super::permit::Permit;
use crate::api::ApiError;
use crate::library;
use domain::id::{LeaseId, LessonId};
use domain::text::Slug;
use domain::view::{CaptionTrack, Opening, Playback};
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
/// The edge's answer to cookies that have run out.
const FORBIDDEN: u32 = 403;
/// How often the library asks again for what was forbidden: for some ten seconds.
const FORBIDDEN_RETRIES: u32 = 4;

/// How to begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Start {
    /// Where, in seconds.
    pub(super) at: f64,
    /// Whether to play at once.
    pub(super) playing: bool,
    /// Which other device to stop for it.
    pub(super) stop: Option<LeaseId>,
}

/// What is told of what is in the element.
#[derive(Clone, Copy, Default)]
pub(super) struct Shown {
    /// The height of the level that is shown.
    pub(super) height: RwSignal<Option<u32>>,
    /// Where the list of its small pictures is, where it has some.
    pub(super) storyboard: RwSignal<Option<String>>,
}

/// A stream on its way into a video element. Dropping it ends everything it started.
pub(super) struct Stream(Rc<Inner>);

struct Inner {
    video: HtmlMediaElement,
    permit: Permit,
    state: RwSignal<State>,
    shown: Shown,
    /// Where playback began, then where it ended, in seconds.
    position: Cell<f64>,
    ended: Cell<bool>,
    /// Whether an error was answered already since cookies were last renewed in time.
    recovered: Cell<bool>,
    /// Whether the library gave up fetching: to be started again with the next cookies.
    starved: Cell<bool>,
    playlist: RefCell<String>,
    /// What there is, and what is in the element now.
    captions: RefCell<Vec<CaptionTrack>>,
    shown_captions: RefCell<Option<Captions>>,
    hls: RefCell<Option<Hls>>,
    listeners: RefCell<Vec<Listener>>,
    retries: RefCell<Option<hls::Retries>>,
}

/// Takes the name of an event and its data.
type Listener = Closure<dyn FnMut(JsValue, JsValue)>;

impl Stream {
    /// Begins; what comes of it is told by `state`.
    pub(super) fn start(
        video: HtmlMediaElement,
        course: Slug,
        lesson: LessonId,
        start: Start,
        state: RwSignal<State>,
        shown: Shown,
    ) -> Self {
        let inner = Rc::new(Inner {
            video,
            permit: Permit::new(course, lesson),
            state,
            shown,
            position: Cell::new(start.at),
            ended: Cell::new(false),
            recovered: Cell::new(false),
            starved: Cell::new(false),
            playlist: RefCell::default(),
            captions: RefCell::default(),
            shown_captions: RefCell::default(),
            hls: RefCell::new(None),
            listeners: RefCell::default(),
            retries: RefCell::new(None),
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

    /// Where it ended, in seconds; where it began, before that.
    pub(super) fn position(&self) -> f64 {
        self.0.position.get()
    }

    /// The device woke up, or the connection came back.
    pub(super) fn wake(&self) {
        self.0.tick();
    }

    /// The page came back.
    pub(super) fn come_back(&self) {
        self.0.permit.come_back();
        self.0.tick();
    }

    /// The page is going away.
    pub(super) fn release(&self) {
        self.0.permit.release();
    }

    /// The video element failed. hls.js looks after its own; the browser's player is helped once.
    pub(super) fn failed(&self) {
        let this = &self.0;
        if this.ended.get() || this.hls.borrow().is_some() || this.playlist.borrow().is_empty() {
            return;
        }
        if this.recovered.get() {
            return this.fail("The video could not be played. Please check your connection.");
        }
        let (this, at, playing) = (this.clone(), this.video.current_time(), !this.video.paused());
        spawn_local(async move {
            this.renew().await;
            this.recovered.set(true);
            if !this.ended.get() {
                let playlist = this.playlist.borrow().clone();
                this.play(&playlist, at, playing);
            }
        });
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Inner {
    async fn run(self: Rc<Self>, start: Start) {
        let Some(opened) = self.permit.ask(start.stop).await else { return };
        if self.ended.get() {
            return self.permit.release();
        }
        let playback = match opened {
            Ok(Opening::Granted(playback)) => playback,
            Ok(Opening::Elsewhere(elsewhere)) => {
                return self.end(State::Elsewhere { elsewhere, interrupted: false });
            }
            Err(error) => return self.fail(&error.to_string()),
        };
        self.video.set_attribute("poster", &playback.poster).ok();
        let loaded = hls::load().await;
        if self.ended.get() {
            return;
        }
        if !(loaded.is_ok() && Hls::is_supported()) && self.video.can_play_type(HLS_TYPE).is_empty() {
            let why = match loaded {
                Ok(()) => "This browser cannot play streamed video. Please use a newer one.",
                Err(_) => "The player could not be fetched. Please check your connection.",
            };
            return self.fail(why);
        }
        self.captions.replace(playback.captions);
        self.shown.storyboard.set(playback.storyboard);
        self.play(&playback.playlist, start.at, start.playing);
        while !self.ended.get() {
            TimeoutFuture::new(self.permit.wait()).await;
            self.tick();
        }
    }

    /// Plays what is at the address, with the library where it works, else with the browser's own player.
    fn play(self: &Rc<Self>, playlist: &str, at: f64, playing: bool) {
        self.unload();
        // Refused where the person has not touched the page; then they press play.
        self.video.set_autoplay(playing);
        playlist.clone_into(&mut self.playlist.borrow_mut());
        if playlist.starts_with("https:") {
            // On a host of its own: the element asks with cookies, as hls.js does. Captions are its own to ask for.
            self.video.set_cross_origin(Some("use-credentials"));
        }
        match hls::is_loaded() && Hls::is_supported() {
            true => self.play_with_hls(playlist, at),
            false => {
                // A media fragment (W3C Media Fragments §4.2.1) starts it there without waiting for its metadata.
                self.video.set_src(&format!("{playlist}#t={at}"));
                self.add_captions();
                self.state.set(State::Ready { heights: Vec::new() });
            }
        }
    }

    fn play_with_hls(self: &Rc<Self>, playlist: &str, at: f64) {
        let hls = Hls::new(&hls::config(at));
        let this = self.clone();
        *self.retries.borrow_mut() = Some(hls.retry(move |status, tried| {
            let expired = status == FORBIDDEN && tried < FORBIDDEN_RETRIES;
            if expired {
                this.permit.doubt();
                this.tick();
            }
            expired
        }));
        let this = self.clone();
        self.listen(&hls, hls::MANIFEST_PARSED, move |hls, _| {
            // Not before: the library empties all text tracks when it begins to load.
            this.add_captions();
            this.state.set(State::Ready { heights: hls::heights(hls) })
        });
        let this = self.clone();
        self.listen(&hls, hls::LEVEL_SWITCHED, move |hls, data| {
            let level = library::get(&data, "level").as_f64();
            this.shown.height.set(level.and_then(|level| hls::heights(hls).get(level as usize).copied()));
        });
        let this = self.clone();
        self.listen(&hls, hls::ERROR, move |hls, data| this.handle(hls, data.unchecked_ref()));
        hls.load_source(playlist);
        hls.attach_media(&self.video);
        *self.hls.borrow_mut() = Some(hls);
    }

    /// Has the element show what captions there are now.
    fn add_captions(&self) {
        // First what was there goes.
        self.shown_captions.take();
        self.shown_captions.replace(Captions::add(&self.video, &self.captions.borrow()));
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
        let (this, hls, kind) = (self.clone(), hls.clone(), error.kind());
        // Not before the library is done with telling it.
        spawn_local(async move {
            match kind.as_str() {
                "mediaError" if !this.recovered.replace(true) => hls.recover_media_error(),
                // It goes on with what is there, until an answer comes again.
                "networkError" if !this.recovered.get() => {
                    this.starved.set(true);
                    this.permit.doubt();
                    this.tick();
                }
                "networkError" => this.fail("The video could not be fetched. Please check your connection."),
                _ => this.fail("The video cannot be played in this browser."),
            }
        });
    }

    /// Asks for new cookies where it is time to.
    fn tick(self: &Rc<Self>) {
        if self.permit.is_due() && !self.ended.get() {
            let this = self.clone();
            spawn_local(async move { this.renew().await });
        }
    }

    async fn renew(self: &Rc<Self>) {
        let Some(answer) = self.permit.ask(None).await else { return };
        if self.ended.get() {
            return self.permit.release();
        }
        match answer {
            Ok(Opening::Granted(playback)) => self.go_on(playback),
            Ok(Opening::Elsewhere(elsewhere)) => self.end(State::Elsewhere { elsewhere, interrupted: true }),
            Err(ApiError::SignInNeeded) => self.fail("You are signed out. Please sign in again to go on."),
            Err(ApiError::Forbidden | ApiError::NotFound) => {
                self.fail("This lesson is not open to you any more.")
            }
            // The cookies may still open what is needed until the next attempt.
            Err(_) => {}
        }
    }

    /// There are new cookies, for what is at this address.
    fn go_on(self: &Rc<Self>, Playback { playlist, captions, storyboard, .. }: Playback) {
        if self.shown.storyboard.with_untracked(|shown| *shown != storyboard) {
            self.shown.storyboard.set(storyboard);
        }
        let starved = self.starved.take();
        self.recovered.set(starved);
        let same = *self.playlist.borrow() == playlist;
        let others = self.captions.replace(captions) != *self.captions.borrow();
        if same && others && self.state.with_untracked(|state| matches!(state, State::Ready { .. })) {
            self.add_captions();
        }
        let hls = self.hls.borrow().clone();
        match hls {
            // It is about to begin.
            _ if self.playlist.borrow().is_empty() => {}
            _ if same && !starved => {}
            Some(hls) if same && hls.levels().length() > 0 => hls.start_load(),
            // The instructor put another video in its place, or not even the playlist was fetched.
            _ => self.play(&playlist, self.video.current_time(), !self.video.paused()),
        }
    }

    fn fail(&self, why: &str) {
        self.end(State::Failed(why.to_owned()));
    }

    /// Ends playback here, and says why.
    fn end(&self, state: State) {
        if !self.ended.get() {
            if !self.playlist.borrow().is_empty() {
                self.position.set(self.video.current_time());
            }
            // First, so that what the emptied element reports of its position is not taken for the learner's.
            self.state.set(state);
            self.stop();
        }
    }

    fn stop(&self) {
        self.ended.set(true);
        self.unload();
        self.permit.release();
    }

    fn unload(&self) {
        match self.hls.borrow_mut().take() {
            Some(hls) => hls.destroy(),
            // The browser's own player stops fetching when its source is gone.
            None => drop(self.video.remove_attribute("src")),
        }
        self.shown_captions.take();
        self.listeners.borrow_mut().clear();
        self.retries.borrow_mut().take();
    }
}
