//! A new password for who forgot the old one.

use crate::api::account::{Forgot, Reset as ResetFunction};
use crate::components::{CodeField, EmailField, Outcome, PasswordField, PostForm, Problem};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Asks for the address; where `?email=` tells it, for the code that was mailed there, and the new password.
#[component]
pub(crate) fn Reset() -> impl IntoView {
    let query = use_query_map();
    let email = move || query.with(|query| query.get("email"));
    view! {
        <Title text="New password" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-4 text-3xl font-semibold">"New password"</h1>
            {move || match email() {
                None => Either::Left(view! { <Ask /> }),
                Some(email) => {
                    let code = query.with_untracked(|query| query.get("code"));
                    Either::Right(view! { <Set email code /> })
                }
            }}
        </div>
    }
}

#[component]
fn Ask() -> impl IntoView {
    let outcome = Outcome::of(Forgot::PATH);
    view! {
        <p class="mb-8">"We send a code to the address of your account."</p>
        <PostForm to=Forgot::PATH outcome>
            <div class="flex flex-col gap-6">
                <EmailField />
                <Problem of=outcome />
                <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                    "Send the code"
                </button>
            </div>
        </PostForm>
    }
}

#[component]
fn Set(email: String, #[prop(optional_no_strip)] code: Option<String>) -> impl IntoView {
    let outcome = Outcome::of(ResetFunction::PATH);
    view! {
        <p class="mb-8">"If there is an account with this address, a mail with a code is on its way to it."</p>
        <PostForm to=ResetFunction::PATH outcome>
            <div class="flex flex-col gap-6">
                <EmailField value=Some(email) />
                <CodeField value=code />
                <PasswordField label="New password" new=true />
                <Problem of=outcome />
                <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>
                    "Set password"
                </button>
            </div>
        </PostForm>
    }
}
