//! Looking for courses.

use crate::routes;
use leptos::prelude::*;
use leptos_router::components::Form;

/// The search form. `words` is what was searched for.
#[component]
pub(crate) fn SearchForm(#[prop(optional, into)] words: String) -> impl IntoView {
    view! {
        <search>
            <Form method="GET" action=routes::COURSES attr:class="flex max-w-xl gap-2">
                <input
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
            </Form>
        </search>
    }
}
