//! One's own account: a page for each part of it.

mod change_address;
mod data;
mod invitation;
mod mail;
mod profile;
mod security;

pub(crate) use change_address::ChangeAddress;
pub(crate) use data::OwnData;
pub(crate) use invitation::Invitation;
pub(crate) use mail::{MailChoice, Unsubscribe};
pub(crate) use profile::Profile;
pub(crate) use security::Security;

use crate::api::account::Prove;
use crate::components::{Outcome, PasswordField, PostForm, Problem};
use crate::routes;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::A;

/// What the pages of the account share: where one is, and where else one can go.
#[component]
fn Area(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <Title text=title />
        <div class="page max-w-3xl">
            <nav aria-label="Account" class="-mx-3 mb-6 flex flex-wrap gap-1">
                <A href=routes::ACCOUNT exact=true attr:class="nav-link">"Profile"</A>
                <A href=routes::SECURITY exact=true attr:class="nav-link">"Security"</A>
                <A href=routes::MAIL exact=true attr:class="nav-link">"Mail"</A>
                <A href=routes::DATA exact=true attr:class="nav-link">"Data"</A>
            </nav>
            <h1 class="mb-8 text-3xl font-semibold">{title}</h1>
            {children()}
        </div>
    }
}

/// Asks for the password again, for what is dangerous.
#[component]
fn Proof(
    prove: Outcome,
    /// What it is needed for.
    to: &'static str,
) -> impl IntoView {
    view! {
        <section class="panel mb-12 p-5 sm:p-6" aria-labelledby="proof">
            <h2 id="proof" class="mb-2 text-lg font-semibold">"Confirm that it is you"</h2>
            <p class="mb-4">{format!("To {to}, give your password once more. It counts for ten minutes.")}</p>
            <PostForm to=Prove::PATH outcome=prove>
                <div class="flex max-w-md flex-col gap-4">
                    <PasswordField />
                    <Problem of=prove />
                    <button type="submit" class="btn btn-primary min-h-11 self-start" disabled=move || prove.pending()>
                        "Confirm"
                    </button>
                </div>
            </PostForm>
        </section>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-96" role="status" aria-label="Loading"></div> }.into_any()
}
