//! One's own account: a page for each part of it.

mod change_address;
mod security;

pub(crate) use change_address::ChangeAddress;
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
                <A href=routes::SECURITY exact=true attr:class="nav-link">"Security"</A>
            </nav>
            <h1 class="mb-8 text-3xl font-semibold">{title}</h1>
            {children()}
        </div>
    }
}
