//! A span of days that is asked for.

use leptos::prelude::*;

/// The form that asks a page for the days from one to another, as `2026-11-27`.
#[component]
pub(crate) fn DaySpan(
    /// The page that is asked.
    page: &'static str,
    from: String,
    until: String,
    /// What the button says.
    ask: &'static str,
    hint: &'static str,
) -> impl IntoView {
    view! {
        <form method="get" action=page class="panel mb-8 flex flex-wrap items-end gap-4 p-5">
            <div class="field">
                <label for="from">"From"</label>
                <input id="from" name="from" type="date" value=from class="input min-h-11" />
            </div>
            <div class="field">
                <label for="until">"To"</label>
                <input id="until" name="until" type="date" value=until class="input min-h-11" />
            </div>
            <button type="submit" class="btn min-h-11">{ask}</button>
            <p class="hint basis-full">{hint}</p>
        </form>
    }
}
