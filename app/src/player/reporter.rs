//! Telling the server where playback is, so that it goes on there elsewhere.

use crate::api::learning::{ReportPosition, report_position};
use domain::id::LessonId;
use domain::text::Slug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use std::cell::Cell;

/// How many seconds of playback pass between two reports.
const EVERY: u32 = 5;

/// Reports the positions of one lesson.
pub(super) struct Reporter {
    course: Slug,
    lesson: LessonId,
    last: Cell<Option<u32>>,
}

impl Reporter {
    pub(super) fn new(course: Slug, lesson: LessonId) -> Self {
        Self { course, lesson, last: Cell::new(None) }
    }

    /// Playback goes on: reports from time to time.
    pub(super) fn playing(&self, position: u32) {
        match self.last.get() {
            None => self.last.set(Some(position)),
            Some(last) if position.abs_diff(last) >= EVERY => self.now(position),
            Some(_) => {}
        }
    }

    /// Playback stopped here, or jumped: reports at once.
    pub(super) fn now(&self, position: u32) {
        self.last.set(Some(position));
        let (course, lesson) = (self.course.clone(), self.lesson);
        spawn_local(async move {
            // A report that is lost is made up for by the next one.
            let _ = report_position(course, lesson, position).await;
        });
    }

    /// The page is going away: what is sent now must outlive it.
    pub(super) fn last_words(&self, position: u32) {
        if let Ok(form) = web_sys::UrlSearchParams::new() {
            form.append("course", self.course.as_str());
            form.append("lesson", &self.lesson.to_string());
            form.append("position", &position.to_string());
            // Refused where too much is on its way; the last report stands then.
            let _ = window()
                .navigator()
                .send_beacon_with_opt_url_search_params(ReportPosition::PATH, Some(&form));
        }
    }
}
