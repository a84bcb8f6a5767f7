//! Taking up an invitation to have an account.

use crate::api::people::{AcceptInvitation, invitation};
use crate::components::{Outcome, PasswordField, PostForm, Problem, load};
use crate::data::preload;
use domain::view::InvitationPage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Taking up the invitation `?code=`.
#[component]
pub(crate) fn Invitation() -> impl IntoView {
    let outcome = Outcome::of(AcceptInvitation::PATH);
    let query = use_query_map();
    let code = move || query.with(|query| query.get("code")).unwrap_or_default();
    let page = preload(code, invitation);
    view! {
        <Title text="Invitation" />
        {load(page, super::waiting, move |invitation| view! { <Accept invitation code=code() outcome /> })}
    }
}

#[component]
fn Accept(invitation: InvitationPage, code: String, outcome: Outcome) -> impl IntoView {
    let InvitationPage { email, by, .. } = invitation;
    view! {
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-4 text-3xl font-semibold">"Welcome"</h1>
            <p class="mb-8">
                <bdi class="font-medium">{by.to_string()}</bdi> " invites you. Choose a name and a password; you sign in as "
                <bdi class="font-medium">{email.to_string()}</bdi> "."
            </p>
            <PostForm to=AcceptInvitation::PATH outcome>
                <div class="flex flex-col gap-6">
                    <input type="hidden" name="code" value=code />
                    <div class="field">
                        <label for="name">"Name"</label>
                        <input id="name" name="name" required maxlength="80" autocomplete="name" dir="auto" class="input min-h-11 w-full" />
                    </div>
                    <PasswordField new=true />
                    <Problem of=outcome />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Accept the invitation"</button>
                </div>
            </PostForm>
        </div>
    }
}
