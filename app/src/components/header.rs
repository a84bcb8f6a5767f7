//! The bar on top of every page.

use super::{PostForm, ThemeMenu};
use crate::api::session::SignOut;
use crate::routes;
use crate::session::use_session;
use domain::account::Actor;
use domain::permission::{Permission, Relation, allows};
use domain::view::Viewer;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::suspense::Unsuspend;
use leptos_router::components::A;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// The bar on top of every page: where to go, the colours, the account.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="sticky top-0 z-40 mb-8 border-b border-base-300 bg-base-100 sm:mb-12">
            <div class="page flex flex-wrap items-center gap-x-2">
                <a href=routes::HOME class="me-4 inline-flex min-h-16 items-center gap-2 text-lg font-semibold tracking-tight">
                    <img src="/favicon.svg" alt="" width="28" height="28" />
                    "Stoa"
                </a>
                <Transition>
                    {move || Suspend::new(async move {
                        let viewer = session.viewer.answer().await.ok().flatten();
                        Unsuspend::new(move || view! {
                            <Navigation viewer=viewer.clone() />
                            <div class="ms-auto flex items-center gap-1">
                                <ThemeMenu />
                                <Account viewer=viewer.clone() />
                            </div>
                            <Leaving viewer=viewer.clone() />
                        })
                    })}
                </Transition>
            </div>
        </header>
    }
}

/// Tells somebody who wants their account deleted that it will be, wherever they are.
#[component]
fn Leaving(viewer: Option<Viewer>) -> impl IntoView {
    let on = viewer.and_then(|viewer| viewer.deletion)?.date();
    Some(view! {
        <p role="status" class="alert alert-warning alert-soft order-last mb-2 w-full">
            <span>"Your account will be deleted on " <time datetime=on.clone()>{on.clone()}</time> "."</span>
            <a href=routes::DATA class="text-link">"Keep it"</a>
        </p>
    })
}

#[component]
fn Navigation(viewer: Option<Viewer>) -> impl IntoView {
    let actor = viewer.as_ref().map_or(Actor::Anonymous, Viewer::actor);
    let may = |permission| allows(actor, Relation::None, permission);
    let (teaches, operates) = (may(Permission::CreateCourse), may(Permission::Operate));
    // A second row on phones, for those who have more than one place to go.
    let class = match viewer {
        Some(_) => "flex gap-1 max-sm:order-last max-sm:-mx-3 max-sm:w-full max-sm:pb-1",
        None => "flex gap-1",
    };
    view! {
        <nav aria-label="Main" class=class>
            <A href=routes::COURSES attr:class="nav-link">"Courses"</A>
            {viewer.is_some().then(|| view! { <A href=routes::LEARNING attr:class="nav-link">"My learning"</A> })}
            {teaches.then(|| view! { <A href=routes::TEACH attr:class="nav-link">"Teach"</A> })}
            {operates.then(|| view! { <A href=routes::PIPELINE attr:class="nav-link">"Pipeline"</A> })}
        </nav>
    }
}

#[component]
fn Account(viewer: Option<Viewer>) -> impl IntoView {
    let Some(viewer) = viewer else {
        return Either::Left(view! { <SignInLink /> });
    };
    let session = use_session();
    let may = |permission| allows(viewer.actor(), Relation::None, permission);
    let places = [
        (true, routes::ORDERS, "Orders"),
        (true, routes::CART, "Cart"),
        (may(Permission::SeeOrders), routes::ALL_ORDERS, "Payments"),
        (may(Permission::SeePeople), routes::PEOPLE, "People"),
        (may(Permission::ReadAuditLog), routes::AUDIT, "Audit log"),
    ];
    let places =
        places.map(|(shown, href, name)| shown.then(|| view! { <a href=href class="menu-item">{name}</a> }));
    let initial: String =
        viewer.name.as_str().chars().next().into_iter().flat_map(char::to_uppercase).collect();
    Either::Right(view! {
        <button
            type="button"
            popovertarget="account-menu"
            aria-label=format!("Account of {}", viewer.name)
            class="grid size-11 cursor-pointer place-items-center rounded-full"
        >
            <span class="grid size-9 place-items-center rounded-full bg-primary text-sm font-semibold text-primary-content" aria-hidden="true">
                {initial}
            </span>
        </button>
        <div id="account-menu" popover="auto" class="menu-panel" on:click=close_popover>
            <p class="hint px-3 py-2">"Signed in as " <bdi class="font-medium text-base-content">{viewer.name.to_string()}</bdi></p>
            <a href=routes::ACCOUNT class="menu-item">"Account"</a>
            {places}
            <PostForm to=SignOut::PATH outcome=session.sign_out>
                <button type="submit" class="menu-item">"Sign out"</button>
            </PostForm>
        </div>
    })
}

/// Leads to signing in, and back to where one is.
#[component]
fn SignInLink() -> impl IntoView {
    let location = use_location();
    let href = move || {
        let path = location.pathname.get();
        if path == routes::SIGN_IN || path == routes::HOME {
            routes::SIGN_IN.to_owned()
        } else {
            routes::sign_in(&path)
        }
    };
    view! { <a href=href class="btn btn-ghost min-h-11">"Sign in"</a> }
}

/// Closes the popover that was clicked in. Without JavaScript the click leads to another page anyway.
pub(crate) fn close_popover(event: leptos::ev::MouseEvent) {
    let panel = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(panel) = panel {
        // Fails where it is closed already.
        let _ = panel.hide_popover();
    }
}
