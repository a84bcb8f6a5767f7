//! Payments, for those who help and those who run the site: orders, the service's news, the books.

mod books;
mod news;
mod order;
mod orders;

pub(crate) use books::Books;
pub(crate) use news::PaymentNews;
pub(crate) use order::OrderFile;
pub(crate) use orders::AllOrders;

use crate::routes;
use leptos::prelude::*;
use leptos_meta::Title;

/// What the pages about payments share.
#[component]
fn Area(title: &'static str, children: Children) -> impl IntoView {
    let places = [(routes::ALL_ORDERS, "Orders"), (routes::PAYMENT_NEWS, "News"), (routes::BOOKS, "Books")];
    let links = places.map(|(href, name)| {
        let here = (name == title).then_some("page");
        view! {
            <a href=href aria-current=here class="text-link inline-flex min-h-11 items-center aria-[current]:font-semibold">{name}</a>
        }
    });
    view! {
        <Title text=format!("{title} · Payments") />
        <div class="page max-w-5xl">
            <h1 class="mb-2 text-3xl font-semibold">"Payments"</h1>
            <nav aria-label="Payments" class="mb-6 flex flex-wrap gap-x-5">{links}</nav>
            {children()}
        </div>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-64" role="status" aria-label="Loading"></div> }.into_any()
}
