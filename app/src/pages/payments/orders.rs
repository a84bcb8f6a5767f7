//! All orders.

use super::{Area, waiting};
use crate::api::payments::{FindOrder, all_orders};
use crate::components::{Empty, Outcome, PostForm, Problem, load, money, names};
use crate::data::preload;
use crate::pages::StateBadge;
use crate::routes;
use domain::order::OrderState;
use domain::shop::{OrderRow, OrdersPage, REFUND_ASKED};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// What can be asked for: those that need somebody first.
const SHOWN: [OrderState; 6] = [
    OrderState::Disputed,
    OrderState::Draft,
    OrderState::Failed,
    OrderState::Paid,
    OrderState::Pending,
    OrderState::PartlyRefunded,
];

/// All orders, the newest first (`?after=`), or some of them (`?state=`).
#[component]
pub(crate) fn AllOrders() -> impl IntoView {
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let after = move || query.with(|query| query.get("after"));
    let outcome = Outcome::of(FindOrder::PATH);
    let page = preload(move || (value("state"), after()), |(state, after)| all_orders(state, after));
    view! {
        <Area title="Orders">
            <Find outcome />
            {load(page, waiting, move |page| view! { <List page state=value("state") /> })}
        </Area>
    }
}

#[component]
fn Find(outcome: Outcome) -> impl IntoView {
    view! {
        <search>
            <PostForm to=FindOrder::PATH outcome>
                <div class="flex max-w-xl gap-2">
                    <input
                        name="text"
                        required
                        maxlength="254"
                        autocomplete="off"
                        aria-label="Order number, or the buyer’s e-mail"
                        placeholder="Order number, or the buyer’s e-mail"
                        dir="auto"
                        class="input min-h-11 w-full"
                    />
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Find"</button>
                </div>
            </PostForm>
            <div class="mt-4"><Problem of=outcome /></div>
        </search>
    }
}

#[component]
fn List(page: OrdersPage, state: String) -> impl IntoView {
    let OrdersPage { orders, next } = page;
    let all = [("", "All"), (REFUND_ASKED, "Refund asked")].into_iter();
    let links = all.chain(SHOWN.map(|state| (state.name(), state.label()))).map(|(value, name)| {
        let here = (value == state).then_some("page");
        view! {
            <a href=routes::all_orders(value, None) aria-current=here class="text-link inline-flex min-h-11 items-center aria-[current]:font-semibold">{name}</a>
        }
    });
    let links: Vec<_> = links.collect();
    let rows: Vec<_> = orders.into_iter().map(|order| view! { <Row order /> }).collect();
    view! {
        <nav aria-label="How orders stand" class="mt-2 mb-6 flex flex-wrap gap-x-5">{links}</nav>
        {match rows.is_empty() {
            true => Either::Left(view! { <Empty title="No orders">"No order stands like this."</Empty> }),
            false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
        }}
        {next.map(|after| view! {
            <p class="mt-8 text-center">
                <a href=routes::all_orders(&state, Some(&after)) class="btn min-h-11">"Older orders"</a>
            </p>
        })}
    }
}

/// An order among others.
#[component]
fn Row(order: OrderRow) -> impl IntoView {
    let OrderRow { order, buyer, titles, total, state, refund_asked, .. } = order;
    let made = order.created().clock();
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div class="min-w-0 flex-1 basis-64">
                <a href=routes::order_file(order) class="font-medium hover:underline">{names(titles.iter().map(ToString::to_string).collect())}</a>
                <p class="hint break-words">
                    {format!("{made}, ")}
                    <bdi>{buyer.map_or_else(|| "somebody whose account is gone".to_owned(), |buyer| buyer.to_string())}</bdi>
                </p>
            </div>
            {refund_asked.then(|| view! { <span class="badge badge-warning badge-soft">"Refund asked"</span> })}
            <StateBadge state />
            <p class="tabular-nums">{money(total)}</p>
        </li>
    }
}
