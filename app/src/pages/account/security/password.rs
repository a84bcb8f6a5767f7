//! A new password.

use crate::api::account::ChangePassword;
use crate::components::{Outcome, PasswordField, PostForm, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Changes the password.
#[component]
pub(super) fn Change(outcome: Outcome, email: String) -> impl IntoView {
    view! {
        <section aria-labelledby="password-part">
            <h2 id="password-part" class="mb-4 text-xl font-semibold">"Password"</h2>
            <PostForm to=ChangePassword::PATH outcome>
                <div class="flex max-w-md flex-col gap-4">
                    // For password managers alone.
                    <input type="hidden" autocomplete="username" value=email />
                    <PasswordField name="old" label="Current password" />
                    <PasswordField name="new" label="New password" new=true />
                    <Problem of=outcome />
                    <p role="status" class="text-success empty:hidden">
                        {move || outcome.succeeded().then_some("Your password is changed. Other devices are signed out.")}
                    </p>
                    <button type="submit" class="btn min-h-11 self-start" disabled=move || outcome.pending()>
                        "Change password"
                    </button>
                </div>
            </PostForm>
        </section>
    }
}
