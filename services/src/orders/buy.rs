//! Placing orders, and what their buyer does with them.
//!
//! An order is written before anything is asked of the payment service, with the moment at which the sweeper looks at it
//! ([`records::put_due`]): a service that is down, or a process that ends, loses nothing. Then payment is opened at once, if
//! that takes no longer than a person waits for a page.

use super::commit::{Look, commit, hear, load};
use super::quote::{Priced, priced};
use super::settle::{Settled, named, settle};
use super::{cart, sweep};
use crate::ports::{Condition, Write};
use crate::records::orders::{self as records, Due, Kept};
use crate::records::{accounts, coupons, preferences};
use crate::retry::until_written;
use crate::{Error, Result, Stoa, access};
use domain::account::Actor;
use domain::id::{AccountId, CourseId, OrderId};
use domain::order::{Event, Order, OrderState, Step, Transition};
use domain::permission::Permission;
use std::time::Duration;
use tracing::Instrument;

/// How long a buyer waits for the payment service.
const AT_ONCE: Duration = Duration::from_secs(4);
/// The language of a page that is to be the browser's (BCP 47).
const ANY_LANGUAGE: &str = "und";

/// Orders published courses, named by their addresses, with a coupon, which may be empty. What comes back can be paid
/// ([`Order::checkout`]), or waits for the payment service; where there is nothing to pay, the courses are given.
///
/// Who ordered the same before, and has not paid yet, gets that order.
pub async fn buy(stoa: &Stoa, actor: Actor, courses: &[&str], coupon: &str) -> Result<Order> {
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    let (id, is_new) = until_written(|| place(stoa, actor, buyer, courses, coupon)).await?;
    if is_new {
        stoa.wake.notify_one();
    }
    at_once(stoa, id).await
}

/// Orders what is in the actor's cart, and empties it.
pub async fn buy_cart(stoa: &Stoa, actor: Actor) -> Result<Order> {
    let (slugs, coupon) = cart::contents(stoa, actor).await?;
    let order = buy(stoa, actor, &slugs.iter().map(String::as_str).collect::<Vec<_>>(), &coupon).await?;
    cart::empty(stoa, actor).await?;
    Ok(order)
}

/// Has payment opened anew for an order of the actor that was not paid in time.
pub async fn pay(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<Order> {
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    until_written(|| async {
        let kept = own(stoa, buyer, id).await?;
        let order = &kept.value.order;
        if !matches!(order.state(), OrderState::Expired | OrderState::Failed) || order.cancelled.is_some() {
            return Ok(());
        }
        for line in &order.lines {
            let last = records::buying(&*stoa.table, buyer, line.course).await?;
            if last.is_none_or(|last| last.value != id) {
                return Err(Error::Refused(format!("There is a newer order of yours for “{}”.", line.title)));
            }
        }
        let attempt = order.attempt + 1;
        let asked = vec![(format!("asked {attempt}"), Event::CheckoutAsked { attempt })];
        commit(stoa, &kept, asked, Vec::new(), Look::Soon).await.map(drop)
    })
    .await?;
    at_once(stoa, id).await
}

/// Says that the actor does not want to pay their order any more. One that is paid by then stays as it is.
pub async fn cancel(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<Order> {
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    let order = own(stoa, buyer, id).await?.value.order;
    if order.is_paid() {
        return Err(Error::Refused("This order is paid. Ask for a refund instead.".to_owned()));
    }
    call_off(stoa, &order, "by the buyer").await
}

/// The actor comes back from the payment service: what is true of their order by now.
pub async fn returned(stoa: &Stoa, actor: Actor, id: OrderId) -> Result<Order> {
    let buyer = actor.account().ok_or(Error::SignInNeeded)?;
    own(stoa, buyer, id).await?;
    at_once(stoa, id).await
}

/// An order of the account; that there are others nobody is told.
pub(super) async fn own(stoa: &Stoa, buyer: AccountId, id: OrderId) -> Result<crate::records::Stored<Kept>> {
    let kept = load(stoa, id).await?;
    if kept.value.order.buyer == buyer { Ok(kept) } else { Err(Error::NotFound) }
}

/// Does what is to be done for an order while its buyer waits, up to a point. What takes longer goes on without them: who
/// leaves does not break it off, and a call that gets no answer counts as one ([`super::Circuit`]).
pub(super) async fn at_once(stoa: &Stoa, id: OrderId) -> Result<Order> {
    let working = stoa.clone();
    let settling = tokio::spawn(async move { settle(&working, id).await }.in_current_span());
    let settled = tokio::time::timeout(AT_ONCE, settling).await;
    match settled.map(|joined| joined.unwrap_or_else(|error| Err(Error::Internal(error.into())))) {
        Ok(Ok(Settled { order, .. })) => Ok(order),
        Ok(Err(error)) => {
            tracing::error!(order = %id, error = &error as &dyn std::error::Error, "an order waits");
            Ok(load(stoa, id).await?.value.order)
        }
        Err(_) => {
            let order = load(stoa, id).await?.value.order;
            if !order.steps().contains(&Step::OpenCheckout { attempt: order.attempt }) {
                return Ok(order);
            }
            // They are told to wait: so they are told when it works.
            let why = format!("no answer within {} s", AT_ONCE.as_secs());
            let delayed = Event::CheckoutDelayed { attempt: order.attempt, why };
            hear(stoa, id, vec![(named(stoa, "delayed"), delayed)], Look::AsPlanned).await
        }
    }
}

/// Writes the order, unless the buyer has the same one already. Returns which it is, and whether it is new.
async fn place(
    stoa: &Stoa,
    actor: Actor,
    buyer: AccountId,
    courses: &[&str],
    coupon: &str,
) -> Result<(OrderId, bool)> {
    access::check(actor, Permission::Buy)?;
    // First, so that its place among a coupon's orders is free for the new one.
    let earlier = earlier(stoa, actor, buyer, courses, coupon).await?;
    if let Some(same) = earlier {
        return Ok((same, false));
    }
    let Priced { quote, coupon } = priced(stoa, actor, courses, coupon).await?;
    if let Some(refusal) = quote.refusal {
        return Err(Error::Refused(refusal));
    }
    if stoa.payments.is_none() && !quote.total().is_free() {
        return Err(Error::Refused("Nothing can be paid here yet: payments are not set up.".to_owned()));
    }
    let now = stoa.clock.now();
    let id = OrderId::new(now, stoa.random.bits());
    let ids: Vec<CourseId> = quote.lines.iter().map(|line| line.course).collect();
    let placed = Order::new(id, buyer, quote.lines, quote.currency, quote.coupon);
    let Transition { order, news, .. } = placed.heard("asked 1", now, Event::CheckoutAsked { attempt: 1 });
    let account = accounts::account(&*stoa.table, buyer).await?.ok_or(Error::SignInNeeded)?;
    let language = preferences::preferences(&*stoa.table, buyer).await?.value.language;
    let language = language.map_or_else(|| ANY_LANGUAGE.to_owned(), |language| language.to_string());
    let mut writes: Vec<Write> = super::news::writes(stoa, &order, news).await?;
    writes.extend(records::begin(&Kept { order, changed: now, email: account.email, language })?);
    writes.push(records::put_due(
        Due { order: id, when: now.plus(sweep::patience(0)), looks: 0 },
        Condition::Absent,
    )?);
    if let Some(kept) = &coupon {
        writes.extend(coupons::take(kept, buyer, id, Condition::Absent)?);
    }
    for course in ids {
        let before = records::buying(&*stoa.table, buyer, course).await?.map(|before| before.version);
        writes.push(records::put_buying(buyer, course, id, before)?);
    }
    stoa.table.transact(writes).await?;
    Ok((id, true))
}

/// An order of the same courses at the same price that may still be paid. Others of the same courses are called off: what
/// is bought once is not paid for twice.
async fn earlier(
    stoa: &Stoa,
    actor: Actor,
    buyer: AccountId,
    courses: &[&str],
    coupon: &str,
) -> Result<Option<OrderId>> {
    for slug in courses {
        let course = access::course_by_slug(stoa, actor, slug, Permission::Buy).await?.course.value;
        let Some(last) = records::buying(&*stoa.table, buyer, course.id).await? else { continue };
        let order = load(stoa, last.value).await?.value.order;
        if !order.is_open() {
            continue;
        }
        if is_same(stoa, &order, actor, courses, coupon).await? {
            return Ok(Some(order.id));
        }
        let after = call_off(stoa, &order, "another order of the buyer takes its place").await?;
        if after.is_paid() {
            return Err(Error::Refused(format!("You have paid for “{}” already.", course.title)));
        }
        if after.is_open() {
            return Err(Error::Refused(format!(
                "An order of yours for “{}” waits to be paid. Pay it, or try again in some minutes.",
                course.title
            )));
        }
    }
    Ok(None)
}

/// Whether an order says what a new one would.
async fn is_same(stoa: &Stoa, order: &Order, actor: Actor, courses: &[&str], coupon: &str) -> Result<bool> {
    let now = priced(stoa, actor, courses, "").await?.quote;
    let bought = |lines: &[domain::order::Line]| {
        let mut bought: Vec<_> = lines.iter().map(|line| (line.course, line.list)).collect();
        bought.sort_unstable();
        bought
    };
    let used = order.coupon.as_ref().map_or("", |coupon| coupon.code.as_str());
    Ok(order.cancelled.is_none()
        && bought(&order.lines) == bought(&now.lines)
        && order.currency == now.currency
        && used.eq_ignore_ascii_case(coupon.trim()))
}

/// Has an order called off. One that is paid by then stays as it is.
pub(super) async fn call_off(stoa: &Stoa, order: &Order, why: &str) -> Result<Order> {
    if order.cancelled.is_none() {
        let cancelled = Event::Cancelled { why: why.to_owned() };
        hear(stoa, order.id, vec![(named(stoa, "cancelled"), cancelled)], Look::Soon).await?;
    }
    at_once(stoa, order.id).await
}
