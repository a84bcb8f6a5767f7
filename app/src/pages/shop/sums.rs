//! What it comes to.

use crate::components::money;
use domain::money::Price;
use leptos::prelude::*;

/// Subtotal, what is taken off, and the total.
#[component]
pub(crate) fn Sums(
    subtotal: Price,
    /// What is taken off, and by which coupon.
    off: Option<(String, Price)>,
    total: Price,
    /// What was given back.
    #[prop(optional_no_strip)]
    refunded: Option<Price>,
) -> impl IntoView {
    let line = |name: String, value: String| {
        view! {
            <div class="flex justify-between gap-4">
                <dt class="text-muted">{name}</dt>
                <dd class="tabular-nums">{value}</dd>
            </div>
        }
    };
    let off = off.map(|(code, price)| {
        let code = if code.is_empty() { "Discount".to_owned() } else { format!("Coupon {code}") };
        view! {
            {line("Subtotal".into(), money(subtotal))}
            {line(code, format!("−{}", money(price)))}
        }
    });
    let refunded = refunded
        .filter(|price| price.minor > 0)
        .map(|price| line("Refunded".into(), format!("−{}", money(price))));
    view! {
        <dl class="flex flex-col gap-2">
            {off}
            <div class="flex justify-between gap-4 text-lg font-semibold">
                <dt>"Total"</dt>
                <dd class="tabular-nums">{money(total)}</dd>
            </div>
            {refunded}
        </dl>
    }
}
