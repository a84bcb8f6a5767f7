//! The permission to stream: asked for, and asked for again before its cookies run out.

use crate::api::ApiError;
use crate::api::playback::{self, Release};
use domain::id::{LeaseId, LessonId};
use domain::text::Slug;
use domain::view::{Opening, Playback};
use js_sys::{Date, Math};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::cell::Cell;

/// Seconds before the first repetition of a failed renewal; doubles up to [`MAX_PAUSE`].
const FIRST_PAUSE: f64 = 2.0;
const MAX_PAUSE: f64 = 60.0;
/// Milliseconds between two looks at the clock. It goes on while the device sleeps, and timers do not: a long
/// one would ring much too late.
const TICK: f64 = 1_000.0;
/// Milliseconds between two requests for the same thing, at least.
const APART: f64 = 1_000.0;

/// The permission to stream one lesson.
pub(super) struct Permit {
    course: Slug,
    lesson: LessonId,
    held: Cell<Option<LeaseId>>,
    asking: Cell<bool>,
    /// When it was asked for last, in milliseconds of the browser's clock.
    asked: Cell<f64>,
    /// When to ask again.
    due: Cell<f64>,
    pause: Cell<f64>,
}

impl Permit {
    pub(super) fn new(course: Slug, lesson: LessonId) -> Self {
        Self {
            course,
            lesson,
            held: Cell::new(None),
            asking: Cell::new(false),
            asked: Cell::new(0.0),
            due: Cell::new(f64::INFINITY),
            pause: Cell::new(FIRST_PAUSE),
        }
    }

    /// Asks for cookies, in the place of the device with the lease `stop` where one is named. `None` where this
    /// was asked already and the answer is on its way.
    pub(super) async fn ask(&self, stop: Option<LeaseId>) -> Option<Result<Opening, ApiError>> {
        if self.asking.replace(true) {
            return None;
        }
        let now = Date::now();
        self.asked.set(now);
        let answer = playback::open(self.course.clone(), self.lesson, self.held.get(), stop).await;
        self.asking.set(false);
        match &answer {
            Ok(Opening::Granted(Playback { lease, renew_after, .. })) => {
                self.held.set(Some(*lease));
                self.due.set(now + f64::from(*renew_after));
                self.pause.set(FIRST_PAUSE);
            }
            Ok(Opening::Elsewhere(_)) => self.held.set(None),
            Err(_) => {
                // Not all at once after an interruption that all players met.
                let pause = self.pause.get() * (0.75 + Math::random() / 2.0);
                self.due.set(Date::now() + pause * 1_000.0);
                self.pause.set((self.pause.get() * 2.0).min(MAX_PAUSE));
            }
        }
        Some(answer)
    }

    /// Whether it is time to ask again. A clock that was set back tells nothing, so it is.
    pub(super) fn is_due(&self) -> bool {
        let now = Date::now();
        now >= self.due.get() || now < self.asked.get()
    }

    /// Milliseconds until the next look at the clock.
    pub(super) fn wait(&self) -> u32 {
        (self.due.get() - Date::now()).clamp(50.0, TICK) as u32
    }

    /// The cookies do not open the media, or nothing could be fetched: asks again soon, though due later.
    pub(super) fn doubt(&self) {
        self.due.set(self.due.get().min(self.asked.get() + APART));
    }

    /// The page came back from the browser's cache of pages: what was released is asked for again.
    pub(super) fn come_back(&self) {
        if self.held.get().is_none() {
            self.due.set(0.0);
        }
    }

    /// Makes room for other devices. The page may be going away: what is sent now must outlive it.
    pub(super) fn release(&self) {
        let Some(lease) = self.held.take() else { return };
        // Browsers tell a page that goes away still more, such as that it is hidden: it must not ask again then.
        self.due.set(f64::INFINITY);
        if let Ok(form) = web_sys::UrlSearchParams::new() {
            form.append("lease", &lease.to_string());
            // Refused where too much is on its way; the lease runs out by itself then.
            let _ = window().navigator().send_beacon_with_opt_url_search_params(Release::PATH, Some(&form));
        }
    }
}
