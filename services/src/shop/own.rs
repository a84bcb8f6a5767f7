//! Orders, for who bought.

use crate::records::courses;
use crate::{Error, Result, Stoa, orders};
use domain::account::Actor;
use domain::course::Course;
use domain::id::{CourseId, OrderId};
use domain::money::Price;
use domain::order::{Order, OrderState};
use domain::shop::{OrderLine, OrderPage, OrderRow, OrdersPage};
use domain::text::Slug;
use std::collections::HashMap;

/// The actor's orders, newest first, from behind `after` (an [`OrdersPage::next`]).
pub async fn orders(stoa: &Stoa, actor: Actor, after: Option<&str>) -> Result<OrdersPage> {
    let after = after.map(str::parse::<OrderId>).transpose().map_err(|_| Error::NotFound)?;
    let (found, more) = orders::mine(stoa, actor, after).await?;
    let next = found.last().filter(|_| more).map(|order| order.id.to_string());
    Ok(OrdersPage { orders: found.iter().map(row).collect(), next })
}

/// An order of the actor. Where it waits for the payment service, that is asked, too, if it is to be: a page that is left
/// open must not ask for hours.
pub async fn order(stoa: &Stoa, actor: Actor, id: OrderId, ask: bool) -> Result<OrderPage> {
    let known = orders::order(stoa, actor, id).await?;
    let order = if ask && known.is_open() { orders::returned(stoa, actor, id).await? } else { known };
    page(stoa, &order).await
}

/// An order among others, without its buyer.
pub(super) fn row(order: &Order) -> OrderRow {
    OrderRow {
        order: order.id,
        buyer: None,
        titles: order.lines.iter().map(|line| line.title.clone()).collect(),
        total: order.total(),
        refunded: order.refunded(),
        state: order.state(),
        refund_asked: order.open_wish().is_some(),
    }
}

/// An order as its buyer sees it.
pub(super) async fn page(stoa: &Stoa, order: &Order) -> Result<OrderPage> {
    let ids: Vec<CourseId> = order.lines.iter().map(|line| line.course).collect();
    let found = courses::courses(&*stoa.table, &ids).await?;
    let slugs: HashMap<CourseId, Slug> =
        found.into_iter().map(|Course { id, slug, .. }| (id, slug)).collect();
    let price = |minor| Price { minor, currency: order.currency };
    let lines = order.lines.iter().map(|line| OrderLine {
        course: line.course,
        slug: slugs.get(&line.course).cloned(),
        title: line.title.clone(),
        price: price(line.list),
        off: price(line.discount),
    });
    let state = order.state();
    let checkout = order.checkout().filter(|checkout| stoa.clock.now() < checkout.expires);
    Ok(OrderPage {
        order: order.id,
        state,
        lines: lines.collect(),
        coupon: order.coupon.as_ref().map(|used| used.code.clone()),
        subtotal: order.list_price(),
        discount: order.discount(),
        total: order.total(),
        refunded: order.refunded(),
        created: order.id.created(),
        pay_at: checkout.map(|checkout| checkout.url.clone()),
        may_pay_again: matches!(state, OrderState::Expired | OrderState::Failed) && order.cancelled.is_none(),
        receipt: order.payment().and_then(|payment| payment.receipt_url.clone()),
        may_ask_refund: order.may_wish(),
        refund_asked: order.open_wish().map(|wish| wish.at),
        refund_declined: order.standing_decline().map(|said| said.text.clone()),
    })
}
