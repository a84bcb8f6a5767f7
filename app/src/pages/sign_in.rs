//! Signing in.

use crate::api::session::kept_email;
use crate::components::{Problem, problem};
use crate::session::use_session;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Signing in, on the way to `?next=`.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let action = use_session().sign_in;
    // Coming back later must not find the problem of today.
    on_cleanup(move || action.clear());
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    view! {
        <Title text="Sign in" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"Sign in"</h1>
            <ActionForm action>
                <div class="flex flex-col gap-6">
                    {move || next().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <div class="field">
                        <label for="email">"E-mail"</label>
                        <input
                            id="email"
                            name="email"
                            type="email"
                            required
                            autocomplete="username"
                            maxlength="254"
                            value=kept_email()
                            dir="auto"
                            class="input min-h-11 w-full"
                        />
                    </div>
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            required
                            autocomplete="current-password"
                            maxlength="200"
                            class="input min-h-11 w-full"
                        />
                    </div>
                    <Problem of=problem(action) />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || action.pending().get()>
                        "Sign in"
                    </button>
                </div>
            </ActionForm>
        </div>
    }
}
