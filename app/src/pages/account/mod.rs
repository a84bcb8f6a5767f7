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

use crate::routes;
use leptos::prelude::*;
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

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-96" role="status" aria-label="Loading"></div> }.into_any()
}
