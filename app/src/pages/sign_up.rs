//! Registering.

use crate::api::account::SignUp as SignUpFunction;
use crate::components::{EmailField, Outcome, PasswordField, PostForm, Problem};
use crate::routes;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Registering.
#[component]
pub(crate) fn SignUp() -> impl IntoView {
    let outcome = Outcome::of(SignUpFunction::PATH);
    view! {
        <Title text="Create an account" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-8 text-3xl font-semibold">"Create an account"</h1>
            <PostForm to=SignUpFunction::PATH outcome>
                <div class="flex flex-col gap-6">
                    <div class="field">
                        <label for="name">"Name"</label>
                        <input
                            id="name"
                            name="name"
                            required
                            autocomplete="name"
                            maxlength="80"
                            dir="auto"
                            aria-describedby="name-hint"
                            class="input min-h-11 w-full"
                        />
                        <p id="name-hint" class="hint">"Shown beside reviews that you write, and to your instructors."</p>
                    </div>
                    <EmailField />
                    <PasswordField new=true />
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                        "Create account"
                    </button>
                </div>
            </PostForm>
            <p class="mt-6">
                "You have one? "
                <a href=routes::SIGN_IN class="text-link inline-flex min-h-11 items-center">"Sign in"</a>
            </p>
        </div>
    }
}
