//! Confirming a new address, from the mail to the present one and from the mail to the new one.

use super::{Area, waiting};
use crate::api::account::{ApproveEmail, ConfirmEmail, security};
use crate::components::{CodeField, Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::view::Security;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// Takes the code (`?code=`) that one of the two addresses got.
#[component]
pub(crate) fn ChangeAddress() -> impl IntoView {
    let (approve, confirm) = (Outcome::of(ApproveEmail::PATH), Outcome::of(ConfirmEmail::PATH));
    let page = preload(move || (approve.answers(), confirm.answers()), |_| security());
    view! {
        <Area title="Change of address">
            {load(page, waiting, move |security| view! { <Step security approve confirm /> })}
        </Area>
    }
}

#[component]
fn Step(security: Security, approve: Outcome, confirm: Outcome) -> impl IntoView {
    let Security { email, new_email, new_email_approved, .. } = security;
    let query = use_query_map();
    let of = move |name: &'static str| query.with_untracked(|query| query.get(name));
    let Some(new) = new_email else {
        return EitherOf3::A(view! {
            <p role="status">"You sign in as " <bdi class="font-medium">{email.to_string()}</bdi> "."</p>
            <p class="mt-6"><a href=routes::SECURITY class="btn min-h-11">"Security"</a></p>
        });
    };
    // The code in the address is of one mail alone.
    let code = move |address: &str| of("code").filter(|_| of("email").as_deref() == Some(address));
    match new_email_approved {
        false => EitherOf3::B(view! {
            <p class="mb-6">
                "Do you want to sign in as " <bdi class="font-medium">{new.to_string()}</bdi>
                " from now on? Your present address has a code for that."
            </p>
            <PostForm to=ApproveEmail::PATH outcome=approve>
                <div class="flex max-w-md flex-col gap-4">
                    <CodeField value=code(email.as_str()) />
                    <Problem of=approve />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || approve.pending()>
                        "Yes, change it"
                    </button>
                </div>
            </PostForm>
        }),
        true => EitherOf3::C(view! {
            <p class="mb-6">
                "One last thing: " <bdi class="font-medium">{new.to_string()}</bdi> " has a code, too."
            </p>
            <PostForm to=ConfirmEmail::PATH outcome=confirm>
                <div class="flex max-w-md flex-col gap-4">
                    <CodeField value=code(new.as_str()) />
                    <Problem of=confirm />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || confirm.pending()>
                        "Confirm the new address"
                    </button>
                </div>
            </PostForm>
        }),
    }
}
