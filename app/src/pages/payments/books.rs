//! Our books against the payment service's: the difference has to be nothing.

use super::{Area, waiting};
use crate::api::payments::reconcile;
use crate::components::{DaySpan, amount, load, money};
use crate::data::preload;
use crate::routes;
use domain::shop::{Difference, OtherPayment, ReconciledIn, Reconciliation};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The books of a span of days (`?from=`, `?until=`).
#[component]
pub(crate) fn Books() -> impl IntoView {
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let page = preload(move || (value("from"), value("until")), |(from, until)| reconcile(from, until));
    view! {
        <Area title="Books">{load(page, waiting, |page| view! { <Compared page /> })}</Area>
    }
}

#[component]
fn Compared(page: Reconciliation) -> impl IntoView {
    let Reconciliation { from, until, currencies, differences, others } = page;
    let sums: Vec<_> = currencies.into_iter().map(|sum| view! { <Sum sum /> }).collect();
    let others: Vec<_> = others.into_iter().map(|other| view! { <Other other /> }).collect();
    let rows: Vec<_> = differences.into_iter().map(|difference| view! { <Row difference /> }).collect();
    view! {
        <DaySpan page=routes::BOOKS from until ask="Compare" hint="Days are UTC. What was paid in the last minutes may be in one book only." />
        {match sums.is_empty() {
            true => view! { <p class="text-muted">"No money moved in these days."</p> }.into_any(),
            false => view! { <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">{sums}</div> }.into_any(),
        }}
        <section class="mt-8" aria-labelledby="differences">
            <h2 id="differences" class="mb-4 text-xl font-semibold">"Differences"</h2>
            {match rows.is_empty() {
                true => view! { <p role="status">"None: both books say the same."</p> }.into_any(),
                false => view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }.into_any(),
            }}
        </section>
        {(!others.is_empty()).then(|| view! {
            <section class="mt-8" aria-labelledby="others">
                <h2 id="others" class="mb-4 text-xl font-semibold">"Payments that are no order’s"</h2>
                <ul class="panel divide-y divide-base-300">{others}</ul>
            </section>
        })}
    }
}

#[component]
fn Sum(sum: ReconciledIn) -> impl IntoView {
    let ReconciledIn { currency, ledger, service } = sum;
    let lines = [("Our ledger", ledger), ("Payment service", service), ("Difference", ledger - service)];
    let lines = lines.map(|(name, value)| {
        view! {
            <div class="flex flex-wrap justify-between gap-x-4 last:font-semibold">
                <dt>{name}</dt>
                <dd class="tabular-nums">{amount(value, currency)}</dd>
            </div>
        }
    });
    view! {
        <section class="panel p-4" aria-label=format!("In {currency}")>
            <h2 class="mb-2 font-semibold">{currency.code()}</h2>
            <dl class="flex flex-col gap-1">{lines}</dl>
        </section>
    }
}

#[component]
fn Row(difference: Difference) -> impl IntoView {
    let Difference { order, payment, ledger, service } = difference;
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <p class="min-w-0 flex-1 basis-48 font-mono break-all" dir="ltr">{payment}</p>
            <p>{format!("Ledger: {}, service: {}", money(ledger), money(service))}</p>
            <a href=routes::order_file(order) class="text-link inline-flex min-h-11 items-center">"Order"</a>
        </li>
    }
}

#[component]
fn Other(other: OtherPayment) -> impl IntoView {
    let OtherPayment { payment, amount } = other;
    view! {
        <li class="flex flex-wrap justify-between gap-x-4 px-5 py-3">
            <span class="font-mono break-all" dir="ltr">{payment}</span>
            <span>{amount.map(money)}</span>
        </li>
    }
}
