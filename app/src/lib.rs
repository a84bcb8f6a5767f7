//! The site: pages, components and server functions, shared by server and browser.
//!
//! Every page is rendered on the server, reads and posts without JavaScript, and is hydrated once the
//! client bundle has arrived.

#![allow(unreachable_pub, reason = "#[component] makes the struct of the properties `pub`")]

pub mod api;
mod chunks;
mod components;
mod data;
mod library;
mod local;
mod pages;
mod player;
pub mod routes;
mod saved;
mod session;
#[cfg(feature = "ssr")]
mod shell;
mod uploads;

#[cfg(feature = "split")]
pub use chunks::fetch_for;
#[cfg(feature = "ssr")]
pub use shell::{ClientBundle, SiteSettings, shell};

use chunks::{Buying, Operating, Settling, Teaching, Watching};
use components::{Footer, Header};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

/// The whole site below `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Stoa".into() } else { format!("{title} · Stoa") } />
        <Router>
            <Site />
        </Router>
    }
}

/// What every page shares. A component of its own because the session reads the address.
#[component]
fn Site() -> impl IntoView {
    session::provide();
    saved::provide();
    uploads::provide();
    // Statuses and redirects are decided by what a page finds, so each waits for its data.
    let ssr = || SsrMode::Async;
    view! {
        <a href="#main" class="sr-only focus:not-sr-only focus:absolute focus:start-4 focus:top-2 focus:z-50 btn btn-primary">
            "Skip to content"
        </a>
        <Header />
        <main id="main" tabindex="-1" class="grow pb-16 outline-none">
            <FlatRoutes fallback=pages::NotFound>
                <Route path=path!("/") view=pages::Home ssr=ssr() />
                <Route path=path!("/courses") view=pages::Catalogue ssr=ssr() />
                <Route path=path!("/courses/:slug") view=pages::Course ssr=ssr() />
                <Route path=path!("/learn/:slug/:lesson") view=Watching::Lesson ssr=ssr() />
                <Route path=path!("/learning") view=pages::Learning ssr=ssr() />
                <Route path=path!("/cart") view=Buying::Cart ssr=ssr() />
                <Route path=path!("/orders") view=Buying::Orders ssr=ssr() />
                <Route path=path!("/orders/:order") view=Buying::Order ssr=ssr() />
                <Route path=path!("/sign-in") view=pages::SignIn ssr=ssr() />
                <Route path=path!("/sign-up") view=Settling::SignUp ssr=ssr() />
                <Route path=path!("/confirm") view=Settling::Confirm ssr=ssr() />
                <Route path=path!("/reset") view=Settling::Reset ssr=ssr() />
                <Route path=path!("/second-step") view=Settling::SecondStep ssr=ssr() />
                <Route path=path!("/account/security") view=Settling::Security ssr=ssr() />
                <Route path=path!("/change-address") view=Settling::ChangeAddress ssr=ssr() />
                <Route path=path!("/account") view=Settling::Profile ssr=ssr() />
                <Route path=path!("/account/mail") view=Settling::MailChoice ssr=ssr() />
                <Route path=path!("/account/data") view=Settling::OwnData ssr=ssr() />
                <Route path=path!("/invitation") view=Settling::Invitation ssr=ssr() />
                <Route path=path!("/unsubscribe") view=Settling::Unsubscribe ssr=ssr() />
                <Route path=path!("/teach") view=Teaching::Teach ssr=ssr() />
                <Route path=path!("/teach/coupons") view=Teaching::Coupons ssr=ssr() />
                <Route path=path!("/teach/sales") view=Teaching::Sales ssr=ssr() />
                <Route path=path!("/teach/:course/price") view=Teaching::CoursePrice ssr=ssr() />
                <Route path=path!("/teach/:course") view=Teaching::CourseEditor ssr=ssr() />
                <Route path=path!("/teach/:course/instructors") view=Teaching::Instructors ssr=ssr() />
                <Route path=path!("/teach/:course/learners") view=Teaching::Learners ssr=ssr() />
                <Route path=path!("/teach/:course/lessons/:lesson") view=Teaching::LessonEditor ssr=ssr() />
                <Route path=path!("/operate/videos") view=Operating::Pipeline ssr=ssr() />
                <Route path=path!("/operate/people") view=Operating::People ssr=ssr() />
                <Route path=path!("/operate/invitations") view=Operating::Invitations ssr=ssr() />
                <Route path=path!("/operate/audit") view=Operating::AuditLog ssr=ssr() />
                <Route path=path!("/operate/orders") view=Operating::AllOrders ssr=ssr() />
                <Route path=path!("/operate/orders/:order") view=Operating::OrderFile ssr=ssr() />
                <Route path=path!("/operate/payments") view=Operating::PaymentNews ssr=ssr() />
                <Route path=path!("/operate/books") view=Operating::Books ssr=ssr() />
            </FlatRoutes>
        </main>
        <Footer />
    }
}
