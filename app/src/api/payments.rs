//! Payments, for those who help and those who run the site.

use super::Answer;
use domain::id::{CourseId, OrderId};
use domain::shop::{OrderFile, OrdersPage, PaymentsBoard, Reconciliation};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// All orders, newest first, from behind `after`; those whose buyers wait for an answer to their asking for money, or
/// those that stand in a certain way.
#[server(name = AllOrders, endpoint = "payments/orders", input = GetUrl)]
pub async fn all_orders(state: String, after: Option<String>) -> Answer<OrdersPage> {
    use super::request;
    Ok(services::shop::all_orders(&request::stoa(), request::actor(), &state, after.as_deref()).await?)
}

/// Leads to the order of that number, or to the last one of whose address it is.
#[server(name = FindOrder, endpoint = "payments/find")]
pub async fn find_order(text: String) -> Answer<()> {
    use super::request;
    let order = services::shop::find_order(&request::stoa(), request::actor(), &text).await?;
    leptos_axum::redirect(&crate::routes::order_file(order));
    Ok(())
}

/// An order with all that happened.
#[server(name = GetOrderFile, endpoint = "payments/order", input = GetUrl)]
pub async fn order_file(order: OrderId) -> Answer<OrderFile> {
    use super::request;
    Ok(services::shop::order_file(&request::stoa(), request::actor(), order).await?)
}

/// Gives money back: an amount as people type it, all that is left where it is empty, of some courses of the order or of all.
/// These go, too, unless they are to be kept.
#[server(name = RefundOrder, endpoint = "payments/order-refund")]
pub async fn refund_order(
    order: OrderId,
    amount: String,
    reason: String,
    #[server(default)] courses: Vec<CourseId>,
    #[server(default)] keep: bool,
) -> Answer<()> {
    use super::request;
    let input =
        services::orders::RefundInput { amount: &amount, reason: &reason, courses: &courses, removes: !keep };
    Ok(services::orders::refund(&request::stoa(), request::actor(), order, input).await.map(drop)?)
}

/// Tells a buyer who asked for their money that they do not get it, and why.
#[server(name = DeclineRefund, endpoint = "payments/order-decline")]
pub async fn decline_refund(order: OrderId, why: String) -> Answer<()> {
    use super::request;
    Ok(services::orders::decline_refund(&request::stoa(), request::actor(), order, &why).await?)
}

/// Asks the payment service how an order stands.
#[server(name = AskAgain, endpoint = "payments/order-ask")]
pub async fn ask_again(order: OrderId) -> Answer<()> {
    use super::request;
    Ok(services::orders::ask_about(&request::stoa(), request::actor(), order).await?)
}

/// What the payment service told, newest first, from behind `after`.
#[server(name = GetPaymentNews, endpoint = "payments/news", input = GetUrl)]
pub async fn payment_news(after: Option<String>) -> Answer<PaymentsBoard> {
    use super::request;
    Ok(services::shop::payment_news(&request::stoa(), request::actor(), after.as_deref()).await?)
}

/// Acts again upon something that the payment service told.
#[server(name = Replay, endpoint = "payments/replay")]
pub async fn replay(event: String) -> Answer<()> {
    use super::request;
    Ok(services::orders::replay(&request::stoa(), request::actor(), &event).await?)
}

/// Our books against the payment service's, in a span of days as `2026-11-27`; yesterday and today where nothing is said.
#[server(name = Reconcile, endpoint = "payments/books", input = GetUrl)]
pub async fn reconcile(from: String, until: String) -> Answer<Reconciliation> {
    use super::request;
    Ok(services::shop::books(&request::stoa(), request::actor(), &from, &until).await?)
}
