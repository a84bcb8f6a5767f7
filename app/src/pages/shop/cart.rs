//! What one is about to buy, and what it costs.

use super::Sums;
use crate::api::shop::{Pay, TakeOut, UseCoupon, cart};
use crate::components::{Empty, Outcome, PostForm, Problem, load, money};
use crate::data::preload;
use crate::routes;
use domain::shop::{CartCoupon, CartLine, CartPage};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The cart.
#[component]
pub(crate) fn Cart() -> impl IntoView {
    let (change, coupon, pay) =
        (Outcome::of(TakeOut::PATH), Outcome::of(UseCoupon::PATH), Outcome::of(Pay::PATH));
    let page = preload(move || (change.answers(), coupon.answers()), |_| cart());
    view! {
        <Title text="Cart" />
        <div class="page max-w-4xl">
            <h1 class="mb-8 text-3xl font-semibold">"Cart"</h1>
            {load(page, waiting, move |page| view! { <Filled page change coupon pay /> })}
        </div>
    }
}

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-64" role="status" aria-label="Loading the cart"></div> }.into_any()
}

#[component]
fn Filled(page: CartPage, change: Outcome, coupon: Outcome, pay: Outcome) -> impl IntoView {
    let CartPage { courses, subtotal, coupon: used, total, problem, open } = page;
    if courses.is_empty() {
        return Either::Left(view! {
            <Empty title="Nothing in here">
                <a href=routes::COURSES class="text-link">"Find a course"</a>
            </Empty>
        });
    }
    let off = used.as_ref().and_then(|used| Some((used.code.to_string(), *used.result.as_ref().ok()?)));
    let rows: Vec<_> = courses.into_iter().map(|line| view! { <Line line change /> }).collect();
    Either::Right(view! {
        <div class="grid items-start gap-8 md:grid-cols-[minmax(0,1fr)_20rem]">
            <div>
                <ul class="panel divide-y divide-base-300">{rows}</ul>
                <div class="mt-4"><Problem of=change /></div>
            </div>
            <section class="panel flex flex-col gap-6 p-6" aria-label="To pay">
                {match problem {
                    Some(problem) => Either::Left(view! { <p role="alert">{problem}</p> }),
                    None => Either::Right(view! {
                        <Coupon used outcome=coupon />
                        <Sums subtotal off total />
                        <p class="hint">"Taxes are included where they apply."</p>
                        <Problem of=pay />
                        <PayButton free=total.is_free() open outcome=pay />
                    }),
                }}
            </section>
        </div>
    })
}

#[component]
fn Line(line: CartLine, change: Outcome) -> impl IntoView {
    let CartLine { card, off } = line;
    let title = card.title.to_string();
    let remove = format!("Remove {title}");
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <div class="min-w-0 flex-1 basis-48">
                <a href=routes::course(&card.slug) class="font-medium hover:underline" dir="auto">{title}</a>
                <p class="hint">"By " <bdi>{card.instructor.to_string()}</bdi></p>
            </div>
            <p class="text-end tabular-nums">
                {money(card.price)}
                {(off.minor > 0).then(|| view! { <span class="hint block">{format!("−{}", money(off))}</span> })}
            </p>
            <PostForm to=TakeOut::PATH outcome=change>
                <input type="hidden" name="course" value=card.slug.to_string() />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=remove>"Remove"</button>
            </PostForm>
        </li>
    }
}

/// The field for a coupon, and what came of the one that was typed.
#[component]
fn Coupon(used: Option<CartCoupon>, outcome: Outcome) -> impl IntoView {
    let code = used.as_ref().map(|used| used.code.to_string());
    let said = used.map(|CartCoupon { result, .. }| match result {
        Ok(off) => Either::Left(view! { <p role="status" class="text-sm text-success">{format!("It takes off {}.", money(off))}</p> }),
        Err(why) => Either::Right(view! { <p role="alert" class="text-sm text-error">{why}</p> }),
    });
    view! {
        <PostForm to=UseCoupon::PATH outcome>
            <div class="field">
                <label for="coupon">"Coupon"</label>
                <div class="flex gap-2">
                    <input
                        id="coupon"
                        name="code"
                        value=code
                        maxlength="40"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        dir="ltr"
                        class="input min-h-11 w-full min-w-0"
                    />
                    <button type="submit" class="btn min-h-11" disabled=move || outcome.pending()>"Apply"</button>
                </div>
                {said}
                <Problem of=outcome />
            </div>
        </PostForm>
    }
}

#[component]
fn PayButton(free: bool, open: bool, outcome: Outcome) -> impl IntoView {
    if !open && !free {
        return Either::Left(
            view! { <p role="status">"Courses cannot be bought here yet: the site takes no payments."</p> },
        );
    }
    let label = if free { "Take it for free" } else { "Pay" };
    Either::Right(view! {
        <PostForm to=Pay::PATH outcome>
            <button type="submit" class="btn btn-primary min-h-11 w-full" disabled=move || outcome.pending()>{label}</button>
        </PostForm>
    })
}
