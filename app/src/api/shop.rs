//! Buying.

use super::Answer;
use domain::id::OrderId;
use domain::shop::{CartPage, OrderPage, OrdersPage};
use domain::text::Slug;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// What one is about to buy.
#[server(name = GetCart, endpoint = "shop/cart", input = GetUrl)]
pub async fn cart() -> Answer<CartPage> {
    use super::request;
    Ok(services::shop::cart(&request::stoa(), request::actor()).await?)
}

/// Puts a course into the cart, and leads there.
#[server(name = PutIn, endpoint = "shop/put-in")]
pub async fn put_in(course: Slug) -> Answer<()> {
    use super::request;
    services::orders::put_in(&request::stoa(), request::actor(), course.as_str()).await?;
    leptos_axum::redirect(crate::routes::CART);
    Ok(())
}

/// Takes a course out of the cart.
#[server(name = TakeOut, endpoint = "shop/take-out")]
pub async fn take_out(course: Slug) -> Answer<()> {
    use super::request;
    Ok(services::orders::take_out(&request::stoa(), request::actor(), course.as_str()).await?)
}

/// Uses a coupon for what is in the cart; none where it is empty.
#[server(name = UseCoupon, endpoint = "shop/coupon")]
pub async fn use_coupon(code: String) -> Answer<()> {
    use super::request;
    Ok(services::orders::use_coupon(&request::stoa(), request::actor(), &code).await?)
}

/// Orders what is in the cart, and leads to where it is paid; to the order where that is not open, or not needed.
#[server(name = Pay, endpoint = "shop/pay")]
pub async fn pay() -> Answer<()> {
    use super::request;
    lead_to_payment(&services::orders::buy_cart(&request::stoa(), request::actor()).await?);
    Ok(())
}

/// Has payment opened anew for an order that was not paid in time, and leads there.
#[server(name = PayAgain, endpoint = "shop/order-pay")]
pub async fn pay_again(order: OrderId) -> Answer<()> {
    use super::request;
    lead_to_payment(&services::orders::pay(&request::stoa(), request::actor(), order).await?);
    Ok(())
}

#[cfg(feature = "ssr")]
fn lead_to_payment(order: &domain::order::Order) {
    let page = order.checkout().map(|checkout| checkout.url.clone());
    leptos_axum::redirect(&page.unwrap_or_else(|| crate::routes::order(order.id)));
}

/// What one has ordered, newest first, from behind `after`.
#[server(name = Orders, endpoint = "shop/orders", input = GetUrl)]
pub async fn orders(after: Option<String>) -> Answer<OrdersPage> {
    use super::request;
    Ok(services::shop::orders(&request::stoa(), request::actor(), after.as_deref()).await?)
}

/// One's order: as far as is known here, or also by what the payment service says when it is asked.
#[server(name = GetOrder, endpoint = "shop/order", input = GetUrl)]
pub async fn order(order: OrderId, ask: bool) -> Answer<OrderPage> {
    use super::request;
    Ok(services::shop::order(&request::stoa(), request::actor(), order, ask).await?)
}

/// Gives up an order that is not paid.
#[server(name = CancelOrder, endpoint = "shop/order-cancel")]
pub async fn cancel_order(order: OrderId) -> Answer<()> {
    use super::request;
    Ok(services::orders::cancel(&request::stoa(), request::actor(), order).await.map(drop)?)
}

/// Asks for one's money back.
#[server(name = AskRefund, endpoint = "shop/order-ask-refund")]
pub async fn ask_refund(order: OrderId, reason: String) -> Answer<()> {
    use super::request;
    Ok(services::orders::ask_for_refund(&request::stoa(), request::actor(), order, &reason).await?)
}
