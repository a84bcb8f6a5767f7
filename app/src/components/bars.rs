//! A chart of bars, drawn on the server, with the numbers as a table for who cannot see it.

use leptos::prelude::*;

/// One bar.
pub(crate) struct Bar {
    /// What it stands for.
    pub(crate) name: String,
    /// How long it is; below zero it hangs.
    pub(crate) value: i64,
    /// The value as people read it.
    pub(crate) shown: String,
}

/// Width and height of the drawing, in its own units.
const SIZE: (f64, f64) = (720.0, 200.0);

/// Bars side by side, over time.
#[component]
pub(crate) fn Bars(
    /// What the chart shows.
    title: String,
    /// What the names are: a day, a month.
    of: &'static str,
    bars: Vec<Bar>,
) -> impl IntoView {
    let (width, height) = SIZE;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(0);
    let least = bars.iter().map(|bar| bar.value).min().unwrap_or(0).min(0);
    let range = (most - least).max(1) as f64;
    let at = |value: i64| height * (most - value) as f64 / range;
    let step = width / bars.len().max(1) as f64;
    let drawn: Vec<_> = bars
        .iter()
        .enumerate()
        .map(|(place, bar)| {
            let (top, bottom) = (at(bar.value.max(0)), at(bar.value.min(0)));
            view! {
                <rect
                    x=number(place as f64 * step + step * 0.1)
                    y=number(top)
                    width=number(step * 0.8)
                    height=number((bottom - top).max(if bar.value == 0 { 0.0 } else { 1.0 }))
                    class="fill-primary"
                >
                    <title>{format!("{}: {}", bar.name, bar.shown)}</title>
                </rect>
            }
        })
        .collect();
    let ends = bars.first().zip(bars.last()).map(|(first, last)| {
        view! {
            <p class="hint mt-2 flex justify-between gap-4" aria-hidden="true">
                <span>{first.name.clone()}</span>
                <span>{last.name.clone()}</span>
            </p>
        }
    });
    let peak = bars.iter().max_by_key(|bar| bar.value).filter(|bar| bar.value > 0);
    let peak = peak.map(|bar| format!("Most: {} ({})", bar.shown, bar.name));
    let rows: Vec<_> = bars
        .into_iter()
        .map(|Bar { name, shown, .. }| view! { <tr><th scope="row" class="py-1 text-start font-normal">{name}</th><td class="py-1 text-end tabular-nums">{shown}</td></tr> })
        .collect();
    let zero = number(at(0));
    view! {
        <figure>
            <figcaption class="mb-3 flex flex-wrap items-baseline justify-between gap-x-4">
                <span class="font-medium">{title}</span>
                <span class="hint">{peak}</span>
            </figcaption>
            <div dir="ltr">
                <svg viewBox=format!("0 0 {width} {height}") preserveAspectRatio="none" aria-hidden="true" class="h-40 w-full">
                    {drawn}
                    <line x1="0" x2=number(width) y1=zero.clone() y2=zero class="stroke-base-300" vector-effect="non-scaling-stroke" />
                </svg>
                {ends}
            </div>
            <details class="mt-2">
                <summary class="text-link inline-flex min-h-11 items-center text-sm">"As a table"</summary>
                <div class="max-h-72 overflow-y-auto" tabindex="0" role="region" aria-label="The numbers of the chart">
                    <table class="w-full max-w-md text-sm">
                        <thead><tr><th scope="col" class="py-1 text-start">{of}</th><th scope="col" class="py-1 text-end">"Amount"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

/// As SVG takes it: two decimals are finer than any screen.
fn number(value: f64) -> String {
    format!("{value:.2}")
}
