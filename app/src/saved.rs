//! Courses put aside for later. They are kept in the browser: visitors can save courses too.

use leptos::prelude::*;
use std::collections::BTreeSet;

/// Key of the browser's local storage; the value is the slugs, separated by spaces.
const KEY: &str = "saved-courses";

/// The saved courses.
#[derive(Clone, Copy)]
pub(crate) struct Saved(RwSignal<BTreeSet<String>>);

impl Saved {
    /// Whether a course is among them.
    pub(crate) fn contains(self, slug: &str) -> bool {
        self.0.with(|saved| saved.contains(slug))
    }

    /// Saves a course, or drops it.
    pub(crate) fn toggle(self, slug: &str) {
        self.0.update(|saved| {
            if !saved.remove(slug) {
                saved.insert(slug.to_owned());
            }
            let text: Vec<_> = saved.iter().map(String::as_str).collect();
            if let Some(storage) = storage() {
                // Refused where the person allows no storage; the courses stay saved in this tab then.
                let _ = storage.set_item(KEY, &text.join(" "));
            }
        });
    }
}

/// Makes the saved courses known to everything below.
pub(crate) fn provide() {
    let saved = Saved(RwSignal::new(BTreeSet::new()));
    provide_context(saved);
    // After hydration: the server, which rendered the page, does not know them.
    Effect::new(move || {
        let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_default();
        saved.0.set(text.split_whitespace().map(str::to_owned).collect());
    });
}

/// The saved courses.
pub(crate) fn use_saved() -> Saved {
    expect_context()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
