//! Prices, coupons, and what was sold.

#![allow(clippy::too_many_arguments, reason = "the fields of a form")]

use super::Answer;
use domain::id::CourseId;
use domain::shop::{CouponsPage, PricePage, SalesPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// What a course costs.
#[server(name = GetPrice, endpoint = "selling/price", input = GetUrl)]
pub async fn price(course: CourseId) -> Answer<PricePage> {
    use super::request;
    Ok(services::shop::price(&request::stoa(), request::actor(), course).await?)
}

/// Sets what a course costs: an amount as people type it, and the code of its currency.
#[server(name = SetPrice, endpoint = "selling/set-price")]
pub async fn set_price(course: CourseId, amount: String, currency: String) -> Answer<()> {
    use super::request;
    let actor = request::actor();
    Ok(services::orders::set_price(&request::stoa(), actor, course, &amount, &currency).await?)
}

/// One's coupons.
#[server(name = GetCoupons, endpoint = "selling/coupons", input = GetUrl)]
pub async fn coupons() -> Answer<CouponsPage> {
    use super::request;
    Ok(services::shop::coupons(&request::stoa(), request::actor()).await?)
}

/// Makes a coupon: `unit` is `percent` or the code of a currency, days are as `2026-11-27`, and what is empty is not asked
/// for.
#[server(name = MakeCoupon, endpoint = "selling/make-coupon")]
pub async fn make_coupon(
    code: String,
    off: String,
    unit: String,
    course: Option<CourseId>,
    from: String,
    until: String,
    limit: String,
    #[server(default)] once_each: bool,
) -> Answer<()> {
    use super::request;
    let courses: Vec<CourseId> = course.into_iter().collect();
    let input = services::orders::CouponInput {
        code: &code,
        off: &off,
        currency: if unit == "percent" { "" } else { &unit },
        courses: &courses,
        limit: &limit,
        once_each,
        from: &from,
        until: &until,
    };
    Ok(services::orders::add_coupon(&request::stoa(), request::actor(), input).await.map(drop)?)
}

/// Ends a coupon, or lets it be used again.
#[server(name = SwitchCoupon, endpoint = "selling/switch-coupon")]
pub async fn switch_coupon(code: String, active: bool) -> Answer<()> {
    use super::request;
    Ok(services::orders::let_be_used(&request::stoa(), request::actor(), &code, active).await?)
}

/// What one sold in a span of days, as `2026-11-27`; the last thirty where nothing is said.
#[server(name = GetSales, endpoint = "selling/sales", input = GetUrl)]
pub async fn sales(from: String, until: String) -> Answer<SalesPage> {
    use super::request;
    Ok(services::shop::sales(&request::stoa(), request::actor(), &from, &until).await?)
}
