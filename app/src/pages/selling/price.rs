//! What a course costs.

use super::waiting;
use crate::api::selling::{SetPrice, price};
use crate::components::{Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::pages::param;
use crate::routes;
use domain::id::CourseId;
use domain::money::Currency;
use domain::shop::PricePage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The form that sets the price of a course.
#[component]
pub(crate) fn CoursePrice() -> impl IntoView {
    let course = param::<CourseId>("course");
    let outcome = Outcome::of(SetPrice::PATH);
    let page =
        preload(move || (course(), outcome.answers()), |(course, _)| async move { price(course?).await });
    view! {
        <Title text="Price" />
        <div class="page max-w-xl">{load(page, waiting, move |page| view! { <Form page outcome /> })}</div>
    }
}

#[component]
fn Form(page: PricePage, outcome: Outcome) -> impl IntoView {
    let PricePage { course, title, price } = page;
    let currencies: Vec<_> = Currency::ALL
        .iter()
        .map(|currency| view! { <option value=currency.code() selected=*currency == price.currency>{currency.code()}</option> })
        .collect();
    view! {
        <a href=routes::edit_course(course) class="text-link inline-flex min-h-11 items-center text-sm" dir="auto">{title.to_string()}</a>
        <h1 class="mt-2 mb-8 text-3xl font-semibold">"Price"</h1>
        <PostForm to=SetPrice::PATH outcome>
            <input type="hidden" name="course" value=course.to_string() />
            <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                <div class="grid grid-cols-[minmax(0,1fr)_8rem] gap-4">
                    <div class="field">
                        <label for="amount">"Amount"</label>
                        <input
                            id="amount"
                            name="amount"
                            value=price.amount()
                            required
                            maxlength="20"
                            inputmode="decimal"
                            autocomplete="off"
                            dir="ltr"
                            aria-describedby="amount-hint"
                            class="input min-h-11 w-full"
                        />
                    </div>
                    <div class="field">
                        <label for="currency">"Currency"</label>
                        <select id="currency" name="currency" class="select min-h-11 w-full">{currencies}</select>
                    </div>
                </div>
                <p id="amount-hint" class="hint">"0 makes the course free. Whoever has bought it, or is paying now, keeps the price that they saw."</p>
                <Problem of=outcome />
                <div class="flex items-center gap-4">
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Save price"</button>
                    <p role="status" class="hint">{move || outcome.succeeded().then_some("Saved")}</p>
                </div>
            </div>
        </PostForm>
        <p class="mt-6"><a href=routes::COUPONS class="text-link inline-flex min-h-11 items-center">"Coupons"</a></p>
    }
}
