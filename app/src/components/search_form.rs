//! Looking for courses.

use crate::routes;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The search form. `words` is what was searched for. (The router's own `Form` is generic over every kind of form,
/// and several times as large in the browser bundle.)
#[component]
pub(crate) fn SearchForm(#[prop(optional, into)] words: String) -> impl IntoView {
    let entry = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let search = move |event: SubmitEvent| {
        if let Some(entry) = entry.get() {
            event.prevent_default();
            navigate(&routes::courses_with(&entry.value()), Default::default());
        }
    };
    view! {
        <search>
            <form method="get" action=routes::COURSES class="flex max-w-xl gap-2" on:submit=search>
                <input
                    node_ref=entry
                    type="search"
                    name="q"
                    value=words
                    maxlength="100"
                    dir="auto"
                    aria-label="Search courses"
                    placeholder="What do you want to learn?"
                    class="input min-h-11 w-full"
                />
                <button type="submit" class="btn btn-primary min-h-11">"Search"</button>
            </form>
        </search>
    }
}
