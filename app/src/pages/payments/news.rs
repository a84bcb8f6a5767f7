//! What the payment service told, and whether it was acted upon.

use super::{Area, waiting};
use crate::api::payments::{Replay, payment_news};
use crate::components::{Empty, Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use domain::shop::{NewsRow, PaymentsBoard};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// The service's news, the newest first (`?after=`).
#[component]
pub(crate) fn PaymentNews() -> impl IntoView {
    let query = use_query_map();
    let after = move || query.with(|query| query.get("after"));
    let outcome = Outcome::of(Replay::PATH);
    let page = preload(move || (after(), outcome.answers()), |(after, _)| payment_news(after));
    view! {
        <Area title="News">{load(page, waiting, move |page| view! { <Board page outcome /> })}</Area>
    }
}

#[component]
fn Board(page: PaymentsBoard, outcome: Outcome) -> impl IntoView {
    let PaymentsBoard { news, next, may_replay } = page;
    let rows: Vec<_> = news.into_iter().map(|row| view! { <Row row may_replay outcome /> }).collect();
    view! {
        <div class="mb-4"><Problem of=outcome /></div>
        {match rows.is_empty() {
            true => Either::Left(view! { <Empty title="No news">"What the payment service tells by its webhooks is kept here."</Empty> }),
            false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
        }}
        {next.map(|after| view! {
            <p class="mt-8 text-center">
                <a href=routes::payment_news(&after) class="btn min-h-11">"Older news"</a>
            </p>
        })}
    }
}

#[component]
fn Row(row: NewsRow, may_replay: bool, outcome: Outcome) -> impl IntoView {
    let NewsRow { event, received, kind, order, handled, trouble } = row;
    let label = format!("Hear {event} again");
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div class="min-w-0 flex-1 basis-64">
                <p class="font-medium break-words">{kind}</p>
                <p class="hint break-all" dir="ltr">{format!("{} · {event}", received.clock())}</p>
                {trouble.map(|trouble| view! { <p class="text-sm text-error break-words" dir="auto">{trouble}</p> })}
            </div>
            {order.map(|order| view! { <a href=routes::order_file(order) class="text-link inline-flex min-h-11 items-center">"Order"</a> })}
            {(!handled).then(|| view! { <span class="badge badge-warning badge-soft">"Not acted upon yet"</span> })}
            {may_replay.then(|| view! {
                <PostForm to=Replay::PATH outcome>
                    <input type="hidden" name="event" value=event />
                    <button type="submit" class="btn btn-ghost min-h-11" aria-label=label>"Hear again"</button>
                </PostForm>
            })}
        </li>
    }
}
