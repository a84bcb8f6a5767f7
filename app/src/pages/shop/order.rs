//! One order: what becomes of it, followed until it is decided.

use super::{StateBadge, Sums};
use crate::api::shop::{AskRefund, CancelOrder, PayAgain, order};
use crate::components::{Outcome, PostForm, Problem, live, load, money};
use crate::data::preload;
use crate::pages::param;
use crate::routes;
use domain::id::OrderId;
use domain::order::OrderState;
use domain::shop::{OrderLine, OrderPage};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// How often an order that is not decided is asked for, in milliseconds.
const EVERY: u32 = 1_000;
/// How many of these times the payment service is asked, too. Later its messages, and the sweeper, tell what becomes of it.
const ASKS: u32 = 30;

/// One order.
#[component]
pub(crate) fn Order() -> impl IntoView {
    let id = param::<OrderId>("order");
    let outcome = Outcome::of("/api/shop/order-");
    let page = preload(move || (id(), outcome.answers()), |(id, _)| async move { order(id?, true).await });
    view! {
        <Title text="Order" />
        <div class="page max-w-3xl">
            {load(page, waiting, move |page| view! { <Followed page outcome /> })}
        </div>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-64" role="status" aria-label="Loading the order"></div> }.into_any()
}

/// Whether more will happen by itself.
fn waits(state: OrderState) -> bool {
    matches!(state, OrderState::Draft | OrderState::Pending | OrderState::Paid)
}

#[component]
fn Followed(page: OrderPage, outcome: Outcome) -> impl IntoView {
    let id = page.order;
    let shown = RwSignal::new(page);
    let state = Memo::new(move |_| shown.with(|page| page.state));
    let asks = StoredValue::new(0);
    let ask = move || {
        let asked = asks.try_update_value(|asks| {
            *asks += 1;
            *asks
        });
        order(id, asked.is_some_and(|asked| asked <= ASKS))
    };
    live(EVERY, move || waits(state.get()), ask, move |now| drop(shown.try_set(now)));
    // For who runs no script. Where scripts run, browsers read this as text: so it is none of what is hydrated.
    let again = waits(state.get_untracked())
        .then(|| view! { <noscript inner_html="<meta http-equiv=refresh content=10>"></noscript> });
    view! {
        {again}
        {move || view! { <Details page=shown.get() outcome /> }}
    }
}

#[component]
fn Details(page: OrderPage, outcome: Outcome) -> impl IntoView {
    let made = page.created.clock();
    let lines: Vec<_> = page.lines.iter().map(|line| view! { <Line line=line.clone() /> }).collect();
    let code = page.coupon.as_ref().map(ToString::to_string).unwrap_or_default();
    let off = (page.discount.minor > 0).then_some((code, page.discount));
    view! {
        <header class="mb-8">
            <p class="eyebrow">"Order of " <time datetime=format!("{}Z", made.replace(' ', "T"))>{format!("{made} UTC")}</time></p>
            <h1 class="mt-2 text-3xl font-semibold">{heading(page.state)}</h1>
            <div class="mt-4"><StateBadge state=page.state /></div>
        </header>
        <div class="flex flex-col gap-8">
            <Next page=page.clone() outcome />
            <section class="panel p-6" aria-label="What was ordered">
                <ul class="mb-4 flex flex-col gap-3 border-b border-base-300 pb-4">{lines}</ul>
                <Sums subtotal=page.subtotal off total=page.total refunded=Some(page.refunded) />
                {page.receipt.clone().map(|href| view! {
                    <p class="mt-4"><a href=href class="text-link inline-flex min-h-11 items-center" rel="external noreferrer">"Receipt"</a></p>
                })}
            </section>
            <Refund page=page.clone() outcome />
            <p class="hint">"Order number " <span class="font-mono break-all" dir="ltr">{page.order.to_string()}</span></p>
        </div>
    }
}

fn heading(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "Payment opens shortly",
        OrderState::Pending => "One step left: the payment",
        OrderState::Paid => "Paid: your course is being opened",
        OrderState::Fulfilled | OrderState::PartlyRefunded => "Thank you",
        OrderState::Expired => "This order was not paid",
        OrderState::Failed => "The payment did not work",
        OrderState::Refunded => "Your money is on its way back",
        OrderState::Disputed => "Your bank is looking into this payment",
    }
}

/// What there is to do now.
#[component]
fn Next(page: OrderPage, outcome: Outcome) -> impl IntoView {
    let (id, cancelled) = (page.order.to_string(), page.order.to_string());
    let cancel = view! {
        <PostForm to=CancelOrder::PATH outcome>
            <input type="hidden" name="order" value=cancelled />
            <button type="submit" class="btn btn-ghost min-h-11" disabled=move || outcome.pending()>"Cancel this order"</button>
        </PostForm>
    };
    match page.state {
        OrderState::Draft => view! {
            <div class="flex flex-col gap-4" role="status">
                <p>"The payment service does not answer right now. Your order is kept, and nothing was charged: as soon as it answers, we mail you the link to pay, and this page shows it."</p>
                <div>{cancel}</div>
                <Problem of=outcome />
            </div>
        }
        .into_any(),
        OrderState::Pending => view! {
            <div class="flex flex-col gap-4">
                <p>"If you have paid just now, this page shows it within moments."</p>
                <div class="flex flex-wrap gap-4">
                    {page.pay_at.map(|href| view! { <a href=href rel="external" class="btn btn-primary min-h-11">{format!("Pay {}", money(page.total))}</a> })}
                    {cancel}
                </div>
                <Problem of=outcome />
            </div>
        }
        .into_any(),
        OrderState::Paid | OrderState::Disputed => ().into_any(),
        OrderState::Fulfilled | OrderState::PartlyRefunded => {
            view! { <p role="status">"Everything below is open to you. A receipt is in your mail."</p> }.into_any()
        }
        OrderState::Expired | OrderState::Failed => view! {
            <div class="flex flex-col gap-4">
                <p>"Nothing was charged."</p>
                {page.may_pay_again.then(|| view! {
                    <PostForm to=PayAgain::PATH outcome>
                        <input type="hidden" name="order" value=id />
                        <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>{format!("Pay {}", money(page.total))}</button>
                    </PostForm>
                })}
                <Problem of=outcome />
            </div>
        }
        .into_any(),
        OrderState::Refunded => {
            view! { <p role="status">"Banks take some days until it is on your account."</p> }.into_any()
        }
    }
}

#[component]
fn Line(line: OrderLine) -> impl IntoView {
    let OrderLine { slug, title, price, off, .. } = line;
    let title = title.to_string();
    view! {
        <li class="flex flex-wrap justify-between gap-x-4 gap-y-1">
            <p class="min-w-0 flex-1 basis-48 font-medium">
                <bdi>
                    {match slug {
                        Some(slug) => view! { <a href=routes::course(&slug) class="hover:underline">{title}</a> }.into_any(),
                        None => title.into_any(),
                    }}
                </bdi>
            </p>
            <p class="text-end tabular-nums">
                {money(price)}
                {(off.minor > 0).then(|| view! { <span class="hint block">{format!("−{}", money(off))}</span> })}
            </p>
        </li>
    }
}

/// Asks for the money back.
#[component]
fn Refund(page: OrderPage, outcome: Outcome) -> impl IntoView {
    if let Some(asked) = page.refund_asked {
        return view! { <p role="status" class="hint">{format!("You asked for your money back on {}. We answer by mail.", asked.date())}</p> }.into_any();
    }
    if let Some(why) = page.refund_declined {
        return view! {
            <section class="panel p-5" aria-label="Your refund">
                <p>"You asked for your money back. We do not give it back, because:"</p>
                <p class="mt-2 whitespace-pre-line break-words" dir="auto">{why}</p>
            </section>
        }
        .into_any();
    }
    if !page.may_ask_refund {
        return ().into_any();
    }
    view! {
        <details class="panel p-4">
            <summary class="flex min-h-11 items-center font-medium">"Ask for a refund"</summary>
            <PostForm to=AskRefund::PATH outcome>
                <input type="hidden" name="order" value=page.order.to_string() />
                <div class="mt-4 flex flex-col gap-4">
                    <div class="field">
                        <label for="reason">"What went wrong?"</label>
                        <textarea id="reason" name="reason" rows="3" required maxlength="500" dir="auto" class="textarea w-full"></textarea>
                    </div>
                    <Problem of=outcome />
                    <div><button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Ask"</button></div>
                </div>
            </PostForm>
        </details>
    }
    .into_any()
}
