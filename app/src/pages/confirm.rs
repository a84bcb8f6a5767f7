//! Confirming an address.

use crate::api::account::{Confirm as ConfirmFunction, Resend};
use crate::components::{CodeField, EmailField, Outcome, PostForm, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Takes the code that was mailed to `?email=`; a link in that mail brings it along as `?code=`.
#[component]
pub(crate) fn Confirm() -> impl IntoView {
    let query = use_query_map();
    let of = move |name: &'static str| query.with_untracked(|query| query.get(name));
    let (confirm, resend) = (Outcome::of(ConfirmFunction::PATH), Outcome::of(Resend::PATH));
    let email = of("email");
    let again = email.clone().map(|email| {
        view! {
            <PostForm to=Resend::PATH outcome=resend>
                <input type="hidden" name="email" value=email />
                <p class="mt-6">
                    "No mail? Look into the spam folder, or "
                    <button type="submit" class="text-link min-h-11 cursor-pointer" disabled=move || resend.pending()>
                        "have it sent again"
                    </button> "."
                </p>
                <Problem of=resend />
            </PostForm>
            <p role="status" class="hint">{move || resend.succeeded().then_some("It is on its way.")}</p>
        }
    });
    view! {
        <Title text="Confirm your address" />
        <div class="page max-w-md pt-4 sm:pt-12">
            <h1 class="mb-4 text-3xl font-semibold">"Confirm your address"</h1>
            <p class="mb-8">"We have sent you a mail. Follow the link in it, or type its code here."</p>
            <PostForm to=ConfirmFunction::PATH outcome=confirm>
                <div class="flex flex-col gap-6">
                    <EmailField value=email />
                    <CodeField value=of("code") />
                    <Problem of=confirm />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || confirm.pending()>
                        "Confirm"
                    </button>
                </div>
            </PostForm>
            {again}
        </div>
    }
}
