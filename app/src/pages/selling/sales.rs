//! What was sold: by day, by course, by coupon.

use super::waiting;
use crate::api::selling::sales;
use crate::components::{Bar, Bars, DaySpan, Empty, amount, load};
use crate::data::preload;
use crate::routes;
use domain::money::Currency;
use domain::shop::{SalesIn, SalesOf, SalesPage};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What one sold in a span of days (`?from=`, `?until=`).
#[component]
pub(crate) fn Sales() -> impl IntoView {
    let query = use_query_map();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let page = preload(move || (value("from"), value("until")), |(from, until)| sales(from, until));
    view! {
        <Title text="Sales" />
        <div class="page max-w-4xl">
            <a href=routes::TEACH class="text-link inline-flex min-h-11 items-center text-sm">"Your courses"</a>
            <h1 class="mt-2 mb-8 text-3xl font-semibold">"Sales"</h1>
            {load(page, waiting, |page| view! { <Report page /> })}
        </div>
    }
}

#[component]
fn Report(page: SalesPage) -> impl IntoView {
    let SalesPage { from, until, currencies } = page;
    let file = routes::sales_file(&from, &until);
    let parts: Vec<_> = currencies.into_iter().map(|part| view! { <InCurrency part /> }).collect();
    view! {
        <DaySpan page=routes::SALES from until ask="Show" hint="Days are UTC." />
        {match parts.is_empty() {
            true => Either::Left(view! { <Empty title="Nothing was sold in these days">"What you sell is counted here as it is paid."</Empty> }),
            false => Either::Right(view! {
                <div class="flex flex-col gap-12">{parts}</div>
                <p class="mt-8">
                    <a href=file download rel="external" class="text-link inline-flex min-h-11 items-center">"Export as CSV"</a>
                </p>
            }),
        }}
    }
}

#[component]
fn InCurrency(part: SalesIn) -> impl IntoView {
    let SalesIn { currency, sold, refunded, count, days, courses, coupons } = part;
    let facts = [
        ("Sold", amount(sold, currency)),
        ("Refunded", amount(refunded, currency)),
        ("Left", amount(sold - refunded, currency)),
        ("Courses sold", count.to_string()),
    ]
    .map(|(name, value)| {
        view! {
            <div class="panel p-4">
                <dt class="hint">{name}</dt>
                <dd class="mt-1 text-xl font-semibold tabular-nums">{value}</dd>
            </div>
        }
    });
    let bars = days
        .into_iter()
        .map(|SalesOf { name, amount: value, .. }| Bar { name, value, shown: amount(value, currency) })
        .collect();
    view! {
        <section aria-label=format!("In {currency}") class="flex flex-col gap-8">
            <dl class="grid grid-cols-2 gap-4 sm:grid-cols-4">{facts}</dl>
            <div class="panel p-5">
                <Bars title=format!("By day, in {currency}") of="Day" bars />
            </div>
            <Shares title="By course" of=courses currency />
            <Shares title="By coupon" of=coupons currency />
        </section>
    }
}

/// Parts of what came in, as bars beside their names.
#[component]
fn Shares(title: &'static str, of: Vec<SalesOf>, currency: Currency) -> impl IntoView {
    let most = of.iter().map(|part| part.amount).max().unwrap_or(0).max(1);
    let rows: Vec<_> = of
        .into_iter()
        .map(|SalesOf { name, amount: value, count }| {
            let share = value.max(0) * 100 / most;
            view! {
                <li class="px-5 py-3">
                    <p class="flex flex-wrap justify-between gap-x-4">
                        <bdi class="min-w-0 break-words">{name}</bdi>
                        <span class="tabular-nums">{format!("{} · {count} sold", amount(value, currency))}</span>
                    </p>
                    <progress class="progress progress-primary mt-2 h-2 w-full" value=share.to_string() max="100" aria-hidden="true"></progress>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2 class="mb-3 text-xl font-semibold">{title}</h2>
                <ul class="panel divide-y divide-base-300">{rows}</ul>
            </section>
        }
    })
}
