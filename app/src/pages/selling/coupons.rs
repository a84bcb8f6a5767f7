//! The coupons of an instructor.

use super::waiting;
use crate::api::selling::{MakeCoupon, SwitchCoupon, coupons};
use crate::components::{Empty, Outcome, PostForm, Problem, load, names};
use crate::data::preload;
use crate::routes;
use domain::id::CourseId;
use domain::money::Currency;
use domain::shop::{CouponRow, CouponsPage};
use domain::text::Title as Name;
use domain::time::Timestamp;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use std::time::Duration;

/// One's coupons, and the form that makes one.
#[component]
pub(crate) fn Coupons() -> impl IntoView {
    let (make, switch) = (Outcome::of(MakeCoupon::PATH), Outcome::of(SwitchCoupon::PATH));
    let page = preload(move || (make.answers(), switch.answers()), |_| coupons());
    view! {
        <Title text="Coupons" />
        <div class="page max-w-4xl">
            <a href=routes::TEACH class="text-link inline-flex min-h-11 items-center text-sm">"Your courses"</a>
            <h1 class="mt-2 mb-8 text-3xl font-semibold">"Coupons"</h1>
            {load(page, waiting, move |page| view! { <List page make switch /> })}
        </div>
    }
}

#[component]
fn List(page: CouponsPage, make: Outcome, switch: Outcome) -> impl IntoView {
    let CouponsPage { coupons, courses } = page;
    let rows: Vec<_> = coupons.into_iter().map(|coupon| view! { <Row coupon switch /> }).collect();
    view! {
        <div class="mb-4"><Problem of=switch /></div>
        {match rows.is_empty() {
            true => Either::Left(view! { <Empty title="No coupon yet">"Make one below, and tell its code to whom you like."</Empty> }),
            false => Either::Right(view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }),
        }}
        <Make courses outcome=make />
    }
}

#[component]
fn Row(coupon: CouponRow, switch: Outcome) -> impl IntoView {
    let CouponRow { code, off, courses, used, limit, once_each, from, until, active } = coupon;
    let code = code.to_string();
    let used = limit.map(|limit| format!("{} of {limit} orders", used.unwrap_or_default()));
    let span = match (from, until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {}", from.date())),
        (None, Some(until)) => Some(format!("until {}", last_day(until))),
        (Some(from), Some(until)) => Some(format!("from {} until {}", from.date(), last_day(until))),
    };
    let facts = [used, once_each.then(|| "once for everybody".to_owned()), span];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    let for_courses = match courses.is_empty() {
        true => "For all of your courses".into_any(),
        false => view! { "For " {names(courses.iter().map(ToString::to_string).collect())} }.into_any(),
    };
    let (label, title) =
        if active { ("End", format!("End {code}")) } else { ("Allow again", format!("Allow {code} again")) };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
            <div class="min-w-0 flex-1 basis-56">
                <p class="font-mono font-medium break-all" dir="ltr">{code.clone()}</p>
                <p class="hint">{for_courses}</p>
                {(!facts.is_empty()).then(|| view! { <p class="hint">{facts.join(", ")}</p> })}
            </div>
            <p class="font-medium">{off.to_string()}</p>
            {(!active).then(|| view! { <span class="badge">"Ended"</span> })}
            <PostForm to=SwitchCoupon::PATH outcome=switch>
                <input type="hidden" name="code" value=code />
                <input type="hidden" name="active" value=(!active).to_string() />
                <button type="submit" class="btn btn-ghost min-h-11" aria-label=title>{label}</button>
            </PostForm>
        </li>
    }
}

/// The last day before a moment at which a day begins.
fn last_day(until: Timestamp) -> String {
    until.minus(Duration::from_millis(1)).date()
}

#[component]
fn Make(courses: Vec<(CourseId, Name)>, outcome: Outcome) -> impl IntoView {
    let currencies: Vec<_> = Currency::ALL
        .iter()
        .map(|currency| view! { <option value=currency.code()>{currency.code()}</option> })
        .collect();
    let choices: Vec<_> = courses
        .into_iter()
        .map(|(id, title)| view! { <option value=id.to_string()>{title.to_string()}</option> })
        .collect();
    view! {
        <section class="mt-12 max-w-xl" aria-labelledby="make">
            <h2 id="make" class="mb-4 text-xl font-semibold">"New coupon"</h2>
            <PostForm to=MakeCoupon::PATH outcome anew=true>
                <div class="panel flex flex-col gap-5 p-5 sm:p-6">
                    <div class="field">
                        <label for="code">"Code"</label>
                        <input id="code" name="code" required maxlength="24" autocomplete="off" autocapitalize="characters" spellcheck="false" dir="ltr" class="input min-h-11 w-full" />
                    </div>
                    <fieldset class="grid grid-cols-[minmax(0,1fr)_8rem] gap-4">
                        <legend class="sr-only">"What it takes off"</legend>
                        <div class="field">
                            <label for="off">"Takes off"</label>
                            <input id="off" name="off" required maxlength="20" inputmode="decimal" autocomplete="off" dir="ltr" class="input min-h-11 w-full" />
                        </div>
                        <div class="field">
                            <label for="unit">"Of"</label>
                            <select id="unit" name="unit" class="select min-h-11 w-full">
                                <option value="percent">"Percent"</option>
                                {currencies}
                            </select>
                        </div>
                    </fieldset>
                    <div class="field">
                        <label for="course">"For"</label>
                        <select id="course" name="course" class="select min-h-11 w-full">
                            <option value="">"All of your courses"</option>
                            {choices}
                        </select>
                    </div>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <div class="field">
                            <label for="from">"First day"</label>
                            <input id="from" name="from" type="date" class="input min-h-11 w-full" />
                        </div>
                        <div class="field">
                            <label for="until">"Last day"</label>
                            <input id="until" name="until" type="date" class="input min-h-11 w-full" />
                        </div>
                    </div>
                    <div class="field">
                        <label for="limit">"How many orders may use it"</label>
                        <input id="limit" name="limit" inputmode="numeric" maxlength="9" autocomplete="off" aria-describedby="limit-hint" dir="ltr" class="input min-h-11 w-full" />
                        <p id="limit-hint" class="hint">"Empty for as many as like. Days begin at midnight UTC."</p>
                    </div>
                    <label class="flex min-h-11 items-center gap-3">
                        <input type="checkbox" name="once_each" value="true" class="size-5 accent-primary" />
                        "Everybody may use it once only"
                    </label>
                    <Problem of=outcome />
                    <div class="flex items-center gap-4">
                        <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Make coupon"</button>
                        <p role="status" class="hint">{move || outcome.succeeded().then_some("Made")}</p>
                    </div>
                </div>
            </PostForm>
        </section>
    }
}
