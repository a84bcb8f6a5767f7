//! What a list shows when it has nothing to show.

use leptos::prelude::*;

/// A sentence on what would be here, and what to do about it.
#[component]
pub(crate) fn Empty(
    /// What is missing.
    title: &'static str,
    /// What to do: a sentence, a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="rounded-box border border-dashed border-base-300 px-6 py-12 text-center">
            <p class="font-medium">{title}</p>
            <div class="hint mt-2">{children()}</div>
        </div>
    }
}
