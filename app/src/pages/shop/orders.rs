//! What one has ordered.

use super::StateBadge;
use crate::api::shop::orders;
use crate::components::{Empty, load, money};
use crate::data::preload;
use crate::routes;
use domain::shop::{OrderRow, OrdersPage};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// One's orders, the newest first (`?after=`).
#[component]
pub(crate) fn Orders() -> impl IntoView {
    let query = use_query_map();
    let after = move || query.with(|query| query.get("after"));
    let page = preload(after, orders);
    view! {
        <Title text="Orders" />
        <div class="page max-w-4xl">
            <h1 class="mb-8 text-3xl font-semibold">"Orders"</h1>
            {load(page, waiting, |page| view! { <List page /> })}
        </div>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-64" role="status" aria-label="Loading the orders"></div> }.into_any()
}

#[component]
fn List(page: OrdersPage) -> impl IntoView {
    let OrdersPage { orders, next } = page;
    let rows: Vec<_> = orders.into_iter().map(|order| view! { <Row order /> }).collect();
    view! {
        {match rows.is_empty() {
            true => Either::Left(view! {
                <Empty title="You have bought nothing yet">
                    <a href=routes::COURSES class="text-link">"Find a course"</a>
                </Empty>
            }),
            false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
        }}
        {next.map(|after| view! {
            <p class="mt-8 text-center">
                <a href=format!("{}?after={after}", routes::ORDERS) class="btn min-h-11">"Older orders"</a>
            </p>
        })}
    }
}

#[component]
fn Row(order: OrderRow) -> impl IntoView {
    let OrderRow { order, titles, total, state, refunded, .. } = order;
    let made = order.created().date();
    let titles: Vec<_> =
        titles.into_iter().map(|title| view! { <li><bdi>{title.to_string()}</bdi></li> }).collect();
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div class="min-w-0 flex-1 basis-56">
                <ul class="font-medium">{titles}</ul>
                <p class="hint"><time datetime=made.clone()>{made.clone()}</time></p>
            </div>
            <StateBadge state />
            <p class="text-end tabular-nums">
                {money(total)}
                {(refunded.minor > 0).then(|| view! { <span class="hint block">{format!("−{} refunded", money(refunded))}</span> })}
            </p>
            <a href=routes::order(order) class="btn btn-ghost min-h-11" aria-label=format!("Order of {made}")>"Details"</a>
        </li>
    }
}
