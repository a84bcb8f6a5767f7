//! Selling: prices, coupons, and what came in.

mod coupons;
mod price;
mod sales;

pub(crate) use coupons::Coupons;
pub(crate) use price::CoursePrice;
pub(crate) use sales::Sales;

use leptos::prelude::*;

fn waiting() -> AnyView {
    view! { <div class="skeleton-block h-64" role="status" aria-label="Loading"></div> }.into_any()
}
