//! How the account is protected: password, second factor, address, and where one is signed in.

mod address;
mod password;
mod second_factor;
mod sessions;

use super::{Area, Proof, waiting};
use crate::api::account::{Prove, security};
use crate::components::{Outcome, load};
use crate::data::preload;
use crate::session::use_session;
use domain::view;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// How the account is protected.
#[component]
pub(crate) fn Security() -> impl IntoView {
    let prove = Outcome::of(Prove::PATH);
    let forms = Forms {
        password: Outcome::of("/api/account/change-password"),
        address: Outcome::of("/api/account/change-email"),
        second_factor: Outcome::of("/api/second-factor/"),
        sessions: Outcome::of("/api/sessions/end"),
    };
    let session = use_session();
    let changes = move || {
        let Forms { password, address, second_factor, sessions } = forms;
        [prove, password, address, second_factor, sessions, session.end_all].map(Outcome::answers)
    };
    let page = preload(changes, |_| security());
    view! {
        <Area title="Security">
            {load(page, waiting, move |security| view! { <Parts security prove forms /> })}
        </Area>
    }
}

/// How the forms of the page went.
#[derive(Clone, Copy)]
struct Forms {
    password: Outcome,
    address: Outcome,
    second_factor: Outcome,
    sessions: Outcome,
}

#[component]
fn Parts(security: view::Security, prove: Outcome, forms: Forms) -> impl IntoView {
    let proved = security.proved;
    let email = security.email.to_string();
    view! {
        {(!proved).then(|| view! { <Proof prove to="change the second factor or the address" /> })}
        <div class="flex flex-col gap-12">
            <password::Change outcome=forms.password email />
            <second_factor::SecondFactor security=security.clone() outcome=forms.second_factor />
            <address::Address security=security.clone() outcome=forms.address />
            <sessions::Sessions sessions=security.sessions outcome=forms.sessions />
        </div>
    }
}
