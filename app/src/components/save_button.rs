//! Putting a course aside for later.

use super::Icon;
use crate::saved::use_saved;
use domain::text::{Slug, Title};
use leptos::prelude::*;

/// Saves a course, or drops it.
#[component]
pub(crate) fn SaveButton(course: Slug, title: Title) -> impl IntoView {
    let saved = use_saved();
    let slug = course.to_string();
    let pressed = {
        let slug = slug.clone();
        move || if saved.contains(&slug) { "true" } else { "false" }
    };
    view! {
        <button
            type="button"
            class="save needs-script"
            aria-pressed=pressed
            aria-label=format!("Save {title}")
            on:click=move |_| saved.toggle(&slug)
        >
            {Icon::Bookmark.draw()}
        </button>
    }
}
