//! The bottom of every page.

use leptos::prelude::*;

/// The bottom of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="border-t border-base-300">
            <div class="page hint flex min-h-20 flex-wrap items-center justify-between gap-x-6 gap-y-2 py-4">
                <p>"Stoa. Courses worth your time."</p>
            </div>
        </footer>
    }
}
