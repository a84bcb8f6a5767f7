//! The button of a form that takes something away.

use super::Icon;
use leptos::prelude::*;

/// Submits its form: at once without JavaScript, else after asking.
#[component]
pub(crate) fn RemoveButton(
    /// What is removed.
    name: String,
    question: String,
) -> impl IntoView {
    let ask = move |event: leptos::ev::MouseEvent| {
        if !window().confirm_with_message(&question).unwrap_or(true) {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            aria-label=format!("Remove {name}")
            class="btn btn-ghost min-h-11 min-w-11 px-0"
            on:click=ask
        >
            {Icon::Remove.draw()}
        </button>
    }
}
