//! One order with all that happened, and what can be done about it.

use super::{Area, waiting};
use crate::api::payments::{AskAgain, DeclineRefund, RefundOrder, order_file};
use crate::components::{Outcome, PostForm, Problem, amount, load, money};
use crate::data::preload;
use crate::pages::{StateBadge, Sums, param};
use crate::routes;
use domain::id::OrderId;
use domain::shop::{Happened, JournalRow, OrderFile as File, OrderLine};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// One order.
#[component]
pub(crate) fn OrderFile() -> impl IntoView {
    let id = param::<OrderId>("order");
    let outcome = Outcome::of("/api/payments/order-");
    let page = preload(move || (id(), outcome.answers()), |(id, _)| async move { order_file(id?).await });
    view! {
        <Area title="Order">{load(page, waiting, move |file| view! { <Details file outcome /> })}</Area>
    }
}

#[component]
fn Details(file: File, outcome: Outcome) -> impl IntoView {
    let File { page, account, buyer, refund_reason, payment, history, journal, refundable, may_act } = file;
    let id = page.order;
    let lines: Vec<_> = page
        .lines
        .iter()
        .map(|line| view! { <li class="flex justify-between gap-4"><span class="min-w-0"><bdi>{line.title.to_string()}</bdi></span><span class="tabular-nums">{money(line.price)}</span></li> })
        .collect();
    let code = page.coupon.as_ref().map(ToString::to_string).unwrap_or_default();
    let off = (page.discount.minor > 0).then_some((code, page.discount));
    let history: Vec<_> = history.into_iter().map(|happened| view! { <Event happened /> }).collect();
    let journal: Vec<_> = journal.into_iter().map(|row| view! { <Posting row /> }).collect();
    view! {
        <div class="flex flex-col gap-10">
            <header>
                <h2 class="font-mono text-lg break-all" dir="ltr">{id.to_string()}</h2>
                <p class="mt-2 flex flex-wrap items-center gap-4">
                    <StateBadge state=page.state />
                    <a href=routes::person(account) class="text-link"><bdi>{buyer.map_or_else(|| "an account that is gone".to_owned(), |buyer| buyer.to_string())}</bdi></a>
                    {payment.map(|payment| view! { <span class="hint font-mono break-all" dir="ltr">{payment}</span> })}
                </p>
            </header>
            <section class="panel max-w-xl p-6" aria-label="What was ordered">
                <ul class="mb-4 flex flex-col gap-2 border-b border-base-300 pb-4">{lines}</ul>
                <Sums subtotal=page.subtotal off total=page.total refunded=Some(page.refunded) />
            </section>
            {refund_reason.map(|reason| view! {
                <section class="alert alert-warning alert-soft flex flex-col items-stretch text-start" aria-label="Refund asked">
                    <p class="font-medium">"The buyer asks for their money:"</p>
                    <p class="whitespace-pre-line break-words" dir="auto">{reason}</p>
                    {may_act.then(|| view! { <Decline id outcome /> })}
                </section>
            })}
            <Problem of=outcome />
            {may_act.then(|| view! { <Actions id refundable=refundable.amount() any={refundable.minor > 0} lines=page.lines.clone() outcome /> })}
            <section aria-labelledby="history">
                <h2 id="history" class="mb-4 text-xl font-semibold">"What happened"</h2>
                <ol class="panel divide-y divide-base-300">{history}</ol>
            </section>
            <section aria-labelledby="journal">
                <h2 id="journal" class="mb-4 text-xl font-semibold">"In the books"</h2>
                {match journal.is_empty() {
                    true => view! { <p class="text-muted">"Nothing yet."</p> }.into_any(),
                    false => view! {
                        <div class="panel overflow-x-auto" tabindex="0" role="region" aria-label="Entries">
                            <table class="w-full text-sm">
                                <thead><tr class="text-start">
                                    <th scope="col" class="px-5 py-2 text-start">"When"</th>
                                    <th scope="col" class="px-5 py-2 text-start">"What for"</th>
                                    <th scope="col" class="px-5 py-2 text-start">"Account"</th>
                                    <th scope="col" class="px-5 py-2 text-end">"Amount"</th>
                                </tr></thead>
                                <tbody>{journal}</tbody>
                            </table>
                        </div>
                    }.into_any(),
                }}
            </section>
        </div>
    }
}

/// Says no.
#[component]
fn Decline(id: OrderId, outcome: Outcome) -> impl IntoView {
    view! {
        <details class="w-full">
            <summary class="flex min-h-11 items-center font-medium">"Decline"</summary>
            <PostForm to=DeclineRefund::PATH outcome>
                <input type="hidden" name="order" value=id.to_string() />
                <div class="flex flex-wrap items-end gap-4">
                    <div class="field min-w-0 flex-1 basis-56">
                        <label for="why">"What the buyer is told"</label>
                        <input id="why" name="why" required maxlength="500" autocomplete="off" dir="auto" class="input min-h-11 w-full" />
                    </div>
                    <button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Decline"</button>
                </div>
            </PostForm>
        </details>
    }
}

/// For which courses money is given back, where there are several.
#[component]
fn Courses(lines: Vec<OrderLine>) -> impl IntoView {
    let choice = |line: OrderLine| {
        view! {
            <label class="flex min-h-11 items-center gap-3">
                <input type="checkbox" name="courses[]" value=line.course.to_string() class="size-5 shrink-0 accent-primary" />
                <span class="min-w-0"><bdi>{line.title.to_string()}</bdi></span>
            </label>
        }
    };
    (lines.len() > 1).then(|| {
        view! {
            <fieldset>
                <legend class="font-medium">"For these courses"</legend>
                <p class="hint">"None for all of them alike."</p>
                {lines.into_iter().map(choice).collect::<Vec<_>>()}
            </fieldset>
        }
    })
}

#[component]
fn Actions(
    id: OrderId,
    refundable: String,
    any: bool,
    lines: Vec<OrderLine>,
    outcome: Outcome,
) -> impl IntoView {
    let ask = move |event: leptos::ev::MouseEvent| {
        if !window().confirm_with_message("Give this money back?").unwrap_or(true) {
            event.prevent_default();
        }
    };
    view! {
        <section class="flex flex-col items-start gap-6" aria-label="What can be done">
            {any.then(|| view! {
                <PostForm to=RefundOrder::PATH outcome anew=true>
                    <input type="hidden" name="order" value=id.to_string() />
                    <div class="mb-4"><Courses lines /></div>
                    <div class="flex flex-wrap items-end gap-4">
                        <div class="field">
                            <label for="amount">"Give back"</label>
                            <input id="amount" name="amount" placeholder=format!("All: {refundable}") inputmode="decimal" maxlength="20" autocomplete="off" dir="ltr" class="input min-h-11 w-40" />
                        </div>
                        <div class="field min-w-0 flex-1 basis-56">
                            <label for="reason">"Why"</label>
                            <input id="reason" name="reason" required maxlength="500" autocomplete="off" dir="auto" class="input min-h-11 w-full" />
                        </div>
                        <label class="flex min-h-11 items-center gap-3">
                            <input type="checkbox" name="keep" value="true" class="size-5 accent-primary" />
                            "They keep the courses"
                        </label>
                        <button type="submit" class="btn min-h-11" disabled=move || outcome.pending() on:click=ask>"Refund"</button>
                    </div>
                </PostForm>
            })}
            <div>
                <PostForm to=AskAgain::PATH outcome>
                    <input type="hidden" name="order" value=id.to_string() />
                    <button type="submit" class="btn btn-ghost min-h-11" disabled=move || outcome.pending()>"Ask the payment service"</button>
                </PostForm>
            </div>
        </section>
    }
}

#[component]
fn Event(happened: Happened) -> impl IntoView {
    let Happened { at, what, details } = happened;
    view! {
        <li class="grid gap-x-4 gap-y-1 px-5 py-3 sm:grid-cols-[11rem_1fr]">
            <p class="hint">{at.clock()}</p>
            <div class="min-w-0">
                <p class="font-medium">{what}</p>
                {(!details.is_empty()).then(|| view! { <p class="hint break-words" dir="auto">{details}</p> })}
            </div>
        </li>
    }
}

#[component]
fn Posting(row: JournalRow) -> impl IntoView {
    let JournalRow { at, what, account, amount: minor, currency } = row;
    view! {
        <tr class="border-t border-base-300">
            <td class="px-5 py-2 whitespace-nowrap">{at.clock()}</td>
            <td class="px-5 py-2">{what}</td>
            <td class="px-5 py-2">{account}</td>
            <td class="px-5 py-2 text-end tabular-nums">{amount(minor, currency)}</td>
        </tr>
    }
}
