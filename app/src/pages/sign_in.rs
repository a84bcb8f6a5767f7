//! Signing in.

use crate::api::session::{SignIn as SignInFunction, kept_email};
use crate::components::{PostForm, Problem};
use crate::session::use_session;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Signing in, on the way to `?next=`.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let outcome = use_session().sign_in;
    // Coming back later must not find the problem of today.
    on_cleanup(move || outcome.clear());
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    view! {
        <Title text="Sign in" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"Sign in"</h1>
            <PostForm to=SignInFunction::PATH outcome>
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
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                        "Sign in"
                    </button>
                </div>
            </PostForm>
        </div>
    }
}
