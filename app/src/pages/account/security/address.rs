//! A new address.

use crate::api::account::ChangeEmail;
use crate::components::{EmailField, Outcome, PostForm, Problem};
use domain::view::Security;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Changes the address, for who gave the password of late.
#[component]
pub(super) fn Address(security: Security, outcome: Outcome) -> impl IntoView {
    let Security { email, proved, new_email, new_email_approved, .. } = security;
    let waits = new_email.map(|new| {
        let whom = if new_email_approved { new.to_string() } else { email.to_string() };
        view! {
            <p role="status" class="alert alert-info alert-soft mb-4 block">
                "To change to " <bdi class="font-medium">{new.to_string()}</bdi> ", follow the link in the mail to "
                <bdi class="font-medium">{whom}</bdi> "."
            </p>
        }
    });
    let form = proved.then(|| {
        view! {
            <PostForm to=ChangeEmail::PATH outcome>
                <div class="flex max-w-md flex-col gap-4">
                    <EmailField label="New address" autocomplete="email" value=None />
                    <Problem of=outcome />
                    <button type="submit" class="btn min-h-11 self-start" disabled=move || outcome.pending()>
                        "Change address"
                    </button>
                </div>
            </PostForm>
        }
    });
    view! {
        <section aria-labelledby="address-part">
            <h2 id="address-part" class="mb-4 text-xl font-semibold">"E-mail address"</h2>
            <p class="mb-4">"You sign in as " <bdi class="font-medium">{email.to_string()}</bdi> "."</p>
            {waits}
            {form}
        </section>
    }
}
